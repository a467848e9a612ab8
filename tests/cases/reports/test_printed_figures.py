"""What is printed of a results.json, against the text of its PDF."""

import io
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from audit.analysis.digests import canonical_json
from audit.analysis.verifying.figures import differences, figures
from cases.reports.glyphs import BREAK, printable
from cases.reports.printed import press, printed
from cases.reports.report import report_of
from tests.cases.reports.specimen import Specimen, document_of

# More columns than stand side by side, figures in names and answers, and in the matter's name.
WIDE = Specimen(
    teachers=1,
    controls=31,
    prompts=30,
    words=20,
    name="model-{}.5",
    matter="Matter 3.1415",
    answer="In 2024 3.14159 of 1,234.5 things; v1.2.3 deadbeefdeadbeef $5.00 0.5-0.7",
)


@pytest.fixture(scope="module")
def document():
    return json.loads(canonical_json(document_of(WIDE)))


@pytest.fixture(scope="module")
def pages(document):
    return [page.extract_text() for page in PdfReader(io.BytesIO(press(document))).pages]


def found(pages, document):
    due = printed(document)
    return differences(pages, due, due["rows"])


def test_every_figure_is_accounted_for_both_ways(pages, document):
    compared, problems = found(pages, document)
    assert problems == []
    assert compared > 2000


def test_another_number_in_the_results_is_found(pages, document):
    changed = json.loads(json.dumps(document))
    changed["result"]["teachers"][0]["views"]["embedding"]["lead"]["estimate"] += 0.123
    told = [what for _place, what in found(pages, changed)[1]]
    assert any("does not print the row" in what for what in told)


def test_a_number_that_the_results_lack_is_named_with_its_page(pages, document):
    place = next(number for number, page in enumerate(pages) if "[0." in page)
    page = pages[place]
    match = re.search(r"(?<=\[)\d\.\d{3}(?=,)", page)
    changed = f"{page[: match.start()]}7.777{page[match.end() :]}"
    other = [*pages[:place], changed, *pages[place + 1 :]]
    assert (f"page {place + 1}", "prints 7.777, which the results do not have printed") in (
        found(other, document)[1]
    )


def test_two_numbers_that_change_places_are_found(pages, document):
    row = next(one for one in printed(document)["rows"] if len(one) > 20)
    line = " ".join(row[1:4])
    swapped = " ".join([row[2], row[1], row[3]])
    other = [page.replace(line, swapped) for page in pages]
    assert other != pages
    assert [place for place, _what in found(other, document)[1]] == ["a table"]


def test_what_is_printed_does_not_tell_whole_fractions_from_whole_numbers(document):
    again = json.loads(canonical_json(document))
    assert report_of(again) == report_of(document)
    assert press(document) == press(again)


@given(st.text("xy1230.,-+/:_", min_size=25, max_size=120))
@example("http://doi.org/10.5210/fm.v13i10.2373")
@example("https://example.org/aaaaaaa12.34/b-12.5c")
def test_no_break_makes_another_figure_of_a_long_run(text):
    shown = printable(text)
    pieces = shown.split(BREAK)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 16
    # A run of figures alone, or of one that has no end, is cut as a digest is.
    if max(map(len, pieces)) < 16 and not text.isdigit():
        assert figures("\n".join(pieces)) == figures(text)


def test_a_row_whose_digits_are_no_figures_is_not_missed():
    due = {"due": ["gpt4_x none"], "optional": []}
    assert differences(["head\ngpt4_x none\nfoot"], due, [["gpt4_x", "none"]]) == (0, [])
