"""How likelihood ratios did on pairs of documented truth, in words and printed numbers."""

from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals
from cases.reports.tippett import Threshold, thresholds

Row = dict[str, Any]
Fact = tuple[str, str]

_MISLEADING = {
    "h1_below_1": "Pairs under H1 with an LR below 1",
    "h1_at_most_1_in_10": "Pairs under H1 with an LR of 1/10 or less",
    "h1_at_most_1_in_100": "Pairs under H1 with an LR of 1/100 or less",
    "h2_above_1": "Pairs under H2 with an LR above 1",
    "h2_at_least_10": "Pairs under H2 with an LR of 10 or more",
    "h2_at_least_100": "Pairs under H2 with an LR of 100 or more",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """An error rate of the validation with its exact interval."""

    name: str
    count: str
    share: str
    interval: str


@dataclass(frozen=True, slots=True)
class Power:
    """How well pairs are told apart with so many prompts; `used` marks the fit of this case."""

    prompts: str
    auc: str
    cllr: str
    true_positives: str
    used: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """How the ratio did on pairs of documented truth."""

    figures: tuple[Fact, ...]
    confidence: str
    rates: tuple[Rate, ...]
    power: tuple[Power, ...]
    thresholds: tuple[Threshold, ...]


def validation_of(found: Row) -> Validation:
    """Return the error rates and the power that go with a ratio, in words."""
    validation = found["validation"]
    within = validation["within_teacher_auc"]
    found_at_1_percent = validation["true_positives_at_1_percent"]
    return Validation(
        figures=(
            ("Cllr", f"{decimals(validation['cllr'])} bits"),
            ("Cllr with the best recalibration", f"{decimals(validation['cllr_min'])} bits"),
            ("AUC", decimals(validation["auc"])),
            ("AUC within one teacher", "not measured" if within is None else decimals(within)),
        ),
        confidence=f"{found_at_1_percent['confidence']:g}",
        rates=(
            _rate(
                "Pairs under H1 found, if at most 1 % of those under H2 are", found_at_1_percent
            ),
            *(
                _rate(_MISLEADING.get(key, key.replace("_", " ")), validation["misleading"][key])
                for key in sorted(validation["misleading"], key=_in_order)
            ),
        ),
        power=tuple(_power(one, found["size"]["calibrated_at"]) for one in validation["by_size"]),
        thresholds=thresholds(found),
    )


def _in_order(key: str) -> tuple[bool, int, str]:
    """Return where a rate stands: a store of JSON need not keep the order of keys."""
    return key not in _MISLEADING, list(_MISLEADING).index(key) if key in _MISLEADING else 0, key


def _rate(name: str, one: Row) -> Rate:
    return Rate(
        name=name,
        count=f"{one['count']:,} of {one['of']:,}",
        share=decimals(one["count"] / one["of"]),
        interval=f"{decimals(one['low'])} to {decimals(one['high'])}",
    )


def _power(one: Row, used: int | None) -> Power:
    return Power(
        prompts=f"{one['prompts']:,}",
        auc=decimals(one["auc"]),
        cllr=decimals(one["cllr"]),
        true_positives=decimals(one["true_positive_rate"]),
        used=one["prompts"] == used,
    )
