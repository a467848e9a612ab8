"""How often ratios misled on pairs of documented truth, with one-sided bounds, as frozen words."""

import math
from dataclasses import dataclass
from typing import Any

from audit.analysis.statistics.proportions import upper_bound
from cases.reports.figures import decimals

Row = dict[str, Any]

CONFIDENCE = 0.95
_POSITIVE = {
    "h2_above_1": "an LR above 1",
    "h2_at_least_10": "an LR of 10 or more",
    "h2_at_least_100": "an LR of 100 or more",
}
_NEGATIVE = {
    "h1_below_1": "an LR below 1",
    "h1_at_most_1_in_10": "an LR of 1/10 or less",
    "h1_at_most_1_in_100": "an LR of 1/100 or less",
}
_LEAST_LR = {"h2_above_1": 1, "h2_at_least_10": 10, "h2_at_least_100": 100}


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """A share of pairs that misled; `upper` is its one-sided exact bound.

    `lines` is the bound with each independent line of suspects counted once; it is known only
    where no pair misled, and then no line did, and is empty elsewhere.
    """

    name: str
    count: str
    share: str
    interval: str
    upper: str
    lines: str


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The shares under each hypothesis, those that go with this case, and how well calibrated.

    `applies` has for each teacher with a ratio above 1 the false positive share that goes with it.
    """

    confidence: str
    false_positive: tuple[ErrorRate, ...]
    false_negative: tuple[ErrorRate, ...]
    applies: tuple[tuple[str, str], ...]
    calibration: tuple[tuple[str, str], ...]


def error_rates_of(result: Row) -> ErrorRates | None:
    """Return the error rates that go with a result; None if it has no validated ratio."""
    found = result.get("likelihood")
    if found is None or found["validation"] is None:
        return None
    known, misleading = found["pack"]["population"], found["validation"]["misleading"]
    return ErrorRates(
        confidence=f"{CONFIDENCE:g}",
        false_positive=_rates(_POSITIVE, misleading, known["h2_sources"]),
        false_negative=_rates(_NEGATIVE, misleading, known["h1_sources"]),
        applies=tuple(
            (one["label"], _POSITIVE[_reached(one["log10_lr"])])
            for one in found["teachers"]
            if one["log10_lr"] is not None and one["log10_lr"] > 0
        ),
        calibration=_calibration(found["validation"]),
    )


def _rates(names: dict[str, str], misleading: Row, sources: int) -> tuple[ErrorRate, ...]:
    return tuple(_rate(words, misleading[key], sources) for key, words in names.items())


def _rate(name: str, one: Row, sources: int) -> ErrorRate:
    none = not one["count"]
    return ErrorRate(
        name=name,
        count=f"{one['count']:,} of {one['of']:,}",
        share=decimals(one["count"] / one["of"]),
        interval=f"{decimals(one['low'])} to {decimals(one['high'])}",
        upper=_up(upper_bound(one["count"], one["of"], CONFIDENCE)),
        lines=f"0 of {sources:,}: {_up(upper_bound(0, sources, CONFIDENCE))}" if none else "",
    )


def _up(bound: float) -> str:
    """Return a bound to four decimals, rounded up, so that it is never printed too small."""
    return f"{min(1.0, math.ceil(bound * 10_000) / 10_000):.4f}"


def _reached(log10_lr: float) -> str:
    """Return the largest of the thresholds that a ratio above 1 reaches."""
    return max(
        (key for key, least in _LEAST_LR.items() if math.log10(least) <= log10_lr),
        key=lambda key: _LEAST_LR[key],
    )


def _calibration(validation: Row) -> tuple[tuple[str, str], ...]:
    loss = validation["cllr"] - validation["cllr_min"]
    facts = [("Loss by calibration (Cllr less Cllr at best)", f"{decimals(loss)} bits")]
    if validation.get("dev_pav") is not None:
        facts.append(("devPAV", f"{decimals(validation['dev_pav'])}, in units of log10"))
    return tuple(facts)
