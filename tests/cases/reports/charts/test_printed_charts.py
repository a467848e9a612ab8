"""Figures in a document of blocks: whatever they print is what they are known to print."""

import io
from typing import Any

import pypdf
import pytest

from audit.analysis.verifying.figures import differences
from cases.reports.artefacts import Artefact
from cases.reports.blocks import Column, Facts, Figure, Listing, Section
from cases.reports.chart import Chart
from cases.reports.charts.gallery import for_print
from cases.reports.pdf import render
from cases.reports.printed import printed_of
from tests.cases.reports.charts.drawn import whole_document, widened
from tests.cases.reports.charts.test_every_chart import HOSTILE


def artefact_of(document: dict[str, Any]) -> Artefact:
    """Return a document of every figure, each with its table unless that is too wide."""
    figures = tuple(
        Figure(one, one.title, table=listing_of(one)) for one in for_print(document).values()
    )
    return Artefact(
        kind="figures",
        title="Every figure",
        matter="A made-up matter",
        head="Figures",
        about=Facts((("Made for", "a test"),)),
        issued_at="2026-11-25T10:11:12+00:00",
        software="touchstone-audit",
        source_sha256="0" * 64,
        sections=(Section("figures", "Figures", figures),),
    )


def listing_of(chart: Chart) -> Listing | None:
    if len(chart.table.columns) > 12:
        return None
    columns = tuple(
        Column(title, "auto", "left" if place < chart.table.words else "right")
        for place, title in enumerate(chart.table.columns)
    )
    return Listing(f"figure-{chart.key}", columns, chart.table.rows, size=7)


@pytest.mark.parametrize("document", ["plain", "hostile"])
def test_a_check_of_figures_finds_each_and_no_other(document: str) -> None:
    value = whole_document()
    artefact = artefact_of(value if document == "plain" else widened(value, 20, HOSTILE))
    pages = pypdf.PdfReader(io.BytesIO(render(artefact))).pages
    printed = printed_of(artefact)
    texts = [page.extract_text() for page in pages]
    count, problems = differences(texts, printed, printed["rows"])
    assert problems == []
    assert count > 300


def test_a_tick_that_is_not_of_the_results_is_found() -> None:
    artefact = artefact_of(whole_document())
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render(artefact))).pages]
    printed = printed_of(artefact)
    forged = [text.replace("\u22121.00", "\u22121.23") for text in texts]
    assert forged != texts
    _, problems = differences(forged, printed, printed["rows"])
    assert any("1.23" in what for _, what in problems)
