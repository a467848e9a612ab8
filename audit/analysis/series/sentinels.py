"""Whether a model answers sentinel prompts as it did before: a two-sample test on few prompts."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from audit.analysis.alternatives.equality import hamming_similarity
from audit.analysis.errors import InsufficientDataError

Floats = NDArray[np.float64]
Answers = Mapping[str, Sequence[str]]

# So many relabellings, since a detector wants p-values far below 0.05 from one look.
ROUNDS = 99_999
# Bounds memory: so many relabellings are drawn at once.
_BATCH = 2_000


def sentinel_p_value(
    before: Answers, now: Answers, rng: np.random.Generator, *, rounds: int = ROUNDS
) -> float:
    """Return the p-value that a model answers as before, from answers by prompt.

    For each prompt asked at both times the squared maximum mean discrepancy (Gretton et al. 2012)
    with the Hamming kernel of Gao et al. (2025) is taken, and summed over prompts; under the null
    hypothesis the answers to one prompt are exchangeable, so labels are permuted within prompts
    (exact; add-one of Phipson and Smyth 2010). Both sides of any change count: it asks for other,
    not for nearer. Raises InsufficientDataError if no prompt has two answers on one side and one
    on the other.
    """
    shared = shared_prompts(before, now)
    if not shared:
        raise InsufficientDataError(
            "No sentinel prompt has answers from both times, two of them from one. Put each "
            "sentinel prompt at least twice."
        )
    observed, drawn = 0.0, np.zeros(rounds)
    for prompt in shared:
        here, permuted = _discrepancies(before[prompt], now[prompt], rng, rounds)
        observed += here
        drawn += permuted
    slack = 1e-9 * max(1.0, abs(observed))
    return float((1 + np.count_nonzero(drawn >= observed - slack)) / (1 + rounds))


def least_p_value(prompts: int, repeats: int, rounds: int = ROUNDS) -> float:
    """Return the least p-value that can come out of so many answers to each, at both times."""
    same = 2 / math.comb(2 * repeats, repeats)
    return max(same**prompts, 1 / (1 + rounds))


def shared_prompts(before: Answers, now: Answers) -> list[str]:
    """Return the prompts whose answers can be compared: both times, two of them at one."""
    return [prompt for prompt in before if _can_tell(before[prompt], now.get(prompt, ()))]


def _can_tell(before: Sequence[str], now: Sequence[str]) -> bool:
    fewer, more = sorted((len(before), len(now)))
    return fewer > 0 and more > 1


def _discrepancies(
    before: Sequence[str], now: Sequence[str], rng: np.random.Generator, rounds: int
) -> tuple[float, Floats]:
    """Return the discrepancy of a prompt as it is, and under so many relabellings."""
    kernel = _kernel([*before, *now])
    label = np.array([1.0 / len(before)] * len(before) + [-1.0 / len(now)] * len(now))
    drawn = [
        _squared(kernel, rng.permuted(np.tile(label, (min(_BATCH, rounds - start), 1)), axis=1))
        for start in range(0, rounds, _BATCH)
    ]
    return float(_squared(kernel, label[None])[0]), np.concatenate(drawn)


def _kernel(texts: list[str]) -> Floats:
    kernel = np.eye(len(texts))
    for left, right in combinations(range(len(texts)), 2):
        kernel[left, right] = kernel[right, left] = hamming_similarity(texts[left], texts[right])
    return kernel


def _squared(kernel: Floats, labels: Floats) -> Floats:
    """Return the squared discrepancy of each row of labels (rows, n) under a kernel (n, n)."""
    squared: Floats = ((labels @ kernel) * labels).sum(axis=1)
    return squared
