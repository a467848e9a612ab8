"""Grammar models against Kneser and Ney's formulas, counted with dictionaries."""

from collections import Counter
from math import log

import numpy as np
import pytest
from scipy import sparse

from audit.analysis.signals.contract import Deeds
from audit.analysis.signals.grammar import DISCOUNT, SYMBOLS, grammar_ratio, symbols, triples
from audit.analysis.signals.overlap import tallied
from audit.analysis.signals.tokens import Tokeniser
from audit.analysis.signals.word_classes import WordClass

TEXTS = (
    ["The cat sat on the mat, and the dog ran.", "It is the best of all."],
    ["The old man was quickly at the door, and so he ran.", "It is good, and it is not."],
    ["On the mat the cat sat. Why not?", "Of all of these, it is the best!"],
    ["Perhaps so. Perhaps not.", "And yet it is so, is it not?"],
)


def rows(texts: tuple[list[str], ...] = TEXTS) -> list[list[str]]:
    return [list(one) for one in texts]


def deeds(texts: list[list[str]], groups: list[int]) -> Deeds:
    reader = Tokeniser()
    read = [[reader.read(one) for one in row] for row in texts]
    return Deeds([tallied(triples, read, SYMBOLS**3)], np.array(groups))


def counted(texts: list[str]) -> Counter[tuple[int, int, int]]:
    found: Counter[tuple[int, int, int]] = Counter()
    for text in texts:
        tokens = [-1, -1, *symbols(Tokeniser().read(text)).tolist()]
        found.update(zip(tokens, tokens[1:], tokens[2:], strict=False))
    return found


class ByHand:
    """Interpolated Kneser-Ney as in Chen and Goodman (1999), section 2.7."""

    def __init__(self, counts: Counter[tuple[int, int, int]], words: int) -> None:
        self.words = words
        self.three = counts
        self.two = Counter((v, w) for _, v, w in counts)
        self.one = Counter(w for _, w in self.two)

    def of(self, u: int, v: int, w: int) -> float:
        context = {three: n for three, n in self.three.items() if three[:2] == (u, v)}
        return self._step(context, (u, v, w), self.after(v, w))

    def after(self, v: int, w: int) -> float:
        context = {two: n for two, n in self.two.items() if two[0] == v}
        return self._step(context, (v, w), self.alone(w))

    def alone(self, w: int) -> float:
        return self._step(dict(self.one), w, 1 / self.words)

    def _step(self, context: dict, thing: object, lower: float) -> float:
        total = sum(context.values())
        if not total:
            return lower
        share = max(context.get(thing, 0) - DISCOUNT, 0) / total
        return share + DISCOUNT * len(context) / total * lower


def fit_by_hand(texts: list[list[str]], samples: list[list[str]] | None = None) -> np.ndarray:
    counts = [counted(row) for row in texts]
    words = len({three[2] for one in counts for three in one})
    models = [ByHand(counted(row), words) for row in samples or texts]
    return np.array(
        [
            [sum(n * log(model.of(*three)) for three, n in row.items()) for model in models]
            for row in counts
        ]
    ) / np.array([[sum(one.values())] for one in counts])


def test_the_ratio_is_that_of_kneser_and_ney_counted_by_hand() -> None:
    fit = fit_by_hand(rows())
    found = grammar_ratio(deeds(rows(), [0, 1, 2, 3]))
    assert found[0, 1] == pytest.approx(fit[0, 1] - (fit[0, 2] + fit[0, 3]) / 2)
    assert found[2, 3] == pytest.approx(fit[2, 3] - (fit[2, 0] + fit[2, 1]) / 2)
    assert found[1, 1] == pytest.approx(fit[1, 1] - (fit[1, 0] + fit[1, 2] + fit[1, 3]) / 3)


def test_probabilities_by_hand_add_up_to_one_in_every_context() -> None:
    counts = counted(TEXTS[0])
    words = {three[2] for three in counts}
    model = ByHand(counts, len(words))
    for context in [*{three[:2] for three in counts}, (7, 999)]:
        assert sum(model.of(*context, w) for w in words) == pytest.approx(1)


def test_lines_related_to_suspect_or_teacher_are_no_reference_and_lines_weigh_one() -> None:
    texts = [*rows(), rows()[3], ["So be it."]]
    fit = fit_by_hand(texts)
    found = grammar_ratio(deeds(texts, [0, 0, 1, 2, 2, 3]))
    reference = (fit[0, 3] + fit[0, 4]) / 2 / 2 + fit[0, 5] / 2
    assert found[0, 2] == pytest.approx(fit[0, 2] - reference)
    assert found[2, 3] == pytest.approx(fit[2, 3] - ((fit[2, 0] + fit[2, 1]) / 2 + fit[2, 5]) / 2)


def test_models_are_made_of_as_much_text_as_the_tersest_has() -> None:
    """The tersest says nine tokens, which the others have said after one answer."""
    texts = [[*row, "So it is, and so it was, for all of them."] for row in rows()[:3]]
    texts[2] = ["Why not?", "So it is,", "so."]
    fit = fit_by_hand(texts, [row[:kept] for row, kept in zip(texts, (1, 1, 3), strict=True)])
    reader = Tokeniser()
    blocks = [
        tallied(triples, [[reader.read(row[place])] for row in texts], SYMBOLS**3)
        for place in range(3)
    ]
    found = grammar_ratio(Deeds(blocks, np.arange(3)))
    assert found[0, 1] == pytest.approx(fit[0, 1] - fit[0, 2])
    assert found[1, 2] == pytest.approx(fit[1, 2] - fit[1, 0])


def test_without_a_reference_nothing_is_said() -> None:
    assert not grammar_ratio(deeds(rows()[:2], [0, 1]))[~np.eye(2, dtype=bool)].any()


def test_content_is_masked_by_its_class_and_grammar_stays() -> None:
    one, two = (
        symbols(Tokeniser().read(text)).tolist()
        for text in ("The cat was running, quickly!", "The table was testing, slowly!")
    )
    assert one == two
    classes = [WordClass.NOUN, WordClass.ING, WordClass.ADVERB]
    assert [place for place in one if place < len(WordClass)] == classes
    assert symbols(Tokeniser().read("a the of")).tolist() != [WordClass.DETERMINER] * 3
    assert len(set(symbols(Tokeniser().read("a the of , . !")).tolist())) == 6


def test_no_two_triples_share_a_number_and_the_beginning_is_a_context() -> None:
    read = Tokeniser().read
    assert triples(read("")).size == 0
    assert len(triples(read("the cat sat"))) == 3
    assert triples(read("the the"))[0] != triples(read("the the"))[1]
    assert int(triples(read(" ".join(TEXTS[0]))).max()) < SYMBOLS**3


def test_a_model_that_answered_nothing_does_no_harm() -> None:
    found = grammar_ratio(deeds([*rows(), [""]], [0, 1, 2, 3, 4]))
    assert np.isfinite(found).all()
    assert isinstance(deeds(rows(), [0, 1, 2, 3]).blocks[0], sparse.csr_matrix)
