"""The printing press: the only place that knows Typst."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.analysis.errors import TouchstoneError
from cases.reports.artefacts import Artefact, Bates
from cases.reports.blocks import Figure, Section, within
from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.reports.glyphs import all_printable
from cases.reports.names import on_one_line
from cases.reports.values import as_json

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "reports" / "document.typ"
_PICTURE = TEMPLATE.with_name("picture.typ")
# As a chart counts them.
_PIXELS_AN_INCH = 96

_MOST_NAME = 200
_MOST_IN_HEAD = 60


class PrintingError(TouchstoneError):
    """The document cannot be printed; says what the press said."""


def render(artefact: Artefact, *, bates: Bates | None = None, template: Path = TEMPLATE) -> bytes:
    """Return the PDF of an artefact with its attachments inside; equal input, equal bytes.

    All data goes in as JSON, so no text of a transcript is ever read as markup. Raises
    PrintingError.
    """
    return pressed(sheet(artefact, bates), template=template)


def sheet(artefact: Artefact, bates: Bates | None) -> dict[str, Any]:
    """Return all that the press needs, as one plain JSON value."""
    numbers = {"bates": asdict(bates) if bates else None}
    return {
        "kind": artefact.kind,
        "issued_at": artefact.issued_at,
        "front": all_printable(_front(artefact)) | numbers,
        "sections": all_printable(as_json(artefact.sections)),
        "attachments": [asdict(one) for one in artefact.attachments],
        "charts": [asdict(one) for one in _charts(artefact.sections)],
    }


def pressed(sheet: dict[str, Any], *, template: Path = TEMPLATE) -> bytes:
    """Return the PDF of what `sheet` gives; raises PrintingError."""
    import typst

    drawings = {one["key"]: svg(Chart(**one)) for one in sheet["charts"]}
    parts = {name: sheet[name] for name in ("front", "sections", "attachments")}
    inputs = {
        name: json.dumps(part, ensure_ascii=False)
        for name, part in (parts | {"drawings": drawings}).items()
    }
    try:
        return typst.compile(
            template,
            root=template.parent,
            sys_inputs=inputs,
            ignore_system_fonts=True,
            # Archival with tags and attachments, and accessible, both in one file.
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(datetime.fromisoformat(sheet["issued_at"]).timestamp()),
        )
    except (RuntimeError, OSError) as error:  # TypstError is a RuntimeError
        raise PrintingError(
            f"The {sheet['kind']} cannot be printed with the template {template.name}: {error}"
        ) from error


def picture(chart: Chart, *, scale: float = 2) -> bytes:
    """Return a chart as PNG, so many pixels for each of its own; raises PrintingError.

    Drawn here, as the press has in itself the fonts that charts are written in. The library that
    draws the SVG looks for them on the machine, and leaves out every text where it finds none.
    """
    import typst

    try:
        drawn: bytes = typst.compile(
            _PICTURE,
            root=_PICTURE.parent,
            sys_inputs={"drawing": svg(chart)},
            ignore_system_fonts=True,
            format="png",
            ppi=scale * _PIXELS_AN_INCH,
        )
    except (RuntimeError, OSError) as error:
        raise PrintingError(f"The chart {chart.key} cannot be drawn: {error}") from error
    return drawn


def _front(artefact: Artefact) -> dict[str, Any]:
    issued = datetime.fromisoformat(artefact.issued_at).astimezone(UTC)
    return {
        "title": artefact.title,
        "matter": on_one_line(artefact.matter, _MOST_NAME),
        "head": f"{on_one_line(artefact.matter, _MOST_IN_HEAD)} \u00b7 {artefact.head}",
        "about": as_json(artefact.about),
        "software": on_one_line(artefact.software, _MOST_NAME),
        "source": [artefact.source, artefact.source_sha256[:12]],
        "mark": artefact.mark,
        "designation": artefact.designation,
        "contents": artefact.contents,
        "issued": list(issued.timetuple()[:6]),
    }


def _charts(sections: tuple[Section, ...]) -> list[Chart]:
    blocks = (one for section in sections for one in within(section.blocks))
    return [one.chart for one in blocks if isinstance(one, Figure)]
