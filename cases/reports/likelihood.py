"""The likelihood ratio in words and printed numbers, the same on the page and in the PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals
from cases.reports.ratios import (
    between,
    in_words,
    logarithm,
    named,
    plain,
    significant,
    with_log10,
)
from cases.reports.tippett import Threshold, reaching, thresholds

Row = dict[str, Any]
Fact = tuple[str, str]

NONE_GIVEN = "LR: none given"
_MISLEADING = {
    "h1_below_1": "Pairs under H1 with an LR below 1",
    "h1_at_most_1_in_10": "Pairs under H1 with an LR of 1/10 or less",
    "h1_at_most_1_in_100": "Pairs under H1 with an LR of 1/100 or less",
    "h2_above_1": "Pairs under H2 with an LR above 1",
    "h2_at_least_10": "Pairs under H2 with an LR of 10 or more",
    "h2_at_least_100": "Pairs under H2 with an LR of 100 or more",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: its excess in spreads, its part of the log10 LR, and that part to draw.

    `share` is the part as a fraction of the largest part of the teacher, from -1 to 1.
    """

    title: str
    source: str
    excess: str
    contribution: str
    share: float


@dataclass(frozen=True, slots=True)
class Left:
    """What the signals give without each part of the material in turn, and from where to where.

    `of` says what was left out; `rows` is empty where each part is one that stands elsewhere.
    """

    of: str
    spread: str
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The likelihood ratio of one teacher; `abstains` gives the reason where there is none.

    `files` are the labels of its files: several are versions of one model, weighed as one.
    """

    label: str
    files: tuple[str, ...]
    model: str
    headline: str
    meaning: str
    verbal: str
    abstains: str
    facts: tuple[Fact, ...]
    against: tuple[str, ...]
    signals: tuple[Signal, ...]
    constant: str
    score: str
    left_out: tuple[Left, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Check:
    """One trait of the material beside the range that the reference population has."""

    name: str
    value: str
    usual: str
    inside: bool


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


@dataclass(frozen=True, slots=True)
class Likelihood:
    """All that is said of the likelihood ratio; `refused` is why none can be given at all.

    `marked` says where the case stands in the Tippett plot.
    """

    hypotheses: tuple[Fact, ...]
    pack: str
    pack_sha256: str
    population: tuple[Fact, ...]
    refused: str
    ratios: tuple[Ratio, ...]
    domain: str
    inside: bool
    checks: tuple[Check, ...]
    validation: Validation | None
    marked: str


def likelihood_of(result: Row) -> Likelihood | None:
    """Return the likelihood ratio of a result in words; None for a plan that asked for none."""
    found = result.get("likelihood")
    if found is None:
        return None
    ratios = tuple(_ratio(found, one) for one in found["teachers"])
    domain = found["domain"] or {"words": "", "inside": True, "checks": []}
    return Likelihood(
        hypotheses=tuple(sorted(found["hypotheses"].items())),
        pack=found["pack"]["name"],
        pack_sha256=found["pack"]["digest"],
        population=_population(found),
        refused=found["refused"] or "",
        ratios=ratios,
        domain=domain["words"],
        inside=domain["inside"],
        checks=tuple(_check(one) for one in domain["checks"]),
        validation=_validation(found) if found["validation"] else None,
        marked=_marked(ratios),
    )


def hypotheses_of(result: Row) -> tuple[Fact, ...]:
    """Return the hypotheses of a result: those of its ratio first, then how the rank's differ."""
    of_rank = sorted(result["hypotheses"].items())
    found = result.get("likelihood")
    if found is None:
        return tuple(of_rank)
    of_ratio = sorted(found["hypotheses"].items())
    return (
        *of_ratio,
        *((f"{name} by rank", one) for name, one in of_rank if (name, one) not in of_ratio),
    )


def _population(found: Row) -> tuple[Fact, ...]:
    known, size = found["pack"]["population"], found["size"]
    models, families = f"{known['models']:,} models", f"{known['teacher_families']:,} families"
    files = size.get("control_files", size["controls"])
    of = f" of {size['controls']:,} families" * (files != size["controls"])
    this = f"{size['prompts']:,} matched prompts, {files:,} controls{of}"
    if aside := found.get("set_aside"):
        this += f"; set aside as versions of a teacher: {', '.join(aside)}"
    if size["calibrated_at"] is not None:
        this += f"; weighed by the fit for {size['calibrated_at']:,} prompts and more"
    return (
        ("Its size", f"{models}, {families} of teachers, {known['prompts']:,} prompts"),
        ("Pairs under H1", _pairs(known["h1_pairs"], known["h1_sources"])),
        ("Pairs under H2", _pairs(known["h2_pairs"], known["h2_sources"])),
        ("This case", this),
    )


def _pairs(count: int, sources: int) -> str:
    return f"{count:,}, whose suspects are of {sources:,} independent lines of models"


def _ratio(found: Row, teacher: Row) -> Ratio:
    given = teacher["log10_lr"]
    signals = teacher["signals"]
    return Ratio(
        label=teacher["label"],
        files=tuple(teacher.get("files", [teacher["label"]])),
        model=teacher["model"],
        headline=NONE_GIVEN if given is None else f"{named(given)} (log10 {logarithm(given)})",
        meaning="" if given is None else in_words(given),
        verbal="" if given is None else teacher["verbal"],
        abstains=teacher["abstains"] or "",
        facts=_facts(teacher),
        against=tuple(teacher["against"]),
        signals=_signals(signals),
        constant=logarithm(teacher["score"] - sum(one["contribution"] for one in signals)),
        score=logarithm(teacher["score"]),
        left_out=tuple(_left_out(teacher)),
        place="" if given is None else _place(found, given),
    )


def _facts(teacher: Row) -> tuple[Fact, ...]:
    """Return what stands beside the number: its interval, the bounds, and if one was reached."""
    bound, interval = teacher["bound"], between(teacher["low"], teacher["high"])
    held = ", before any bound" * bool(bound["hit"])
    facts = [
        ("95 % interval over prompts", interval + held),
        ("Bounds of what validation supports", between(bound["lower"], bound["upper"])),
    ]
    if teacher["log10_lr"] is None:
        alone = f"{with_log10(teacher['score'])}; over prompts {interval}"
        return (facts[1], ("Signals alone, not to be relied on", alone))
    reached = (
        f"The {bound['hit']} one: the signals alone would give {with_log10(teacher['score'])}"
    )
    return (*facts, ("Bound reached", reached if bound["hit"] else "Neither"))


def _left_out(teacher: Row) -> Iterator[Left]:
    """Yield the ranges without each control, each family of controls and each of its files.

    A result from before there were families has the first alone.
    """
    yield _left("control", teacher["left_out"])
    families = teacher.get("families_left_out")
    if families and len(families) == len(teacher["left_out"]):
        yield Left("family of controls", "the same, as each control is a family of its own", ())
    elif families:
        yield _left("family of controls", families)
    if files := teacher.get("files_left_out"):
        yield _left("file of the teacher", files)


def _left(of: str, rows: list[Row]) -> Left:
    found = [one["log10_lr"] for one in rows]
    named_rows = tuple((one["model"], with_log10(one["log10_lr"])) for one in rows)
    return Left(of, between(min(found), max(found)), named_rows)


def _signals(signals: list[Row]) -> tuple[Signal, ...]:
    largest = max((abs(one["contribution"]) for one in signals), default=0.0) or 1.0
    return tuple(
        Signal(
            title=one["title"],
            source=one["source"],
            excess=logarithm(one["excess"]),
            contribution=logarithm(one["contribution"]),
            share=round(one["contribution"] / largest, 3),
        )
        for one in signals
    )


def _place(found: Row, log10_lr: float) -> str:
    h1, h2 = reaching(found, log10_lr)
    return (
        f"Of the reference pairs under H1 a share of {decimals(h1)} has an LR of at least "
        f"{plain(log10_lr)}, of those under H2 a share of {decimals(h2)}."
    )


def _marked(ratios: tuple[Ratio, ...]) -> str:
    places = [f"{one.label}: {one.place}" for one in ratios if one.place]
    if not places:
        return "No line stands for this case, as no ratio is given."
    return f"Upright lines: this case. {' '.join(places)}"


def _check(one: Row) -> Check:
    low, high, value = (significant(one[key], 3) for key in ("low", "high", "value"))
    return Check(one["name"], value, f"{low} to {high}", one["inside"])


def _validation(found: Row) -> Validation:
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
