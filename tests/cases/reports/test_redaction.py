"""Passages taken out of a frozen document, however they are written and wherever they stand."""

import io
import json
import unicodedata
from functools import cache
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.digests import canonical_json
from cases.reports import pdf
from cases.reports.blocks import texts
from cases.reports.covering import RedactionError
from cases.reports.folding import fold, places
from cases.reports.leaks import check
from cases.reports.redaction import WITHHELD, Made, Passage, guessable, redacted, texts_of
from cases.reports.report import report_of
from tests.cases.reports.specimen import Specimen, document_of

MADE = Made(1, "2026-11-26T00:00:00+00:00", "report", "a" * 64, "b" * 64)
HOSTILE = {
    "regex characters": "a.*(b|c)[d]$^\\1{2}+?",
    "bidi": "abc\u202exyz\u202c ghi",
    "ligatures": "of\ufb01ce \ufb02uff",
    "accents": "Jose\u0301 Nu\u00f1ez",
    "markup": '</script>#eval("1") *bold* <lab>',
    "spaces": "Jane\u00a0 \t\n  Q.\u2009Public",
    "quotes": "the \u201cblue\u201d dog\u2019s \u2013 one",
    "full width": "\uff2a\uff4f\uff48\uff4e \uff24\uff4f\uff45",
    "numbers": "4929 1234 5678 9012",
    "no glyph": "\u79d8\u5bc6\u4ee3\u7801",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "low lines and hyphens": "model-x_9-preview",
    "sharp s": "Stra\u00dfe Nr. 7",
    "pair of surrogates": "x\U0001f600\U0001f601y",
}


@cache
def stored() -> bytes:
    return canonical_json(document_of(Specimen(entries=4)))


def document() -> dict[str, Any]:
    """A frozen document as it comes out of the store."""
    return json.loads(stored())


def planted(text: str) -> dict[str, Any]:
    """A document with a text in a custody fact, a name of such a fact, a file's name and more."""
    made = document()
    made["custody"][1]["facts"] |= {"reason": f"as {text} said", text: "see there"}
    made["exhibits"][2] |= {"filename": f"x {text}.jsonl", "party": text}
    declared = {"label": "C", "tie": None, "of": "", "released": "", "family": ""}
    made["plan"]["asserted"] = {"declared": [declared | {"names": [f"{text}-7"]}]}
    made["matter"]["name"] = f"Inquiry of {text}"
    pair = made["result"]["pairs"][0]
    pair["suspect_answer"] = f"{text}, {pair['suspect_answer']}"
    for one in pair["passages"]:
        one["left_start"] += len(text) + 2
        one["left_end"] += len(text) + 2
    return made


def variant(text: str) -> str:
    """The same text, written otherwise: as capitals, decomposed, with spaces and low lines."""
    spaced = text.replace("_", " ").replace("-", " ")
    return unicodedata.normalize("NFD", spaced).swapcase().replace(" ", " \u200b\n _")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_passage_is_taken_out_wherever_it_stands_and_however_it_is_written(text):
    made = planted(text)
    made["exhibits"][3]["filename"] = variant(text)
    new = redacted(made, [Passage("Order 7(b)", text)], MADE)
    left = canonical_json(new).decode()
    assert fold(text) not in fold(left)
    assert new["exhibits"][2]["filename"] == "x [redacted 1].jsonl"
    assert new["custody"][1]["facts"]["[redacted 1]"] == "see there"
    assert new["redaction"]["passages"] == [
        {"number": 1, "ground": "Order 7(b)", "places": left.count("[redacted 1]")}
    ]


def test_the_print_of_a_redacted_document_passes_its_check_and_the_original_does_not():
    made = document()
    made["custody"][1]["facts"] |= dict.fromkeys(HOSTILE.values(), "see there")
    for place, text in enumerate(HOSTILE.values()):
        made["exhibits"][place % 9]["filename"] += f" {text}"
    made["plan"]["question"] = "; ".join(HOSTILE.values())
    asked = [Passage(f"Order {name}", text) for name, text in HOSTILE.items()]
    new = redacted(made, asked, MADE)
    printed = pdf.render(report_of(new))
    assert check(printed, [*HOSTILE.values(), *sorted(guessable(made, new))]) == []
    numbers = {one.split()[1] for one in check(pdf.render(report_of(made)), [*HOSTILE.values()])}
    assert numbers == {str(number) for number in range(1, len(HOSTILE) + 1)}


def test_every_page_says_that_it_is_redacted_and_a_table_says_what():
    made = document() | {"designation": "CONFIDENTIAL", "salt": "f" * 32}
    new = redacted(made, [Passage("Protective Order 7(b)", "First party")], MADE)
    read = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(printed(new))).pages]
    assert [one for one in read if "CONFIDENTIAL \u00b7 REDACTED" not in one] == []
    text = " ".join(" ".join(read).split())
    assert "[redacted 1] Protective Order 7(b) 10" in text
    assert "a" * 64 in "".join(text.split())
    unsalted = redacted(document(), [Passage("x", "First party")], MADE)
    assert "a" * 64 not in canonical_json(unsalted).decode()
    assert "is not printed here" in json.dumps(texts_in(unsalted))


def printed(made: dict[str, Any]) -> bytes:
    return pdf.render(report_of(made))


def texts_in(made: dict[str, Any]) -> list[str]:
    return [one.text for part in report_of(made).sections for one in texts(part)]


def test_the_mark_tells_nothing_of_the_length():
    short, long = planted("Jane Doe"), planted("Jane Doe of a very long and winding name")
    lengths = set()
    for made, text in ((short, "Jane Doe"), (long, made_name(long))):
        new = redacted(made, [Passage("x", text)], MADE)
        del new["custody"], new["checkpoint"]
        pair = new["result"]["pairs"][0]
        assert pair["suspect_characters"] == len(pair["suspect_answer"])
        lengths.add(canonical_json(new))
    assert len(lengths) == 1


def made_name(made: dict[str, Any]) -> str:
    return made["exhibits"][2]["party"]


def test_what_is_cut_is_cut_elsewhere_so_that_its_end_tells_no_length():
    ends = []
    for name in ("Jane", "Jane the long and longer"):
        made = document()
        pair = made["result"]["pairs"][0]
        pair["suspect_answer"] = (name + " word" * 1000)[:4000]
        pair["suspect_characters"] = 9999
        new = redacted(made, [Passage("x", name)], MADE)["result"]["pairs"][0]
        ends.append((new["suspect_answer"], new["suspect_characters"]))
    assert ends[0] == ends[1]
    assert ends[0][0].endswith("left out of the redacted version]")


def test_shared_passages_are_marked_where_they_stand_after_it():
    made = document()
    before = made["result"]["pairs"][0]
    shared = before["passages"][0]
    assert before["suspect_answer"][shared["left_start"] : shared["left_end"]].startswith(
        "I would"
    )
    new = redacted(made, [Passage("x", "first look")], MADE)["result"]["pairs"][0]
    moved = new["passages"][0]
    text = new["suspect_answer"][moved["left_start"] : moved["left_end"]]
    assert text.startswith("I would [redacted 1] at the whole of it")
    other = new["teacher_answer"][moved["right_start"] : moved["right_end"]]
    assert other == text


def test_digests_by_which_a_passage_could_be_found_by_trying_are_withheld():
    made = planted("Jane Doe")
    made["salt"] = "f" * 32
    made["checkpoint"] = {"size": 3, "made_at": "", "note": "root", "stamps": [], "wanting": ""}
    made["plan_checkpoint"] = made["checkpoint"] | {"size": 1, "note": "early"}
    new = redacted(made, [Passage("x", "Jane Doe")], MADE)
    left = canonical_json(new).decode()
    seals = [one["seal"] for one in made["custody"]]
    assert [one["seal"] for one in new["custody"]] == [seals[0], WITHHELD, WITHHELD]
    assert seals[1] not in left
    assert made["plan_sha256"] not in left
    assert made["result_sha256"] not in left
    assert (new["checkpoint"]["note"], new["plan_checkpoint"]["note"]) == (WITHHELD, "early")
    assert "salt" not in new
    # A file's own digest says nothing of its name.
    assert made["exhibits"][2]["sha256"] in left


def test_what_is_not_touched_keeps_its_digests():
    made = document()
    made["exhibits"][2]["party"] = "Jane Doe"
    new = redacted(made, [Passage("x", "Jane Doe")], MADE)
    assert new["plan_sha256"] == made["plan_sha256"]
    assert new["custody"] == made["custody"]
    assert new["redaction"]["withheld_digests"] == 0


def test_a_field_is_named_by_its_path_and_goes_everywhere_it_stands():
    made = document()
    model = made["exhibits"][4]["model"]
    new = redacted(made, [Passage("x", path="exhibits.4.model")], MADE)
    assert model not in canonical_json(new).decode()
    assert new["exhibits"][5]["model"] == made["exhibits"][5]["model"]


def test_overlapping_passages_leave_nothing_of_either():
    made = document()
    made["exhibits"][2]["party"] = "abcabcab Larkspur Ltd of Larkspur"
    asked = [Passage("x", "abcab"), Passage("y", "Larkspur"), Passage("z", "Larkspur Ltd")]
    new = redacted(made, asked, MADE)
    assert new["exhibits"][2]["party"] == "[redacted 1] [redacted 3] of [redacted 2]"
    assert [one["places"] for one in new["redaction"]["passages"]] == [2, 2, 1]


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        (Passage("x", "ab"), "fewer than 3 characters"),
        (Passage("x", "a \u200b\u202e b"), "fewer than 3 characters"),
        (Passage("x", "stands nowhere at all"), "stands nowhere"),
        (Passage("x", "redacted"), "part of the mark"),
        (Passage("x", "teacher"), "Give more of the text"),
        (Passage("x", "hypotheses"), "the name of a part"),
        (Passage("x", path="exhibits.99.party"), "no text at exhibits.99.party"),
        (Passage("x", path="finding.number"), "no text at"),
        (Passage("First party says so", "first party"), "The ground of passage 1"),
    ],
)
def test_what_cannot_be_redacted_is_refused_in_words_without_the_passage(passage, said):
    with pytest.raises(RedactionError, match=said) as refused:
        redacted(document(), [passage], MADE)
    assert not passage.text or passage.text not in str(refused.value).replace("redacted", "", 1)


def test_none_and_too_many_are_refused():
    for many in (0, 51):
        with pytest.raises(RedactionError, match="1 to 50"):
            texts_of(document(), [Passage("x", "First party")] * many)


def test_two_names_that_would_become_one_are_refused():
    made = document()
    made["custody"][1]["facts"] |= {"Osier": 1, "OSIER": 2}
    with pytest.raises(RedactionError, match="would become one"):
        redacted(made, [Passage("x", "osier")], MADE)


def test_the_original_is_left_as_it_is():
    made = planted("Jane Doe")
    before = canonical_json(made)
    redacted(made, [Passage("x", "Jane Doe")], MADE)
    assert canonical_json(made) == before


@given(st.text())
def test_a_text_is_folded_letter_by_letter(text):
    assert fold(text) == "".join(fold(one) for one in text)


@given(st.text(min_size=1), st.text(max_size=20), st.text(max_size=20))
def test_a_passage_is_found_in_whatever_stands_around_it(passage, before, after):
    folded = fold(passage)
    if folded:
        text = before + passage + after
        found = list(places(text, folded))
        assert any(folded in fold(text[start:end]) for start, end in found)
        assert all(0 <= start < end <= len(text) for start, end in found)
