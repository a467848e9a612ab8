"""The printing press: the only place that knows Typst."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.analysis.errors import TouchstoneError
from cases.reports.artefacts import Artefact, Bates
from cases.reports.blocks import Figure, Section, as_json, within
from cases.reports.charts.drawing import svg
from cases.reports.glyphs import all_printable

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "reports" / "document.typ"

_MOST_NAME = 200
_MOST_IN_HEAD = 60


class PrintingError(TouchstoneError):
    """The document cannot be printed; says what the press said."""


def render(artefact: Artefact, *, bates: Bates | None = None, template: Path = TEMPLATE) -> bytes:
    """Return the PDF of an artefact with its attachments inside; equal input, equal bytes.

    All data goes in as JSON, so no text of a transcript is ever read as markup.
    """
    import typst

    try:
        return typst.compile(
            template,
            root=template.parent,
            sys_inputs=_inputs(artefact, bates),
            ignore_system_fonts=True,
            # Archival with tags and attachments, and accessible, both in one file.
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(datetime.fromisoformat(artefact.issued_at).timestamp()),
        )
    except (RuntimeError, OSError) as error:  # TypstError is a RuntimeError
        raise PrintingError(
            f"The {artefact.kind} cannot be printed with the template {template.name}: {error}"
        ) from error


def _inputs(artefact: Artefact, bates: Bates | None) -> dict[str, str]:
    parts = {
        "front": all_printable(_front(artefact)) | _numbers(bates),
        "sections": all_printable(as_json(artefact.sections)),
        "attachments": [asdict(one) for one in artefact.attachments],
        "drawings": _drawings(artefact.sections),
    }
    return {name: json.dumps(part, ensure_ascii=False) for name, part in parts.items()}


def _front(artefact: Artefact) -> dict[str, Any]:
    issued = datetime.fromisoformat(artefact.issued_at).astimezone(UTC)
    return {
        "title": artefact.title,
        "matter": _cut(artefact.matter, _MOST_NAME),
        "head": f"{_cut(artefact.matter, _MOST_IN_HEAD)} \u00b7 {artefact.head}",
        "about": as_json(artefact.about),
        "software": _cut(artefact.software, _MOST_NAME),
        "source": [artefact.source, artefact.source_sha256[:12]],
        "mark": artefact.mark,
        "designation": artefact.designation,
        "contents": artefact.contents,
        "issued": list(issued.timetuple()[:6]),
    }


def _numbers(bates: Bates | None) -> dict[str, Any]:
    return {"bates": asdict(bates) if bates else None}


def _drawings(sections: tuple[Section, ...]) -> dict[str, str]:
    """Return the drawing of each figure by the key of its chart."""
    blocks = (one for section in sections for one in within(section.blocks))
    return {one.chart.key: svg(one.chart) for one in blocks if isinstance(one, Figure)}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"
