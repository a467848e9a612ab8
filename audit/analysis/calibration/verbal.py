"""A likelihood ratio in words, by a published scale; the number is always given first."""

import math
from dataclasses import dataclass

from audit.analysis.errors import InsufficientDataError


@dataclass(frozen=True, slots=True)
class Band:
    """The word for likelihood ratios up to and with `up_to`; without it, for all above."""

    up_to: float | None
    word: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A verbal scale: likelihood ratios below `least` support neither hypothesis."""

    version: str
    citation: str
    least: float
    bands: tuple[Band, ...]


# The published table goes from 1 straight to 2, and names each of 10, 100 ... in two rows. What
# lies between 1 and 2 is no support here, and a likelihood ratio on an edge gets the weaker word.
SCALE = Scale(
    version="enfsi-2015",
    citation=(
        "European Network of Forensic Science Institutes (2015), ENFSI Guideline for Evaluative "
        "Reporting in Forensic Science, version 3.0, verbal equivalents of the likelihood ratio"
    ),
    least=2,
    bands=(
        Band(10, "weak"),
        Band(100, "moderate"),
        Band(1_000, "moderately strong"),
        Band(10_000, "strong"),
        Band(1_000_000, "very strong"),
        Band(None, "extremely strong"),
    ),
)
# Powers of ten and their logarithms differ in the last digit; an edge is an edge.
_TOLERANCE = 1e-9


def verbal(log10_lr: float) -> str:
    """Return what a likelihood ratio provides: "provides weak support for H1 over H2", say.

    The words are those of SCALE, the same in both directions; they add nothing to the number and
    stand after it. Raises InsufficientDataError if it is not a number.
    """
    if math.isnan(log10_lr):
        raise InsufficientDataError("A likelihood ratio that is not a number has no words.")
    size = abs(log10_lr)
    if size < math.log10(SCALE.least) - _TOLERANCE:
        return "does not support H1 over H2 or H2 over H1"
    word = next(band.word for band in SCALE.bands if _reaches(band, size))
    one, other = ("H1", "H2") if log10_lr > 0 else ("H2", "H1")
    return f"provides {word} support for {one} over {other}"


def _reaches(band: Band, size: float) -> bool:
    return band.up_to is None or size <= math.log10(band.up_to) + _TOLERANCE
