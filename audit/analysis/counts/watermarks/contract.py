"""The test that a watermark detector is run through before its p-values are believed.

    report = check_detector(detector, unmarked, rng=np.random.default_rng(1))
    assert report.faults == ()

`unmarked` are exchanges written without the detector's key, some ten thousand words of them or
more. Their distinct n-grams are dealt out at random to blocks that share none, so that the
p-values of the blocks are independent; under the contract they are uniform between 0 and 1, but
for the steps of a count. The test of Kolmogorov and Smirnov holds them against that. More text
makes the blocks larger and not more: the steps of small ones would count as a fault.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import stats

from audit.analysis.counts.watermarks.detector import Detection, Ngram, WatermarkDetector
from audit.analysis.counts.watermarks.ngrams import distinct_ngrams
from audit.analysis.errors import InsufficientDataError
from audit.analysis.transcripts import Exchange

LEAST_BLOCK = 250
LEAST_BLOCKS, MOST_BLOCKS = 30, 100
# A detector that keeps the contract is refused once in so many trials.
LEVEL = 0.001


@dataclass(frozen=True, slots=True)
class ContractReport:
    """Whether a detector keeps the contract: no faults if it does, each else as a sentence.

    `statistic` and `p_value` are those of the two-sided Kolmogorov-Smirnov test of the p-values of
    `blocks` blocks of `size` n-grams.
    """

    detector: str
    blocks: int
    size: int
    statistic: float
    p_value: float
    faults: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)


def check_detector(
    detector: WatermarkDetector, unmarked: Iterable[Exchange], *, rng: np.random.Generator
) -> ContractReport:
    """Return how a detector does on unmarked text.

    Raises InsufficientDataError if the text has too few distinct n-grams for LEAST_BLOCKS blocks.
    """
    ngrams = distinct_ngrams(detector, unmarked).distinct
    blocks = _blocks(ngrams, rng)
    scores = [detector.score(block) for block in blocks]
    uniform = stats.kstest([one.p_value for one in scores], "uniform")
    faults = [*_faults_of_scores(scores, len(blocks[0])), *_faults_of_calls(detector, blocks[0])]
    if uniform.pvalue < LEVEL:
        faults.append(
            f"Its p-values on unmarked text are not uniform (Kolmogorov-Smirnov D = "
            f"{uniform.statistic:.3f}, p = {uniform.pvalue:.2g}, {len(blocks)} blocks)."
        )
    return ContractReport(
        detector.name,
        len(blocks),
        len(blocks[0]),
        float(uniform.statistic),
        float(uniform.pvalue),
        tuple(faults),
    )


def _blocks(ngrams: Sequence[Ngram], rng: np.random.Generator) -> list[tuple[Ngram, ...]]:
    """Return blocks of equal size that share no n-gram, dealt out at random."""
    count = min(MOST_BLOCKS, len(ngrams) // LEAST_BLOCK)
    if count < LEAST_BLOCKS:
        raise InsufficientDataError(
            f"The unmarked text has {len(ngrams):,} distinct n-grams; at least "
            f"{LEAST_BLOCKS * LEAST_BLOCK:,} are needed to see whether p-values are uniform."
        )
    size = len(ngrams) // count
    dealt = rng.permutation(len(ngrams))[: count * size].reshape(count, size)
    return [tuple(ngrams[place] for place in places) for places in dealt]


def _faults_of_scores(scores: list[Detection], size: int) -> Iterator[str]:
    if not all(0 <= one.p_value <= 1 for one in scores):
        yield "It gives p-values below 0 or above 1."
    if not all(0 <= one.green <= one.scored <= size for one in scores):
        yield "It counts more marks than n-grams, or more n-grams than it is given."
    by_z = sorted(scores, key=lambda one: (one.z, -one.p_value))
    if any(
        lower.p_value < higher.p_value and lower.scored == higher.scored
        for lower, higher in pairwise(by_z)
    ):
        yield "A higher z comes with a higher p-value."


def _faults_of_calls(detector: WatermarkDetector, ngrams: tuple[Ngram, ...]) -> Iterator[str]:
    first = detector.score(ngrams)
    if detector.score(ngrams) != first:
        yield "It gives another score to the same n-grams when asked again."
    if detector.score(ngrams[::-1]) != first:
        yield "Its score depends on the order of the n-grams."
    if detector.score(()).p_value != 1:
        yield "It gives a p-value other than 1 where there is nothing to score."
