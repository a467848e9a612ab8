"""Length and layout of answers: the nuisance that must never carry a result."""

import re

import numpy as np
from numpy.typing import NDArray

# Each pattern counts one habit of layout; none of them looks at what is said.
_PATTERNS = (
    re.compile(r"^\s*[-*\u2022]\s", re.MULTILINE),
    re.compile(r"^\s*\d+[.)]\s", re.MULTILINE),
    re.compile(r"^#{1,6}\s", re.MULTILINE),
    re.compile(r"\*\*[^*\n]+\*\*"),
    re.compile(r"```"),
    re.compile(r"\n\s*\n"),
    re.compile(r"[?]"),
    re.compile(r"[!]"),
    re.compile(r"[:;]"),
    re.compile(r"[()]"),
)
FEATURES = 2 + len(_PATTERNS)


def layout_features(answer: str) -> tuple[float, ...]:
    """Return the length and layout of one answer as FEATURES numbers on a log scale."""
    counts = [len(pattern.findall(answer)) for pattern in _PATTERNS]
    lines = answer.count("\n") + 1
    return tuple(float(np.log1p(count)) for count in (len(answer), lines, *counts))


def layout_similarity(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return minus the mean absolute difference of standardised features, per prompt and pair.

    `features` has shape (m models, n prompts, FEATURES); the result (n, m, m), without unit.
    Standardised over all answers, so that no feature counts more than another.
    """
    flat = features.reshape(-1, features.shape[-1])
    spread = flat.std(axis=0)
    scaled = (features - flat.mean(axis=0)) / np.where(spread == 0, 1.0, spread)
    by_prompt = scaled.transpose(1, 0, 2)
    similarity = np.empty((by_prompt.shape[0], by_prompt.shape[1], by_prompt.shape[1]))
    for model in range(by_prompt.shape[1]):
        gaps = np.abs(by_prompt - by_prompt[:, model : model + 1, :])
        similarity[:, model, :] = -gaps.mean(axis=2)
    return similarity
