"""What counts as a word, and what layout and typography take away: nothing."""

import unicodedata

import numpy as np
import pytest

from audit.analysis.signals.phrases import FUNCTION_IDS, masked
from audit.analysis.signals.tokens import Tokeniser, characters, grams, without_layout


def same(one: str, two: str) -> bool:
    first, second = Tokeniser().read(one), Tokeniser().read(two)
    return np.array_equal(first.ids, second.ids) and np.array_equal(
        characters(one), characters(two)
    )


@pytest.mark.parametrize(
    "marked",
    [
        "# First point\nsecond point",
        "- First point\n- second point",
        "1. **First point**\n2. *second* point",
        "**1.** First point\n\n**2.** `second` point",
        "> - ### First point\n>\n> 1) second point",
        "First point\n-----------\nsecond point\n***\n",
        "| First point |\n|:---:|\n| second point |",
        "```text\nFirst point\nsecond point\n```",
        "First point\r\n\r\n\r\n   second\tpoint",
    ],
)
def test_layout_is_no_part_of_an_answer(marked: str) -> None:
    assert same(marked, "First point\nsecond point")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("don\u2019t say \u201cno\u201d", 'don\'t say "no"'),
        (unicodedata.normalize("NFD", "Žluťoučký kůň"), "Žluťoučký kůň"),
        ("ΑΒΓ ÉTÉ", "αβγ été"),
    ],
)
def test_typography_and_unicode_forms_make_no_other_words(one: str, two: str) -> None:
    assert same(one, two)


@pytest.mark.parametrize(
    ("one", "two"), [("5 and 6", "6 and 5"), ("a\x00b", "a b c"), ("是的", "不是"), ("x y", "y x")]
)
def test_what_is_said_is_kept(one: str, two: str) -> None:
    assert not same(one, two)


def test_code_after_a_fence_and_dashes_in_a_line_are_kept() -> None:
    assert without_layout("```print(1)```") == "print(1)"
    assert without_layout("- well - no") == "well - no"
    assert without_layout("3.5 of 7") == "3.5 of 7"


def test_null_bytes_and_halves_of_characters_are_read() -> None:
    odd = "one\x00two \ud800 three\udfff"
    assert len(Tokeniser().read(odd).words) == 3
    assert len(characters(odd)) == len(odd)


def test_a_long_answer_of_nothing_but_white_space_and_marks_is_read_in_linear_time() -> None:
    # With a pattern that looks at every line anew this would take hours.
    assert without_layout("a" + "\n" * 300_000 + "b").startswith("a\n")
    assert without_layout("```" + " " * 300_000 + "!").strip() == "!"
    assert without_layout("- " * 100_000 + "b") == "b"


def test_grams_of_different_runs_have_different_numbers() -> None:
    words = Tokeniser().read(" ".join(f"w{place}" for place in range(400))).words
    drawn = np.random.default_rng(2).choice(words, 60_000)
    runs = np.lib.stride_tricks.sliding_window_view(drawn, 3)
    distinct = len({tuple(run) for run in runs.tolist()})
    assert len(np.unique(grams(drawn, 3))) == distinct


def test_masking_keeps_function_words_and_marks_only() -> None:
    answer = Tokeniser().read("The whale, however, can\u2019t sing.")
    kept = masked(answer)
    content = kept[1]
    assert content not in answer.ids
    assert [bool(one == content) for one in kept] == [
        False, True, False, False, False, False, True, False,
    ]  # fmt: skip
    assert np.isin(answer.ids[~answer.is_word], FUNCTION_IDS).sum() == 0
