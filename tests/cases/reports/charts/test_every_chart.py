"""What holds for every figure, whatever it shows."""

import io
import json
from typing import Any

import pypdf
import pytest
import typst

from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.reports.charts.gallery import for_page, for_print
from cases.reports.charts.plotting import WIDTH
from cases.reports.glyphs import COVERED, in_pictures
from tests.cases.reports.charts.drawn import data_of, texts_of, whole_document, widened

COMMON = {
    *("tippett", "calibration", "null-ratios", "heat-map", "releases", "power"),
    *(f"{kind}-{of}" for of in "BC" for kind in ("signals", "left-out-ratio")),
    *(f"{kind}-{of}" for of in "BC" for kind in ("null-ranks", "left-out-lead")),
}
PRINTED = COMMON | {"custody", "excess-B", "excess-C"}
SHOWN = COMMON | {
    f"excess-{of}-{view}"
    for of in "BC"
    for view in ("embedding", "embedding-without-layout", "layout")
}
HOSTILE = (
    "</svg><script>alert(1)</script> \u202egnp.exe\u202c \x00\x1b[31m 中文 'q' \"p\" \\ ] [ & "
    "\u05d0\u05d1 a\u0301\u0301\u0301\u0301\u0301 {{}} " * 3 + "version 9 {}"
)
TYPST = """
#set document(title: "Figure", date: datetime(year: 2026, month: 1, day: 1))
#set page(width: 170mm, height: auto, margin: 0mm)
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), lang: "en", fallback: false)
#image(bytes(sys.inputs.svg), format: "svg", alt: "a figure")
"""


@pytest.fixture(scope="module")
def charts() -> dict[str, Chart]:
    document = whole_document()
    return for_print(document) | for_page(document)


def printed(chart: Chart, folder: Any) -> bytes:
    template = folder / "figure.typ"
    template.write_text(TYPST, encoding="utf-8")
    return typst.compile(
        template,
        sys_inputs={"svg": svg(chart)},
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
    )


def test_every_figure_is_there() -> None:
    document = whole_document()
    assert set(for_print(document)) == PRINTED
    assert set(for_page(document)) == SHOWN


def test_every_text_of_a_picture_is_known_before_it_is_drawn(charts: dict[str, Chart]) -> None:
    for one in charts.values():
        assert sorted(texts_of(one)) == sorted(map(in_pictures, one.texts)), one.key


def test_the_same_chart_is_the_same_svg(charts: dict[str, Chart]) -> None:
    again = for_print(json.loads(json.dumps(whole_document())))
    assert [svg(one) for one in again.values()] == [svg(charts[key]) for key in again]


def test_print_has_every_figure_with_its_numbers(charts: dict[str, Chart], tmp_path: Any) -> None:
    for one in charts.values():
        pdf = pypdf.PdfReader(io.BytesIO(printed(one, tmp_path)))
        text = "".join(pdf.pages[0].extract_text().split())
        missing = [part for part in one.texts if "".join(part.split()) not in text]
        assert missing == [], one.key


def test_tables_are_whole_and_alternatives_say_numbers(charts: dict[str, Chart]) -> None:
    for one in charts.values():
        assert one.table.rows
        assert {len(row) for row in one.table.rows} == {len(one.table.columns)}
        assert any(character.isdigit() for character in one.alt)
        assert len(one.alt) > 80


def looks(chart: Chart) -> list[tuple[Any, ...]]:
    """Return how each layer of lines, points or bars looks, without its colour."""
    found = []
    for layer, rows in zip(chart.spec["layer"], data_of(chart), strict=True):
        mark = layer["mark"]
        shown = any(set(row) - {"text"} for row in rows) and mark.get("opacity") != 0
        if shown and mark["type"] in {"line", "point", "bar", "rect"}:
            hollow = mark.get("fill") in {None, "#FFFFFF"}
            dash = tuple(mark.get("strokeDash", ()))
            colour = mark.get("stroke")
            found.append((mark["type"], colour, (dash, mark.get("shape"), hollow)))
    return found


def test_no_series_is_told_from_another_by_colour_alone(charts: dict[str, Chart]) -> None:
    for one in charts.values():
        by_colour: dict[tuple[str, str], set[Any]] = {}
        for kind, colour, look in looks(one):
            by_colour.setdefault((kind, colour), set()).add(look)
        for kind in {kind for kind, _ in by_colour}:
            series = [look for (of, _), found in by_colour.items() if of == kind for look in found]
            assert len(series) == len(set(series)), (one.key, kind, series)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_heat_map_is_a_ramp_in_grey_too(charts: dict[str, Chart]) -> None:
    cells = [row for row in data_of(charts["heat-map"])[0] if "\u2013" not in row["text"]]
    ordered = sorted(cells, key=lambda row: float(row["text"]))
    shades = [luminance(row["fill"]) for row in ordered]
    # Cells whose printed cosines are equal may differ by one step.
    assert shades == sorted(shades, reverse=True) or all(
        here >= after or left["text"] == right["text"]
        for here, after, left, right in zip(shades, shades[1:], ordered, ordered[1:], strict=False)
    )
    assert max(shades) - min(shades) > 150


@pytest.mark.parametrize("controls", [8, 45])
def test_hostile_names_are_harmless_and_stay_in_the_picture(controls: int, tmp_path: Any) -> None:
    document = widened(whole_document(), controls, HOSTILE)
    for one in (for_print(document) | for_page(document)).values():
        assert "<script" not in svg(one)
        assert set("".join(texts_of(one))) <= COVERED
        assert one.spec["width"] > WIDTH / 2
        assert printed(one, tmp_path).startswith(b"%PDF")


def test_what_a_page_draws_has_nothing_unseen_and_keeps_every_script() -> None:
    charts = for_page(widened(whole_document(), 8, "\u4e2d\u6587 \u202e\x00\u200b {}"))
    drawn = json.dumps([one.spec for one in charts.values()], ensure_ascii=False)
    assert not set("\u202e\x00\u200b") & set(drawn)
    assert "\u4e2d\u6587 <U+202E><U+" in drawn


def test_no_picture_is_higher_than_a_page() -> None:
    charts = for_print(widened(whole_document(), 100))
    assert {"excess-B", "excess-B-part-2", "excess-B-part-3"} < set(charts)
    for key, one in charts.items():
        sides = one.spec["padding"]
        assert 0.75 * (one.spec["height"] + sides["top"] + sides["bottom"]) < 680, key
