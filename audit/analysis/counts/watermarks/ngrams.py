"""The n-grams of answers, each once: what every detector is given."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.analysis.counts.watermarks.detector import Ngram, Token, WatermarkDetector
from audit.analysis.transcripts import Exchange

MOST_NGRAMS = 500_000


@dataclass(frozen=True, slots=True)
class Ngrams:
    """The distinct n-grams of the answers of one model, in the order of their first places.

    `repeated` n-grams stood in the answers before, `echoed` ones in the answer's own prompt.
    `read` answers were looked at before MOST_NGRAMS were reached.
    """

    distinct: tuple[Ngram, ...]
    repeated: int
    echoed: int
    read: int


def distinct_ngrams(detector: WatermarkDetector, exchanges: Iterable[Exchange]) -> Ngrams:
    """Return the n-grams of the detector's width in the answers, none twice.

    An n-gram of the prompt is left out where the answer repeats it: the prompt may hold marked
    text that the model never learned (Sander et al. 2024). Exchanges are read until MOST_NGRAMS
    are found.
    """
    found: dict[Ngram, None] = {}
    repeated = echoed = read = 0
    for exchange in exchanges:
        if len(found) >= MOST_NGRAMS:
            break
        read += 1
        asked = set(_ngrams(detector.tokens(exchange.prompt), detector.width))
        for ngram in _ngrams(detector.tokens(exchange.answer), detector.width):
            echoed += ngram in asked
            repeated += ngram in found and ngram not in asked
            if ngram not in asked:
                found[ngram] = None
    return Ngrams(tuple(found), repeated, echoed, read)


def _ngrams(tokens: Iterable[Token], width: int) -> Iterable[Ngram]:
    whole = list(tokens)
    return zip(*(whole[start:] for start in range(width)), strict=False)
