import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.analysis.trials.laundering import COMBINED, EDITS, Edit, truncate
from audit.analysis.trials.pieces import cut

EACH = pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
HOSTILE = ("", " \n\t", "\x00", "\u202eabc. Def\u202c", "\ud800", "...", "***", "- ", "|-|", "A.")
# What the patterns look for, so that hypothesis meets their edges and not only letters.
TOKENS = st.sampled_from(
    [
        *("#", "-", "*", "**", "_", "`", "```", "~~", "|", "| ", "---", "|-|", ">", "1. ", "2)"),
        *("[a](b)", "](", "[", ")", " ", "\t", "\n", "\n\n", "\r", "\x00", "\u202e", "\u2028"),
        *("a", "The ", "An", "it's", "colour", "good", "in", "two", "1,000", "%", ";", ", and"),
        *('"', "\u201c", "\u2014", ":", ".", ". ", "!", "\u2026", "\u00e9"),
    ]
)
TEXTS = st.one_of(st.lists(TOKENS, max_size=30).map("".join), st.text(max_size=80))
SENTENCES = st.lists(
    st.from_regex(r"[A-Z][a-z]{2,6}( [a-z]{2,6}){0,3}[.!?]", fullmatch=True).filter(
        lambda one: not one.endswith(("Prof.", "Mrs.", " vs.", " cf.", " etc."))
    ),
    min_size=1,
)

ANSWER = """# Green tea

Tea is good for many people. It's made from leaves; you don't need much.

Here are three reasons:

1. **Taste:** The flavor is mild.
2. **Price:** It costs little.
   A pot holds 1,000 cups.
3. **Calm:** It helps 20% of us, and others.

Try it today! You will like it.
"""


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@EACH
@given(text=TEXTS)
@example(text=ANSWER)
def test_an_edit_takes_any_text_and_leaves_nothing_empty_that_was_not(edit: Edit, text: str):
    changed = edit(text, rng())
    assert bool(changed.strip()) == bool(text.strip())
    assert changed == edit(text, rng())


@EACH
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_are_not_emptied(edit: Edit, text: str):
    changed = edit(text, rng())
    assert changed == text if not text.strip() else changed.strip()


@EACH
def test_time_grows_no_faster_than_the_text(edit: Edit):
    units = ("a", "*", "`", "- ", "A. ", "\n", "!", "[", "[a](", "' ", "a:\n\n", "- a\n\n", "|-")
    for unit in units:
        text = unit * (100_000 // len(unit))
        start = time.process_time()
        edit(text, rng())
        # A quadratic pattern takes minutes.
        assert time.process_time() - start < 5, unit


@EACH
def test_every_edit_changes_an_answer_and_says_what_it_does(edit: Edit):
    assert any(edit(ANSWER, rng(seed)) != ANSWER for seed in range(3))
    assert edit.description.endswith(".")
    assert edit.source


@pytest.mark.parametrize("name", ["reorder_sentences", "reorder_blocks", "shuffle_words"])
@given(text=TEXTS)
def test_another_order_keeps_every_word(name: str, text: str):
    assert Counter(EDITS[name](text, rng()).split()) == Counter(text.split())


@given(paragraphs=st.lists(SENTENCES, min_size=1, max_size=4))
def test_sentences_change_places_within_their_paragraph_only(paragraphs: list[list[str]]):
    text = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    moved = EDITS["reorder_sentences"](text, rng()).split("\n\n")
    assert [sorted(cut(one).sentences) for one in moved] == [sorted(one) for one in paragraphs]


def test_sentences_are_all_moved_about():
    text = "One is here. Two is there. Three is gone."
    seen = {EDITS["reorder_sentences"](text, rng(seed)) for seed in range(60)}
    assert len(seen) == 6


def test_a_sentence_is_not_cut_at_an_abbreviation_a_number_or_a_small_letter():
    line = "- Dr. Lee, e.g. J. Doe, has 3.5 cups... and more. She said \u201cno.\u201d Why?"
    assert cut(line).lead == "- "
    assert cut(line).sentences == (
        "Dr. Lee, e.g. J. Doe, has 3.5 cups... and more.",
        "She said \u201cno.\u201d",
        "Why?",
    )


@given(text=TEXTS)
def test_a_line_in_pieces_is_the_line(text: str):
    for line in text.split("\n"):
        assert cut(line).text() == line


def test_the_items_of_a_list_change_places_and_their_numbers_do_not():
    moved = [EDITS["reorder_blocks"](ANSWER, rng(seed)) for seed in range(20)]
    firsts = {text[text.index("1. ") :].split(":**")[0] for text in moved}
    assert firsts == {"1. **Taste", "1. **Price", "1. **Calm"}
    for text in moved:
        assert "It costs little.\n   A pot holds 1,000 cups." in text
        assert "Here are three reasons:\n\n1. " in text
        assert "# Green tea\n\nTea is good" in text
        assert text.index("1. ") < text.index("2. ") < text.index("3. ")


def test_truncation_keeps_the_first_words_as_they_stand():
    assert EDITS["truncate"]("One  two\nthree four five", rng()) == "One  two\nthree"
    assert EDITS["truncate_to_50_words"]("a " * 80, rng()).split() == ["a"] * 50
    assert EDITS["truncate_to_50_words"]("a b", rng()) == "a b"
    assert truncate("a b c d", rng(), share=1.0, most_words=3) == "a b c"


def test_opening_and_closing_are_left_out():
    assert EDITS["drop_opening"](ANSWER, rng()).startswith("Tea is good")
    assert EDITS["drop_opening"]("Sure! Here it is.\n\n- A", rng()) == "Here it is.\n\n- A"
    assert EDITS["drop_opening"]("- One is. Two is.", rng()) == "- Two is."
    assert EDITS["drop_closing"](ANSWER, rng()).endswith(
        "3. **Calm:** It helps 20% of us, and others.\n\nTry it today!"
    )
    assert EDITS["drop_closing"]("One.\n- ", rng()) == "One.\n- "
    assert EDITS["drop_opening"]("Only one.", rng()) == "Only one."


def test_all_edits_in_turn_are_those_edits_in_turn():
    generator, text = rng(4), ANSWER
    for name in COMBINED:
        text = EDITS[name](text, generator)
    assert EDITS["combined"](ANSWER, rng(4)) == text
    assert "Green tea" not in text
    assert not set("#*") & set(text)
