import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.counts.canaries.search import (
    LEAST,
    MOST_PASSAGES,
    PIECE,
    CanaryIndex,
    _distances,
    fold,
    most_edits,
)

CANARY = "The glass heron of Orlu Bay counts 4481 silver hinges at dusk"


def found(text: str, *canaries: str) -> list[tuple[str, int]]:
    """Return the passages found, as text and edits."""
    index = CanaryIndex([fold(one) for one in canaries or (CANARY,)])
    return [(text[one.start : one.end], one.edits) for one in index.passages(text)]


def by_the_book(wanted: str, text: str, *, anchored: bool) -> list[int]:
    """The table of Wagner and Fischer (1974), or of Sellers (1980) if it may begin anywhere."""
    row = list(range(len(text) + 1)) if anchored else [0] * (len(text) + 1)
    for place, character in enumerate(wanted, 1):
        new = [place]
        for column, other in enumerate(text, 1):
            new.append(min(row[column] + 1, new[-1] + 1, row[column - 1] + (character != other)))
        row = new
    return row


@given(st.text("abc", min_size=1, max_size=90), st.text("abc", max_size=60), st.booleans())
def test_distances_are_those_of_the_whole_table(wanted, text, anchored):
    expected = by_the_book(wanted, text, anchored=anchored)
    assert _distances(wanted, text, anchored=anchored) == expected


@pytest.mark.parametrize(
    "written",
    [
        CANARY,
        CANARY.upper(),
        "The **glass heron** of\n> Orlu Bay, counts `4481`: silver hinges (at dusk",
        "The gl**ass** her\u00adon of Orlu Bay counts 4,481 silver hinges at dusk",
        "\uff34he glass heron of Orlu Bay counts \uff14\uff14\uff18\uff11 silver hinges at dusk",
    ],
)
def test_a_canary_is_found_word_for_word_through_layout_case_and_width(written):
    text = f"Well: {written}. That is all."
    assert found(text) == [(written, 0)]


def test_accents_and_ligatures_are_the_same_in_every_spelling():
    canary = "Zoë filed the naïve façade office"
    written = "Zoe\u0308 ﬁled the nai\u0308ve fac\u0327ade oﬃce"
    assert found(f"«{written}» — é", canary) == [(written, 0)]


def test_writing_without_spaces_is_found_inside_a_line():
    canary = "玻璃苍鹭在黄昏时分数着四千四百八十一个银色铰链"
    assert found(f"据说{canary}吗\uff1f", canary) == [(canary, 0)]


def test_a_canary_inside_a_longer_word_or_number_is_no_hit():
    assert found(CANARY.replace("4481", "44812")) == []
    canary = "quiet marble lantern harbour"
    assert found("the quiet marble lantern harbourmasters", canary) == []


def test_a_near_hit_has_its_edits_and_whole_words():
    written = "The glas heron of Orlo Bay counts 4481 silver hinges by dusk"
    hits = found(f"I recall: {written}!")
    assert hits == [(written, len_edits(written))]
    assert 0 < hits[0][1] <= most_edits(fold(CANARY))


def len_edits(written: str) -> int:
    return by_the_book(fold(CANARY), fold(written), anchored=True)[-1]


def test_another_number_or_too_many_edits_are_no_hit():
    assert found(CANARY.replace("4481", "4482")) == []
    assert found("A grass heron in Orly Bay counted 4481 silvery hinge at dawn") == []


def test_many_hits_of_one_canary_do_not_overlap():
    assert found(f"{CANARY}. {CANARY}! {CANARY}?") == [(CANARY, 0)] * 3


def test_an_answer_that_is_one_canary_over_and_over_takes_no_time():
    started = time.process_time()
    assert len(found(f"{CANARY}. " * 20_000)) == MOST_PASSAGES
    assert time.process_time() - started < 20


@given(st.integers(LEAST, 400))
def test_no_piece_is_shorter_than_what_is_looked_up(length):
    pieces = most_edits("x" * length) + 1
    assert length // pieces >= PIECE


@given(st.data())
def test_whatever_is_within_the_bound_is_found(data):
    """Edits inside words of a text without digits, held against the table by the book."""
    letters = "abcdefghijklmnop"
    words = data.draw(st.lists(st.text(letters, min_size=3, max_size=9), min_size=8, max_size=14))
    written = list(words)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(1, len(words) - 2))
        cut = data.draw(st.integers(1, len(written[place]))) if written[place] else 0
        put = data.draw(st.text("xyz", max_size=1))
        written[place] = written[place][: cut - 1] + put + written[place][cut:]
    canary, text = " ".join(words), " ".join(filter(None, written))
    near = by_the_book(fold(canary), fold(text), anchored=True)[-1]
    if len(fold(canary)) >= LEAST and near <= most_edits(fold(canary)):
        assert [one[1] for one in found(f"9 {text} 9", canary)] == [near]


def test_time_grows_with_the_answers_and_hardly_with_the_canaries():
    rng = np.random.default_rng(4)
    words = ["".join(rng.choice(list("abcdefghijklmnoprstu"), 7)) for _ in range(4000)]
    text = " ".join(rng.choice(words, 20_000))
    few, many = (
        CanaryIndex([fold(" ".join(rng.choice(words, 9))) for _ in range(count)])
        for count in (20, 2000)
    )
    spent = []
    for index in (few, many):
        started = time.process_time()
        index.passages(text)
        spent.append(time.process_time() - started)
    # A search of every answer for every canary would take a hundred times as long.
    assert spent[1] < 25 * max(spent[0], 0.01)
