"""The longest common run against a search that tries everything."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.signals.contract import Question
from audit.analysis.signals.tokens import Tokeniser
from audit.analysis.signals.verbatim import LEAST, longest_shared_runs, verbatim


def asking(texts: tuple[str, ...], prompt: str = "", groups: list[int] | None = None) -> Question:
    reader = Tokeniser()
    return Question(
        reader.read(prompt),
        tuple(reader.read(text) for text in texts),
        texts,
        np.arange(len(texts)) if groups is None else np.array(groups),
    )


def by_trying(one: list[str], two: list[str], prompt: list[str]) -> int:
    asked = set(pairwise(prompt))
    best = 0
    for start in range(len(one)):
        for other in range(len(two)):
            length = 0
            while (
                start + length < len(one)
                and other + length < len(two)
                and one[start + length] == two[other + length]
            ):
                length += 1
            run = one[start : start + length]
            fresh = set(pairwise(run)) - asked
            best = max(best, length if length >= LEAST and fresh else 0)
    return best


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=40), min_size=2, max_size=5),
    st.lists(st.sampled_from("abc"), max_size=6),
)
@settings(deadline=None)
def test_the_longest_run_is_the_one_that_trying_everything_finds(
    rows: list[list[str]], prompt: list[str]
) -> None:
    found = longest_shared_runs(asking(tuple(" ".join(row) for row in rows), " ".join(prompt)))
    for one, first in enumerate(rows):
        for two, second in enumerate(rows):
            expected = by_trying(first, second, prompt) if one != two else 0
            assert found[one, two] == expected


@pytest.mark.parametrize("length", [*range(3, 40), 255, 256, 257, 5000])
def test_a_run_of_any_length_is_found_to_the_word(length: int) -> None:
    run = [f"w{place}" for place in range(length)]
    texts = (" ".join(["x", *run, "y"]), " ".join(["u", "v", *run]), "nothing of the kind here")
    found = longest_shared_runs(asking(texts))
    assert found[0, 1] == found[1, 0] == (length if length >= LEAST else 0)
    assert not found[2].any()


def test_runs_do_not_reach_over_the_end_of_an_answer_into_the_next() -> None:
    texts = ("a b c", "d e f", "a b c d e f")
    assert not longest_shared_runs(asking(texts)).any()


def test_what_the_prompt_says_is_not_shared_by_those_who_repeat_it() -> None:
    prompt = "write a poem about the sea and the wind"
    texts = (f"I will {prompt} now", f"You want me to {prompt} today")
    assert longest_shared_runs(asking(texts, prompt))[0, 1] == 0
    assert longest_shared_runs(asking(texts, "write a poem"))[0, 1] == len(prompt.split())


def test_a_run_that_begins_with_the_prompts_words_counts_from_its_beginning() -> None:
    texts = ("a a a a b", "a a a a b")
    assert longest_shared_runs(asking(texts, "a a"))[0, 1] == 5


def test_chance_is_what_each_of_the_two_shares_with_others() -> None:
    texts = ("a b c d e f g h", "z a b c d e f g", "c d e f g", "a b c d x", "")
    found = verbatim(asking(texts, groups=[0, 1, 2, 3, 4]))
    # Shared: 0-1 seven words, 0-2 and 1-2 five, 0-3 and 1-3 four, 2-3 none.
    usual = np.array([16 / 3, 16 / 3, 10 / 3, 8 / 3])
    assert found[0, 1] == pytest.approx(7 - usual[:2].mean())
    assert found[2, 3] == pytest.approx(0 - usual[2:].mean())
    assert not found[4].any()


def test_versions_of_one_model_are_one_voice_in_what_is_usual() -> None:
    texts = ("a b c d e f g h", "z a b c d e f g", "a b c d x", "a b c d x")
    three, four = (
        verbatim(asking(texts[:count], groups=[0, 1, 2, 2][:count])) for count in (3, 4)
    )
    assert np.allclose(three, four[:3, :3])


def test_a_cohort_of_one_line_has_nothing_to_hold_a_run_against() -> None:
    texts = ("a b c d e", "a b c d e")
    assert verbatim(asking(texts, groups=[0, 0]))[0, 1] == 5
