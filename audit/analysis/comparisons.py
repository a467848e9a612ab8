"""Similarities between answers to the same prompt, and the passages that two answers share."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")


def prompt_similarity(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the cosine of every pair of models on every prompt: (m, n, d) to (n, m, m)."""
    by_prompt = vectors.transpose(1, 0, 2).astype(np.float64)
    return by_prompt @ by_prompt.transpose(0, 2, 1)


def without_layout(
    similarity: NDArray[np.float64], layout: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the similarity less what layout similarity predicts of it; all shapes (n, m, m).

    One slope for all pairs of models by least squares within each prompt (Frisch and Waugh 1933),
    so that a pair gains nothing from writing at the same length and in the same shape.
    """
    first, second = np.triu_indices(similarity.shape[1], k=1)
    wanted = similarity[:, first, second]
    known = layout[:, first, second]
    wanted = wanted - wanted.mean(axis=1, keepdims=True)
    known = known - known.mean(axis=1, keepdims=True)
    spread = float((known * known).sum())
    slope = float((known * wanted).sum()) / spread if spread else 0.0
    return similarity - slope * layout


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that two texts share, by character positions in each; ends are exclusive."""

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    words: int


def shared_passages(
    left: str, right: str, *, prompt: str, least_words: int
) -> tuple[Passage, ...]:
    """Return the runs of at least `least_words` words that both texts have and the prompt has not.

    Matching blocks of Ratcliff and Obershelp (1988) over case-folded words.
    """
    words = [list(_WORD.finditer(text)) for text in (left, right)]
    folded = [[word.group().casefold() for word in row] for row in words]
    asked = " " + " ".join(word.casefold() for word in _WORD.findall(prompt)) + " "
    blocks = SequenceMatcher(None, folded[0], folded[1], autojunk=False).get_matching_blocks()
    return tuple(
        Passage(
            words[0][block.a].start(),
            words[0][block.a + block.size - 1].end(),
            words[1][block.b].start(),
            words[1][block.b + block.size - 1].end(),
            block.size,
        )
        for block in blocks
        if block.size >= least_words
        and f" {' '.join(folded[0][block.a : block.a + block.size])} " not in asked
    )
