"""A document as one page in one file, for readers without our software or a network.

Nothing in it acts: no script, no request, styles and drawings inside. All text is escaped by the
templates, and what hides in it is named.
"""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from audit.analysis.digests import sha256_hex
from cases.reports.artefacts import Artefact, Attachment
from cases.reports.blocks import Figure, within
from cases.reports.charts.inline import inline_svg
from cases.reports.values import as_json

# A browser takes an address of two million characters; base64 makes four of three.
MOST_ATTACHED = 1_400_000

# Of its own, so that the press needs no settings of the site.
_ENGINE = Engine(
    dirs=[str(Path(__file__).resolve().parents[2] / "templates")],
    libraries={"blocks": "cases.templatetags.blocks"},
)


def render(artefact: Artefact) -> bytes:
    """Return the page; equal input, equal bytes."""
    page = _ENGINE.get_template("reports/html/document.html")
    return page.render(Context(_context(artefact))).encode()


def _context(artefact: Artefact) -> dict[str, Any]:
    issued = datetime.fromisoformat(artefact.issued_at).astimezone(UTC)
    sections = as_json(artefact.sections)
    _line(sections)
    return {
        "title": artefact.title,
        "matter": artefact.matter,
        "about": as_json(artefact.about),
        "mark": artefact.mark,
        "designation": artefact.designation,
        "contents": artefact.contents,
        "sections": sections,
        "attachments": [_attached(one) for one in artefact.attachments],
        "software": artefact.software,
        "issued": f"{issued:%Y-%m-%d %H:%M:%S} UTC",
        "source_sha256": artefact.source_sha256,
        "draw": _drawings(artefact).__getitem__,
    }


def _line(value: Any) -> None:
    """Put the alignment of its column beside each cell, wherever a table stands."""
    if isinstance(value, list):
        for one in value:
            _line(one)
    elif isinstance(value, dict):
        if value.get("kind") == "listing":
            aligns = [column["align"] for column in value["columns"]]
            value["lined"] = [list(zip(aligns, row, strict=True)) for row in value["rows"]]
        for name in ("blocks", "left", "right", "table"):
            _line(value.get(name))


def _drawings(artefact: Artefact) -> dict[str, str]:
    blocks = (one for section in artefact.sections for one in within(section.blocks))
    return {one.chart.key: inline_svg(one.chart) for one in blocks if isinstance(one, Figure)}


def _attached(one: Attachment) -> dict[str, str]:
    data = one.text.encode()
    return {
        "name": one.name,
        "media_type": one.media_type,
        "description": one.description,
        "size": f"{len(data):,} bytes",
        "sha256": sha256_hex(data),
        "data": b64encode(data).decode() if len(data) <= MOST_ATTACHED else "",
    }
