"""A likelihood ratio in words, by a published scale; the number is always given first."""

import json
import math
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

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
    note: str

    def as_dict(self) -> dict[str, Any]:
        """Return the scale as a JSON object, as a report is frozen with it."""
        return asdict(self) | {"bands": [asdict(one) for one in self.bands]}


def scale(version: str) -> Scale:
    """Return the scale of this version; its words are data, so that they can be cited and read."""
    path = files("audit.analysis.calibration") / "scales" / f"{version}.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    bands = tuple(Band(one["up_to"], one["word"]) for one in value["bands"])
    return Scale(value["version"], value["citation"], value["least"], bands, value["note"])


SCALE = scale("enfsi-2015")
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
