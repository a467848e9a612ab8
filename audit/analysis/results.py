"""What goes into the analysis beside the plan, and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

RESULT_FORMAT = "touchstone-result/1"


@dataclass(frozen=True, slots=True)
class Material:
    """The answers of every input to the matched prompts, in the order of the plan's inputs.

    `prompts`, `records` and `answers` have m rows of n, and `vectors` the shape (m, n, d) with
    rows of unit length. The prompts at one place differ only where the plan matches near ones.
    """

    prompts: tuple[tuple[str, ...], ...]
    records: tuple[tuple[int, ...], ...]
    answers: tuple[tuple[str, ...], ...]
    vectors: NDArray[np.float32]

    @property
    def questions(self) -> int:
        """How many prompts are matched."""
        return len(self.prompts[0])

    def of(self, places: Sequence[int]) -> Self:
        """Return the answers of some inputs only, in the order of `places`."""
        if len(places) == len(self.answers):
            return self
        return replace(
            self,
            prompts=tuple(self.prompts[place] for place in places),
            records=tuple(self.records[place] for place in places),
            answers=tuple(self.answers[place] for place in places),
            vectors=self.vectors[list(places)],
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer that was compared, known by the SHA-256 of its normalised text.

    `prompt` numbers the matched prompts from 1. `cosine` is that with the suspect's answer to the
    prompt; None for the suspect's own.
    """

    prompt: int
    label: str
    record: int
    sha256: str
    characters: int
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one plan: a JSON value, whose digest two runs of the plan must share."""

    values: dict[str, Any]


# Sums over the same vectors differ between processors in the last digits; six decimals do not.
# The vectors themselves differ more between backends and precisions: replay has its tolerance.
_DECIMALS = 6


def rounded(value: Any) -> Any:
    """Return the JSON value with every fraction rounded to six decimals."""
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return value
