"""Releases of a line drawn: audits by shape, abstentions in words, thresholds, events as rules."""

import io
import math
from typing import Any

import pypdf
import pytest

from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.reports.charts.ratios import ratios
from cases.reports.charts.series import Event, Line, Seen, series
from cases.reports.glyphs import COVERED, in_pictures
from tests.cases.reports.charts.drawn import texts_of
from tests.cases.reports.charts.test_every_chart import HOSTILE, looks, printed

AT_10, AT_20 = math.log10(10), math.log10(20)
LINES: list[Line] = [
    Seen("release 1, 2026-01-10", -0.6, -0.9, -0.2),
    Event("terms", "2026-02-01 change of terms: Section 3 forbids training on outputs from then"),
    Seen("release 2, 2026-02-09", None, 0.0, 0.0, "It would lie between 1/2 and 2."),
    Event("teacher", "2026-02-20 snapshot of a teacher: Exhibit B: Quarry-2, handed in"),
    Event("version", "From here: version 2 of the plan"),
    Seen("release 2, 2026-02-09", 1.2, 0.8, 1.4, asked=True),
    Event("other", "2026-03-01 other event: the provider moved"),
]
THRESHOLDS = [*[AT_10] * 4, *[AT_20] * 3]


def ratio_plot(thresholds: list[float] = THRESHOLDS, lines: list[Line] = LINES) -> Chart:
    found = ratios("B", "Quarry-2", lines, thresholds)
    assert found is not None
    return found


def layers(chart: Chart, kind: str) -> list[dict[str, Any]]:
    return [one for one in chart.spec["layer"] if one["mark"]["type"] == kind]


def test_kinds_are_told_apart_without_colour() -> None:
    points = [one for one in looks(ratio_plot()) if one[0] == "point"]
    assert {look for *_, look in points} == {((), "diamond", False), ((), "square", True)}
    rules = {
        (tuple(one["mark"].get("strokeDash", ())), one["mark"]["strokeWidth"])
        for one in layers(ratio_plot([AT_10] * 7), "rule")
        if one["mark"].get("yOffset")
    }
    assert len(rules) == 4, "each kind of event has a dash of its own"


def test_an_abstention_is_a_word_and_never_a_point() -> None:
    chart = ratio_plot()
    points = [row for one in layers(chart, "point") for row in one["data"]["values"] if "x" in row]
    assert [row["x"] for row in points] == [-0.6, 1.2]
    (marked,) = [
        row
        for one in layers(chart, "text")
        for row in one["data"]["values"]
        if row["text"] == "no ratio given"
    ]
    assert marked["row"] == 2
    assert "It would lie between 1/2 and 2." in marked["told"]
    assert chart.table.rows[2] == ("release 2, 2026-02-09", "none given", "", "")
    assert "Of 1 none is given" in chart.alt


def test_the_threshold_is_a_line_and_follows_the_version() -> None:
    (whole,) = [
        one
        for one in layers(ratio_plot([AT_10] * 7), "rule")
        if one["data"]["values"] == [{"x": AT_10}]
    ]
    assert whole["mark"]["strokeDash"]
    (ticks,) = layers(ratio_plot(), "tick")
    assert [row["x"] for row in ticks["data"]["values"]] == THRESHOLDS
    assert "a ratio of 10 and then 20" in "".join(ratio_plot().texts)
    assert "10 and then 20" in ratio_plot().alt


def test_a_threshold_beyond_all_ratios_is_in_the_picture() -> None:
    low = [one if isinstance(one, Event) else Seen(one.name, 0.1, 0.0, 0.2) for one in LINES]
    chart = ratio_plot([AT_20] * 7, low)
    (x,) = {
        one["encoding"]["x"]["scale"]["domain"][1]
        for one in chart.spec["layer"]
        if "scale" in one["encoding"].get("x", {})
    }
    assert x >= AT_20


def test_where_no_audit_gives_a_ratio_there_is_no_plot() -> None:
    assert ratios("B", "Quarry-2", LINES[1:4], THRESHOLDS[1:4]) is None


@pytest.mark.parametrize("chart", [ratio_plot(), series("B", "Quarry-2", LINES)])
def test_what_is_drawn_is_known_and_said(chart: Chart, tmp_path: Any) -> None:
    assert sorted(texts_of(chart)) == sorted(map(in_pictures, chart.texts))
    pdf = pypdf.PdfReader(io.BytesIO(printed(chart, tmp_path)))
    text = "".join(pdf.pages[0].extract_text().split())
    assert [part for part in chart.texts if "".join(part.split()) not in text] == []
    assert "Between them 4 events are marked" in chart.alt
    assert {len(row) for row in chart.table.rows} == {4}


def test_hostile_words_are_harmless_and_stay_in_the_picture(tmp_path: Any) -> None:
    lines = [*LINES, Event("other", HOSTILE), Seen(HOSTILE[:60], 0.1, 0.0, 0.2)]
    for chart in (series("B", HOSTILE, lines), ratio_plot([AT_10] * 9, lines)):
        assert "<script" not in svg(chart)
        assert set("".join(texts_of(chart))) <= COVERED
        assert printed(chart, tmp_path).startswith(b"%PDF")
