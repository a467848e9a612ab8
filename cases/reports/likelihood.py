"""The likelihood ratio in words and printed numbers, the same on the page and in the PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals
from cases.reports.ratios import (
    between,
    held,
    in_words,
    logarithm,
    named,
    plain,
    significant,
)
from cases.reports.tippett import reaching
from cases.reports.validation import Validation, validation_of

Row = dict[str, Any]
Fact = tuple[str, str]

NONE_GIVEN = "LR: none given"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: its excess in spreads, and its part of the log10 LR."""

    title: str
    source: str
    excess: str
    contribution: str


@dataclass(frozen=True, slots=True)
class Left:
    """What the signals give without each part of the material in turn, and from where to where.

    `of` says what was left out; `rows` has families of several alone, as single ones are controls.
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
        validation=validation_of(found) if found["validation"] else None,
        marked=_marked(ratios),
    )


def in_lines(result: Row) -> Iterator[str]:
    """Yield the ratio of each teacher as lines of plain text; nothing if there is none at all."""
    found = likelihood_of(result)
    if found is None:
        return
    if found.refused:
        yield f"{NONE_GIVEN}. {found.refused}"
    for one in found.ratios:
        yield f"{one.headline} for {one.label}, {one.model}. {one.abstains or one.meaning}"
        yield from (f"  {name}: {value}" for name, value in one.facts)
        yield from (f"  without each {left.of}: {left.spread}" for left in one.left_out)
        yield from (f"  against: {fact}" for fact in one.against)
    yield f"Calibration pack {found.pack_sha256}"


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
    bound = _bound(teacher)
    interval = ("95 % interval over prompts", held(teacher["low"], teacher["high"], bound))
    bounds = ("Bounds of what validation supports", between(*bound))
    if teacher["log10_lr"] is None:
        alone = f"log10 {logarithm(teacher['score'])}, before any bound"
        return (bounds, ("Signals alone, not to be relied on", alone))
    hit = teacher["bound"]["hit"]
    alone = f"The {hit} one: the signals alone would give log10 {logarithm(teacher['score'])}"
    return (interval, bounds, ("Bound reached", alone if hit else "Neither"))


def _bound(teacher: Row) -> tuple[float, float]:
    return teacher["bound"]["lower"], teacher["bound"]["upper"]


def _left_out(teacher: Row) -> Iterator[Left]:
    """Yield the ranges without each control, each family of controls and each of its files.

    A result from before there were families has the first alone.
    """
    yield _left("control", teacher, "left_out")
    if teacher.get("families_left_out"):
        yield _left("family of controls", teacher, "families_left_out", "family_range")
    elif "family_range" in teacher:
        yield Left("family of controls", "the same, as each control is a family of its own", ())
    if teacher.get("files_left_out"):
        yield _left("file of the teacher", teacher, "files_left_out")


def _left(of: str, teacher: Row, kind: str, over: str = "") -> Left:
    """Return what stands without each part; as log10s alone where no ratio is given.

    `over` names the range, if it is not that of the parts themselves.
    """
    rows = [(one["model"], one["log10_lr"]) for one in teacher[kind]]
    ends = teacher[over].values() if over else [log10_lr for _, log10_lr in rows]
    low, high = min(ends), max(ends)
    if teacher["log10_lr"] is None:
        spread = f"no ratio is given; log10 {logarithm(low)} to {logarithm(high)}"
        return Left(of, spread, tuple((name, f"log10 {logarithm(one)}") for name, one in rows))
    bound = _bound(teacher)
    return Left(
        of, held(low, high, bound), tuple((name, held(one, one, bound)) for name, one in rows)
    )


def _signals(signals: list[Row]) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            title=one["title"],
            source=one["source"],
            excess=logarithm(one["excess"]),
            contribution=logarithm(one["contribution"]),
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
