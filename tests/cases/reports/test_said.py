from collections import Counter
from dataclasses import replace

import pytest

from cases.reports import pdf
from cases.reports.blocks import (
    Boxed,
    Bullets,
    Column,
    Facts,
    Listing,
    Paragraph,
    Section,
    Sides,
    Span,
)
from cases.reports.reading import read
from cases.reports.report import report_of
from cases.reports.said import phrases_of, problems_in_print, problems_of, quotations_of
from cases.reports.texts_read import UnreadableFileError
from tests.cases.reports.specimen import Specimen, document_of

HOSTILE = "It certainly was copied from the teacher, which proves theft. "


@pytest.fixture(scope="module")
def hostile():
    """Return a report whose transcripts say all that a report must not."""
    return report_of(document_of(Specimen(answer=HOSTILE, prompts=30)))


@pytest.mark.parametrize("learned", [0.0, 0.3, 2.0])
def test_a_report_says_nothing_that_is_refused(learned):
    made = report_of(document_of(Specimen(learned=learned, teachers=2, reworded=3)))
    assert problems_of(made) == []


def test_what_transcripts_say_is_not_the_report_s_word(hostile):
    assert problems_of(hostile) == []
    assert any(HOSTILE.strip() in one for one in quotations_of(hostile))


PLANTED = "The suspect stole it."


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(PLANTED),
        Paragraph(("The suspect ", Span("st", "strong"), "ole it.")),
        Facts((("Remark", PLANTED),)),
        Bullets((PLANTED,)),
        Listing("x", (Column("A"),), ((PLANTED,),)),
        Listing("x", (Column("A"),), (), caption=PLANTED),
        Sides((Paragraph(PLANTED),), ()),
        Boxed((Boxed((Paragraph(PLANTED),)),)),
    ],
)
def test_what_is_planted_in_a_block_is_found_once(hostile, block):
    planted = replace(hostile, sections=(Section("x", "Remarks", (block,)),))
    [found] = problems_of(planted)
    assert (found.place, found.problem.phrase) == ("Remarks", "stole")


def test_a_title_and_the_front_are_judged(hostile):
    planted = replace(hostile, title="Proof of theft", sections=(Section("x", "Stolen", ()),))
    assert [one.place for one in problems_of(planted)] == ["front", "front", "Stolen"]


def test_a_name_before_its_value_says_that_it_is_a_hypothesis(hostile):
    h1 = (("H1", "The suspect was trained on outputs of the teacher."),)
    planted = replace(hostile, sections=(Section("x", "H", (Facts(h1),)),))
    assert problems_of(planted) == []


def test_the_text_of_a_print_is_judged_but_for_what_it_quotes(hostile):
    there = read("report.PDF", pdf.render(hostile))
    quoted = phrases_of(there.quotations)
    assert sum(quoted.values()) >= 10
    assert [one for part in there.parts for one in problems_in_print(part.text, quoted)] == []
    assert problems_in_print("This proves it.", Counter())[0].phrase == "proves"


def test_a_phrase_that_is_quoted_once_is_not_free_twice():
    quoted = phrases_of(["It proves it."])
    assert [one.start for one in problems_in_print("It proves. It proves.", quoted)] == [14]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"\xff\xfe\x00", "no text in UTF-8: byte 0"),
        ("a.pdf", b"%PDF-1.7 nothing", "cannot be read as a PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(name, data, said):
    with pytest.raises(UnreadableFileError, match=said):
        read(name, data)
