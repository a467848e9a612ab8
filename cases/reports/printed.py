"""What a report prints of its results.json, for whoever checks a PDF against it."""

from collections.abc import Iterator
from typing import Any

from cases.reports import pdf
from cases.reports.artefacts import Artefact
from cases.reports.blocks import Block, Figure, Listing, plain, texts, within
from cases.reports.glyphs import all_printable
from cases.reports.report import report_of
from cases.reports.values import fits


def printed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the texts that are printed, those that a drawing may cut, and the rows of tables."""
    return printed_of(report_of(document))


def printed_of(artefact: Artefact) -> dict[str, Any]:
    """Return the same of any document of blocks.

    Rows that may be broken between pages are not among the rows: what stands on top of the
    second page would come between their cells.
    """
    blocks = [one for section in artefact.sections for one in within(section.blocks)]
    found = {
        "due": [
            *(artefact.title, artefact.matter, *_front(artefact), *_texts(artefact)),
            *(text for one in blocks if isinstance(one, Figure) for text in one.chart.texts),
        ],
        "optional": [],
        "rows": [list(row) for one in blocks for row in _rows(one)],
    }
    printed: dict[str, Any] = all_printable(found)
    return printed


def _front(artefact: Artefact) -> Iterator[str]:
    yield from (one.text for one in texts(artefact.about))
    if artefact.contents:
        # The contents print each title a second time, with the number of its page.
        yield from (one.title for one in artefact.sections)


def _texts(artefact: Artefact) -> Iterator[str]:
    """Yield what is printed beside drawings: the words of one for those who do not see are not."""
    for section in artefact.sections:
        yield section.title
        for block in section.blocks:
            spoken = {one.chart.alt for one in within((block,)) if isinstance(one, Figure)}
            yield from (one.text for one in texts(block) if one.text not in spoken)


def _rows(block: Block) -> Iterator[tuple[str, ...]]:
    if isinstance(block, Listing) and fits(block):
        rows = (tuple(map(plain, row)) for row in block.rows)
        yield from (row for row in rows if any(map(str.isdigit, "".join(row))))


def press(document: dict[str, Any]) -> bytes:
    """Return the PDF of a document printed again; equal to the issued one by the same version.

    Raises ModuleNotFoundError where the press or its template is not installed.
    """
    if not pdf.TEMPLATE.exists():
        raise ModuleNotFoundError("The template is not installed.", name="the report's template")
    return pdf.render(report_of(document))
