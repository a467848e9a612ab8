"""Marks that only the holder of a key can look for, by the detectors that the plan names."""

from collections.abc import Iterator

from audit.analysis.apart.values import LIMITS, Count, Files, Number
from audit.analysis.asserted import Mark
from audit.analysis.counts import watermarks
from audit.analysis.counts.watermarks import ModelMark, WatermarkDetector
from audit.analysis.errors import WrongSettingError
from audit.analysis.statistics.proportions import Proportion

HYPOTHESES = {
    "H1": "The suspect's answers bear the mark of the key more often than chance gives.",
    "H2": "The suspect's answers were written without the key.",
}
_TITLE = "Watermarks"
_NONE = "The plan names no detector of a watermark."


def counts(files: Files) -> Iterator[Count]:
    """Yield the count of each detector, or that the plan names none.

    Raises WrongSettingError if a detector of the plan is not installed.
    """
    if not files.plan.asserted.marks:
        yield Count("watermarks", _TITLE, "", HYPOTHESES, why=_NONE)
    for mark in files.plan.asserted.marks:
        yield _count(files, detector_of(mark))


def detector_of(mark: Mark) -> WatermarkDetector:
    """Return the detector with its key; raises WrongSettingError if there is none."""
    try:
        key = bytes.fromhex(mark.key)
    except ValueError as error:
        raise WrongSettingError(
            f"The key of watermark detector {mark.detector} is not hexadecimal. Give pairs of the "
            "digits 0 to 9 and a to f."
        ) from error
    return watermarks.load_detector(mark.detector, key)


def _count(files: Files, detector: WatermarkDetector) -> Count:
    parameters = files.plan.parameters
    found = watermarks.count_watermark(
        detector, files.suspect.exchanges, files.heard(), level=parameters.alpha
    )
    marked = ", ".join(found.controls_marked) or "no control"
    return Count(
        "watermarks",
        f"{_TITLE}: {found.detector} ({found.citation})",
        "",
        HYPOTHESES,
        test="The detector's own test, of distinct n-grams under the key",
        p_value=found.suspect.detection.p_value,
        trials=found.suspect.detection.scored,
        confidence=parameters.confidence,
        numbers=tuple(
            _number(files, one, parameters.confidence) for one in (found.suspect, *found.controls)
        ),
        notes=(
            f"By the same test, allowed for their number, {marked} bears the mark.",
            "If a control bears it, the count of the suspect shows nothing.",
        ),
        limits=(*LIMITS, *found.limits),
    )


def _number(files: Files, mark: ModelMark, confidence: float) -> Number:
    file = files.named(mark.model)
    found = mark.detection
    share = Proportion.exact(found.green, found.scored, confidence)
    return Number(
        file.label,
        file.model,
        "distinct n-grams with the mark",
        share.count,
        share.of,
        share.value,
        share.low,
        share.high,
        found.p_value,
    )
