"""Watermarks: marks in a teacher's outputs that come back from a model trained on them.

A teacher that marked its outputs under a secret key can look for the mark in the suspect's
answers ("radioactivity", Sander et al. 2024). The p-value rests on the key and needs no other
model; the controls are there to show that the detector is silent where it should be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from audit.analysis.counts.watermarks.contract import ContractReport, check_detector
from audit.analysis.counts.watermarks.detector import (
    GROUP,
    Detection,
    WatermarkDetector,
    installed,
    load_detector,
)
from audit.analysis.counts.watermarks.green_words import GreenWords
from audit.analysis.counts.watermarks.ngrams import distinct_ngrams
from audit.analysis.errors import InsufficientDataError
from audit.analysis.transcripts import Exchange

__all__ = [
    "GROUP",
    "LIMITS",
    "ContractReport",
    "Detection",
    "GreenWords",
    "ModelMark",
    "WatermarkCount",
    "WatermarkDetector",
    "check_detector",
    "count_watermark",
    "installed",
    "load_detector",
]

SUSPECT = "suspect"
LIMITS = (
    (
        "The p-value is right only if the key was drawn at random, was kept secret and was fixed "
        "before the answers were seen; several keys or detectors must be allowed for."
    ),
    (
        "A mark shows that marked text reached the suspect, not by which way: answers that quote "
        "marked text, or that were edited by the teacher, bear it too."
    ),
    (
        "No mark does not show that there was no training: a mark fades with the share of marked "
        "text and with rewording, and words are marked only if the teacher marked them."
    ),
    (
        "Each n-gram counts once in all answers of a model, and none that its prompt holds. "
        "Without that a text that repeats itself bears the mark of any key."
    ),
)


@dataclass(frozen=True, slots=True)
class ModelMark:
    """The score of one model, and which n-grams were not scored.

    `repeated` n-grams stood in its answers before, `echoed` ones in the prompt of their answer;
    `answers` were read.
    """

    model: str
    detection: Detection
    answers: int
    repeated: int
    echoed: int


@dataclass(frozen=True, slots=True)
class WatermarkCount:
    """The mark in the suspect and in the controls.

    `controls_marked` names the controls with a p-value at or below `level`, allowed for their
    number (Bonferroni). If there is any, the detector or the key is not to be relied on, or that
    control learned from marked text as well; then the count of the suspect shows nothing.
    """

    detector: str
    citation: str
    suspect: ModelMark
    controls: tuple[ModelMark, ...]
    level: float
    controls_marked: tuple[str, ...]
    limits: tuple[str, ...] = LIMITS

    def as_dict(self) -> dict[str, Any]:
        """Return the count as a JSON object; it does not hold the key."""
        return asdict(self)


def count_watermark(
    detector: WatermarkDetector,
    suspect: Iterable[Exchange],
    controls: Mapping[str, Iterable[Exchange]],
    *,
    level: float = 0.05,
) -> WatermarkCount:
    """Return the score of the suspect and of each control; raises InsufficientDataError without.

    Exchanges are read once and are not held, but their distinct n-grams are.
    """
    if not controls:
        raise InsufficientDataError(
            "A watermark is looked for in controls as well, and there is none. Hand in at least "
            "one control."
        )
    heard = tuple(_mark(detector, model, exchanges) for model, exchanges in controls.items())
    marked = (one.model for one in heard if one.detection.p_value * len(heard) <= level)
    return WatermarkCount(
        detector.name,
        detector.citation,
        _mark(detector, SUSPECT, suspect),
        heard,
        level,
        tuple(marked),
    )


def _mark(detector: WatermarkDetector, model: str, exchanges: Iterable[Exchange]) -> ModelMark:
    ngrams = distinct_ngrams(detector, exchanges)
    return ModelMark(
        model, detector.score(ngrams.distinct), ngrams.read, ngrams.repeated, ngrams.echoed
    )
