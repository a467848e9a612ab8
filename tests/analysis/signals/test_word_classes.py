"""Classes of words against sentences tagged by hand, and templates against scikit-learn."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from audit.analysis.signals.contract import Counts, Deeds
from audit.analysis.signals.overlap import tallied
from audit.analysis.signals.profiles import surprise_likeness
from audit.analysis.signals.templates import LENGTHS, TEMPLATES, template_likeness, templates
from audit.analysis.signals.tokens import Tokeniser
from audit.analysis.signals.word_classes import WordClass, class_of

# Word and class, by hand; the tagger knows no context, so a few in a hundred may differ.
TAGGED = """
    the/DETERMINER old/ADJECTIVE farmer/NOUN quickly/ADVERB mixed/PAST two/NUMBER eggs/PLURAL
    with/PREPOSITION fresh/ADJECTIVE milk/NOUN ./STOP she/PRONOUN was/AUXILIARY reading/ING
    about/PREPOSITION famous/ADJECTIVE cities/PLURAL ,/COMMA and/CONJUNCTION they/PRONOUN
    didn't/AUXILIARY not/NEGATION want/VERB to/TO leave/VERB because/SUBORDINATOR it/PRONOUN
    is/AUXILIARY raining/ING !/STOP you/PRONOUN should/AUXILIARY consider/VERB the/DETERMINER
    following/ING important/ADJECTIVE steps/PLURAL :/COLON (/BRACKET 1990/NUMBER )/BRACKET
    organize/VERB your/DETERMINER information/NOUN ,/COMMA analyze/VERB every/DETERMINER
    argument/NOUN ,/COMMA then/ADVERB explain/VERB how/SUBORDINATOR possible/ADJECTIVE
    mistakes/PLURAL were/AUXILIARY avoided/PAST "/QUOTE if/SUBORDINATOR we/PRONOUN can/AUXILIARY
    find/VERB happiness/NOUN in/PREPOSITION nature/NOUN we'll/PRONOUN be/AUXILIARY happy/ADJECTIVE
    john's/NOUN dog/NOUN never/NEGATION went/PAST into/PREPOSITION their/DETERMINER garden/NOUN
"""
CASES = [tuple(one.rsplit("/", 1)) for one in TAGGED.split()]
TEXTS = (
    ["The cat sat on the mat, and then it quickly left.", "It is the best of all."],
    ["A dog ran to the door, and then he slowly turned.", "Boil two cups of water."],
    ["Perhaps so. Perhaps not. Who can say what is true?", "And yet it is so, is it not?"],
    ["Firstly, consider the facts. Secondly, analyze them.", "", "In conclusion, act now."],
)


@pytest.mark.parametrize(("word", "named"), CASES)
def test_words_get_the_class_that_they_have_by_hand(word: str, named: str) -> None:
    assert class_of(word) is WordClass[named]


@pytest.mark.parametrize("word", ["café", "x", "水", "naïve's", "'", "\ud800", "ß", "_", "²"])
def test_every_token_has_a_class(word: str) -> None:
    assert class_of(word) in WordClass


def test_tokens_carry_their_classes() -> None:
    text = "The cat, quickly!"
    expected = [class_of(one) for one in ("the", "cat", ",", "quickly", "!")]
    assert Tokeniser().read(text).classes.tolist() == expected
    reader = Tokeniser()
    assert np.array_equal(reader.read(text).classes, reader.read(text).classes)
    assert reader.read("").classes.size == 0


def as_letters(text: str) -> str:
    return " ".join(chr(ord("a") + one) for one in Tokeniser().read(text).classes)


def test_template_likeness_is_that_of_counts_by_scikit_learn() -> None:
    counts = 0
    for place in (0, 1):
        reader = CountVectorizer(
            token_pattern=r"\w", ngram_range=(min(LENGTHS), max(LENGTHS)), lowercase=False
        ).fit([as_letters(text) for row in TEXTS for text in row])
        counts = counts + reader.transform([as_letters(row[place]) for row in TEXTS]).toarray()
    out_of = counts.sum(axis=1).astype(np.float64)
    kept = counts[:, (counts > 0).sum(axis=0) >= 2].astype(np.float32)
    groups = np.array([0, 0, 1, 2])
    expected = surprise_likeness(Counts(kept, out_of), np.array([0.5, 0.5, 1, 1]))
    reader = Tokeniser()
    blocks = [
        tallied(TEMPLATES.events, [[reader.read(row[place])] for row in TEXTS], TEMPLATES.cells)
        for place in (0, 1)
    ]
    assert kept.any()
    assert np.allclose(template_likeness(Deeds(blocks, groups)), expected, atol=1e-5)


def test_templates_are_blind_to_the_words_of_a_class() -> None:
    one, two = (
        templates(Tokeniser().read(text))
        for text in ("The old cat sat on two mats.", "A new dog ran to five doors.")
    )
    assert one.size == 5 + 4 + 3
    assert not np.array_equal(one, two)  # "to" is a class of its own
    three = templates(Tokeniser().read("A new dog ran at five doors."))
    assert np.array_equal(one, three)


def test_different_templates_have_different_cells_but_for_a_few() -> None:
    runs = np.array(np.meshgrid(*[np.arange(len(WordClass))] * 4)).reshape(4, -1).T
    read = Tokeniser().read("a b c d")
    some = runs[np.random.default_rng(1).choice(len(runs), 5000, replace=False)]
    cells = [
        int(templates(type(read)(read.ids, read.is_word, one.astype(np.uint8)))[0]) for one in some
    ]
    # As many as fall together by chance in 2**18 cells: 5000**2 / 2**19, about 48.
    assert len(cells) - len(set(cells)) < 90
    assert max(cells) < TEMPLATES.cells
    assert sparse.issparse(tallied(TEMPLATES.events, [[read]], TEMPLATES.cells))
