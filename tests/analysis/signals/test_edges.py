"""Openings and endings against a walk over every pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.signals.contract import Question
from audit.analysis.signals.edges import (
    ENDING_HABITS,
    OPENING_HABITS,
    shared_endings,
    shared_openings,
)
from audit.analysis.signals.tokens import Tokeniser

ROWS = st.lists(st.lists(st.sampled_from("ab"), max_size=10), min_size=2, max_size=6)


def asking(rows: list[list[str]], groups: list[int]) -> Question:
    reader = Tokeniser()
    texts = tuple(" ".join(row) for row in rows)
    answers = tuple(reader.read(text) for text in texts)
    return Question(reader.read("why"), answers, texts, np.array(groups[: len(rows)]))


def by_pairs(
    rows: list[list[str]], groups: list[int], lengths: tuple[int, ...], *, first: bool
) -> np.ndarray:
    answered = {line for row, line in zip(rows, groups, strict=False) if row}
    total = np.zeros((len(rows), len(rows)))
    for length in lengths:
        edges = [
            tuple(row[:length] if first else row[-length:]) if len(row) >= length else None
            for row in rows
        ]
        for one, edge in enumerate(edges):
            having = {groups[place] for place, other in enumerate(edges) if other == edge}
            for two, other in enumerate(edges):
                if edge is not None and edge == other:
                    total[one, two] += np.log(len(answered) / len(having))
    # So that a few long ones do not decide alone.
    return np.sqrt(total)


@given(ROWS, st.lists(st.integers(0, 4), min_size=6, max_size=6))
@settings(deadline=None)
def test_edges_are_what_a_walk_over_all_pairs_finds(
    rows: list[list[str]], groups: list[int]
) -> None:
    question = asking(rows, groups)
    openings = by_pairs(rows, groups, (1, 2, 3, 4, 6, 8), first=True)
    endings = by_pairs(rows, groups, (2, 3, 4, 6), first=False)
    assert np.allclose(shared_openings(question), openings)
    assert np.allclose(shared_endings(question), endings)


@pytest.mark.parametrize(("words", "events"), [("", 0), ("one", 1), ("one two three", 3)])
def test_habits_are_the_edges_of_one_to_five_tokens_that_there_are(
    words: str, events: int
) -> None:
    answer = Tokeniser().read(words)
    assert len(OPENING_HABITS.events(answer)) == len(ENDING_HABITS.events(answer)) == events
    longer = Tokeniser().read(f"{words} and so on and on")
    assert len(np.unique(OPENING_HABITS.events(longer))) == 5
