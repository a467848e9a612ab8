import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import words
from cases.rules.words import VERSION, problems_in, rules
from tests.cases.rules.own_words import ROOT, strings, templates

HERE = Path(__file__).parent
TABLE = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
EXCUSES = words._RULES["excuses"]


@pytest.mark.parametrize(("rule", "sentence"), TABLE["refused"])
def test_what_must_not_be_said_is_refused(rule, sentence):
    found = problems_in(sentence)
    assert rule in [one.rule for one in found]
    assert all(sentence[one.start : one.end] == one.phrase for one in found)


@pytest.mark.parametrize("sentence", TABLE["passing"])
def test_what_may_be_said_passes(sentence):
    assert problems_in(sentence) == []


def test_the_tables_are_long_and_hold_no_sentence_twice():
    refused = [sentence for _, sentence in TABLE["refused"]]
    assert min(len(set(refused)), len(set(TABLE["passing"]))) >= 60
    assert len(set(refused)) == len(refused)


@pytest.mark.parametrize("rule", [one.id for one in rules()])
def test_no_rule_is_dead(rule, monkeypatch):
    left = tuple(one for one in rules() if one.id != rule)
    monkeypatch.setattr(words, "rules", lambda: left)
    assert [one for _, one in TABLE["refused"] if not problems_in(one)], f"{rule} refuses nothing"


@pytest.mark.parametrize(
    ("excuse", "part"),
    [
        (name, part)
        for name, row in EXCUSES.items()
        for part in ("before", "after", "sentence")
        if part in row
    ],
)
def test_no_excuse_is_dead(excuse, part, monkeypatch):
    monkeypatch.setitem(words._RULES["excuses"][excuse], part, "(?!)")
    words._excuses.cache_clear()
    refused = [one for one in TABLE["passing"] if problems_in(one)]
    words._excuses.cache_clear()
    assert refused


@pytest.mark.parametrize("excuse", EXCUSES)
def test_what_only_looks_like_an_excuse_is_known(excuse, monkeypatch):
    monkeypatch.setitem(words._RULES["excuses"][excuse], "unless", "(?!)")
    words._excuses.cache_clear()
    passing = [one for _, one in TABLE["refused"] if not problems_in(one)]
    words._excuses.cache_clear()
    assert passing


@pytest.mark.parametrize("place", range(len(words._BREAKS)))
def test_no_end_of_an_excuse_is_dead(place, monkeypatch):
    left = tuple(one for number, one in enumerate(words._BREAKS) if number != place)
    monkeypatch.setattr(words, "_BREAKS", left)
    assert [one for _, one in TABLE["refused"] if not problems_in(one)]


def test_every_rule_says_why_what_instead_and_by_whose_word():
    assert re.fullmatch(r"words-\d+", VERSION)
    for one in rules():
        assert one.why.endswith(".")
        assert one.instead
        assert len(one.source) > 20


def test_a_problem_names_place_reason_and_mend():
    text = "The rank is 1.\n\nIt proves training."
    [problem] = problems_in(text)
    assert (problem.start, problem.end) == (19, 25)
    assert str(problem) == (
        '"proves": A statistical comparison proves nothing; it changes how strongly something is '
        "supported. Instead: the findings support H1 over H2 (LR = ...)."
    )


def test_places_that_are_quoted_are_not_judged():
    text = "Answer 3: it was certainly copied from the teacher. We say: certainly."
    assert [one.start for one in problems_in(text, [(10, 51)])] == [text.rindex("certainly")]


def test_a_quotation_ends_where_it_ends():
    text = 'Clause 4 reads: "no output may be stolen by anyone". The operator stole it.'
    assert [one.phrase for one in problems_in(text)] == ["stole"]


def test_an_assumption_may_say_what_happened_and_not_how_sure_it_is():
    text = "The operator breached the terms. They copied the answers, certainly."
    assert [one.phrase for one in problems_in(text, supposed=True)] == ["certainly"]
    assert len(problems_in(text)) == 3


@given(st.text())
def test_any_text_can_be_judged(text):
    assert all(text[one.start : one.end] == one.phrase for one in problems_in(text))


@given(st.sampled_from(TABLE["refused"]), st.sampled_from(" \n\t\u00ad\u200b\u2060\u202e\u0301"))
def test_no_unseen_character_hides_a_phrase(row, unseen):
    rule, sentence = row
    spread = sentence.replace(" ", f" {unseen}").replace(
        "e", f"e{unseen}" if ord(unseen) > 99 else "e"
    )
    assert rule in [one.rule for one in problems_in(spread)]


@pytest.mark.parametrize(
    "hostile",
    [
        "probability that the " * 20_000,
        "a " * 200_000,
        "not " * 100_000 + "proves",
        "-\n" * 100_000,
    ],
    ids=["open", "short", "denied", "divided"],
)
def test_no_text_takes_long(hostile):
    began = time.monotonic()
    problems_in(hostile)
    assert time.monotonic() - began < 30


def test_templates_say_nothing_that_is_refused():
    found = [
        f"{path.relative_to(ROOT)}: {one}"
        for path, text in templates()
        for one in problems_in(text)
    ]
    assert found == []


def test_strings_in_the_code_say_nothing_that_is_refused():
    read = list(strings())
    found = [
        f"{path.relative_to(ROOT)}:{line}: {one}"
        for path, line, text in read
        for one in problems_in(text)
    ]
    assert found == []
    assert any("a breach of any term" in text for _, _, text in read)


@pytest.mark.parametrize(
    "paragraph", (HERE / "legal_prose.txt").read_text(encoding="utf-8").split("\n\n")
)
def test_prose_of_the_law_gives_no_false_alarm(paragraph):
    assert problems_in(paragraph) == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "audit/analysis/METHODS.md"])
def test_what_the_project_says_of_itself_gives_no_false_alarm(name):
    assert problems_in((ROOT / name).read_text(encoding="utf-8")) == []
