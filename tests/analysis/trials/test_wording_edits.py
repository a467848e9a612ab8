import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.trials.pieces import WORD, in_case_of
from audit.analysis.trials.synonyms import synonyms
from audit.analysis.trials.translation import translation_noise

SYNONYMS = json.loads((files("audit.analysis.trials") / "synonyms.json").read_text("utf-8"))
TRANSLATION = json.loads((files("audit.analysis.trials") / "translation.json").read_text("utf-8"))
TABLE = SYNONYMS["synonyms"]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_table_of_synonyms_is_large_and_sound():
    assert len(TABLE) >= 250
    for word, options in TABLE.items():
        assert WORD.fullmatch(word), word
        assert word == word.lower(), word
        assert 1 <= len(set(options)) == len(options) <= 3, word
        assert word not in options, word
    assert not set(TABLE) & set(SYNONYMS["function_words"])


def replaced(words: list[str], share: float, seed: int) -> set[int]:
    new = synonyms("; ".join(words), rng(seed), share=share).split("; ")
    places = {place for place, word in enumerate(words) if new[place] != word}
    assert all(new[place] in TABLE[words[place]] for place in places)
    return places


@given(share=st.floats(0, 1), seed=st.integers(0, 99))
def test_the_share_of_content_words_is_replaced_and_all_else_stays(share: float, seed: int):
    words = list(TABLE)[:40]
    assert len(replaced(words, share, seed)) == round(share * 40)
    # Words that the table lacks count as content and cannot be replaced; function words do not.
    assert len(replaced([*words, *["qwertz"] * 40], share, seed)) == min(round(share * 80), 40)
    assert len(replaced([*words, *["the"] * 40], share, seed)) == round(share * 40)


@given(seed=st.integers(0, 99))
def test_a_larger_share_replaces_the_same_words_and_more(seed: int):
    words = list(TABLE)[:40]
    assert replaced(words, 0.1, seed) < replaced(words, 0.3, seed)


def test_case_is_kept_names_are_left_and_the_article_agrees():
    assert synonyms("IMPORTANT", rng(), share=1) in {"SIGNIFICANT", "CRUCIAL", "VITAL"}
    assert synonyms("Unique.", rng(), share=1) == "Distinctive."
    assert synonyms("In the Great Lakes", rng(), share=1) == "In the Great Lakes"
    assert synonyms("A person. An individual.", rng(), share=0.5).startswith("An individual.")
    assert synonyms("This is a typical case", rng(3), share=1) in {
        "This is a usual case",
        "This is a customary case",
    }
    assert synonyms("a well-known easy-going man", rng(), share=1) == "a well-known easy-going man"


def test_function_words_and_unknown_words_are_left():
    text = "It was with her that Zorblax would have been under the qwertz."
    assert synonyms(text, rng(), share=1) == text


@pytest.mark.parametrize("table", TRANSLATION.values(), ids=TRANSLATION)
def test_the_tables_of_translation_hold_lower_case_words(table):
    assert table
    assert all(WORD.fullmatch(word) and word == word.lower() for word in table)


def test_spelling_has_one_british_form_for_each_american():
    spelling = TRANSLATION["spelling"]
    assert len(set(spelling.values())) == len(spelling)
    assert not set(spelling) & set(spelling.values())


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Don't. I'm sure it's", "Do not. I am sure it is"),
        ("I don\u2019t", "I do not"),
        ("My favorite colour", "My favourite color"),
        ("Seven or twenty-five", "7 or twenty-five"),
        ("1,000,000 or 20%", "1 000 000 or 20 percent"),
        ("x, 1,23 stays", "x, 1,23 stays"),
        ("This; that \u2014 those", "This, that, those"),
        ('He said "yes" here', "He said \u201cyes\u201d here"),
        ("He said \u201cyes\u201d here", 'He said "yes" here'),
        ("Vitamin A counts", "Vitamin A counts"),
    ],
)
def test_what_changes_in_any_case(text: str, changed: str):
    assert translation_noise(text, rng()) == changed


def test_articles_and_prepositions_change_in_the_shares_that_are_named():
    count = 4000
    words = translation_noise("the cat " * count, rng()).split()
    assert 0.17 < 1 - (words.count("the") + words.count("a")) / count < 0.23
    assert 0.03 < words.count("a") / count < 0.07
    moved = translation_noise("go with it " * count, rng()).split()
    assert 0.17 < moved.count("by") / count < 0.23
    listed = translation_noise("that, and this " * count, rng())
    assert 0.46 < 1 - listed.count(",") / count < 0.54


def test_a_dropped_article_hands_on_its_capital():
    seen = {translation_noise("The cat sat", rng(seed)) for seed in range(80)}
    assert seen == {"The cat sat", "Cat sat", "A cat sat"}


@pytest.mark.parametrize(
    ("model", "word"), [("Great", "Large"), ("GREAT", "LARGE"), ("great", "large"), ("I", "Large")]
)
def test_a_word_takes_the_case_of_another(model: str, word: str):
    assert in_case_of("large", model) == word
