"""What a watermark detector is: the contract that a plug-in keeps, and how it is found.

A plug-in is a package that names a factory under the entry point group GROUP, for example

    [project.entry-points."touchstone.watermark_detectors"]
    green-words = "audit.analysis.counts.watermarks.green_words:GreenWords"

The factory takes the secret key as bytes and returns a WatermarkDetector. `contract.py` has the
test that a detector is run through.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, runtime_checkable

from audit.analysis.errors import WrongSettingError

GROUP = "touchstone.watermark_detectors"
Token = str | int
Ngram = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """A score: `green` of `scored` n-grams bear the mark.

    `z` is how many standard deviations that is above what chance gives. `p_value` is the chance of
    as many or more in texts written without the key.
    """

    z: float
    p_value: float
    scored: int
    green: int

    def as_dict(self) -> dict[str, float]:
        """Return the four numbers as a JSON object."""
        return asdict(self)


@runtime_checkable
class WatermarkDetector(Protocol):
    """A detector that holds its key.

    `width` is how many tokens decide on the mark of the last of them, this one included. `score`
    is given n-grams of that width, each once and in no meaningful order. Repetition is taken out
    before it is called, so a detector that sees whole texts could not keep the contract: without
    that, a text that merely repeats itself bears the mark (Sander et al. 2024).
    """

    @property
    def name(self) -> str:
        """The name in reports."""

    @property
    def citation(self) -> str:
        """Author and year of the scheme."""

    @property
    def width(self) -> int:
        """The number of tokens of an n-gram, at least 1."""

    def tokens(self, text: str) -> Sequence[Token]:
        """Return the tokens of a text."""

    def score(self, ngrams: Sequence[Ngram]) -> Detection:
        """Return the score of distinct n-grams; of none, a p-value of 1."""


Factory = Callable[[bytes], Any]


def installed() -> dict[str, EntryPoint]:
    """Return the entry points of the detectors that are installed, by their names."""
    return {each.name: each for each in entry_points(group=GROUP)}


def load_detector(name: str, key: bytes) -> WatermarkDetector:
    """Return an installed detector with its key.

    Loading runs the code of the package that names it. Raises WrongSettingError if there is no
    detector of the name, if its package does not offer it, or if it is none.
    """
    found = installed()
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise WrongSettingError(
            f"There is no watermark detector {name}; installed: {known}. Install the package that "
            f'has it, or name it under the entry points "{GROUP}".'
        )
    detector = _factory(found[name])(key)
    if not isinstance(detector, WatermarkDetector):
        raise WrongSettingError(
            f"Watermark detector {name} ({found[name].value}) lacks a part of the contract: name, "
            "citation, width, tokens and score. Correct the package, or leave it out."
        )
    return detector


def _factory(entry: EntryPoint) -> Factory:
    try:
        factory: Factory = entry.load()
    except (ImportError, AttributeError) as error:
        raise WrongSettingError(
            f"Watermark detector {entry.name} cannot be loaded from {entry.value} ({error}). "
            "Install its package again, or leave it out."
        ) from error
    return factory
