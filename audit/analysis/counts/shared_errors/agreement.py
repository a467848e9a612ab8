"""How much two models agree beyond what their accuracy makes one expect, and in what they err."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEASURES = ("kappa", "error_consistency", "same_wrong")
# What is summed over prompts for a pair of models, in this order.
_COLUMNS = 9


def table_of(
    answers: tuple[Sequence[str | None], Sequence[str | None]],
    gold: Sequence[str],
    chance: Floats,
) -> Floats:
    """Return what the measures of one pair sum over, shape (n prompts, columns).

    `chance` (n,) is the chance of two random wrong answers being the same, 0 for open questions.
    A prompt that either model leaves without an answer is a row of zeros.
    """
    rows = [
        _row(left, right, right_answer)
        for left, right, right_answer in zip(*answers, gold, strict=True)
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(gold), -1)
    both, wrong = table[:, :1], table[:, 5:6]
    return np.hstack([table, both * chance[:, None], wrong * chance[:, None]])


def _row(left: str | None, right: str | None, gold: str) -> tuple[bool, ...]:
    if left is None or right is None:
        return (False,) * (_COLUMNS - 2)
    first, second, same = left == gold, right == gold, left == right
    wrong = not first and not second
    return (True, first, second, same, first == second, wrong, wrong and same)


def measures_of(sums: Floats) -> dict[str, Floats]:
    """Return the measures of sums of table rows, shape (..., columns); undefined ones are nan.

    `kappa` is the chance-adjusted agreement of Goel et al. (2025) for single answers: two models
    of these accuracies that are wrong at random agree with a kappa of 0. For open questions the
    chance of agreeing in a wrong answer is taken as none. `error_consistency` is that of Geirhos
    et al. (2020), which is Cohen's kappa (1960) of being right. `same_wrong` is the share of the
    same answer where both are wrong.
    """
    both, right, other, same, alike, wrong, same_wrong, chance, _ = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        right, other = right / both, other / both
        both_right, both_wrong = right * other, (1 - right) * (1 - other)
        return {
            "kappa": _beyond(same / both, both_right + both_wrong * chance / both),
            "error_consistency": _beyond(alike / both, both_right + both_wrong),
            "same_wrong": same_wrong / wrong,
        }


def same_wrong_by_chance(sums: Floats) -> float | None:
    """Return the share of same wrong answers that random ones would give, for sums (columns,)."""
    return float(sums[8] / sums[5]) if sums[5] else None


def prompts_and_both_wrong(sums: Floats) -> tuple[int, int]:
    """Return how many prompts both models answer and how many both answer wrongly."""
    return int(sums[0]), int(sums[5])


def _beyond(observed: Floats, expected: Floats) -> Floats:
    kappa: Floats = (observed - expected) / (1 - expected)
    return kappa


def resampled_sums(tables: Floats, *, rounds: int, rng: np.random.Generator) -> Floats:
    """Return the sums of tables (m pairs, n prompts, columns) over prompts drawn with replacement.

    The shape is (rounds, m, columns). The prompt is the unit (bootstrap of Efron 1979), and every
    pair gets the same draw, so that differences between pairs can be taken round by round.
    """
    pairs, prompts, columns = tables.shape
    flat = tables.transpose(1, 0, 2).reshape(prompts, -1)
    even = np.full(prompts, 1 / prompts)
    batch = max(1, 2_000_000 // prompts)
    sums = [
        rng.multinomial(prompts, even, size=min(batch, rounds - start)) @ flat
        for start in range(0, rounds, batch)
    ]
    return np.concatenate(sums).reshape(rounds, pairs, columns)
