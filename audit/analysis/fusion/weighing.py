"""One case against a calibration pack: `weigh` gives the likelihood ratio of each teacher."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.verbal import verbal
from audit.analysis.fusion import domain, reporting
from audit.analysis.fusion.features import (
    Standing,
    excesses_of,
    features_of,
    oriented,
    standings_by,
)
from audit.analysis.fusion.pack import Fit, Pack
from audit.analysis.signals.cohort import Cohort, Measured, deal, measure
from audit.analysis.signals.registry import SIGNALS

_BLOCKS = 100
_ROUNDS = 1000
# Between LR = 1/2 and LR = 2 the findings support neither hypothesis: no answer is given.
_NEUTRAL = float(np.log10(2))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate teacher: the places of its files, and how it is called in the report.

    Several files are one family of models, of which the one that fits best counts.
    """

    places: tuple[int, ...]
    label: str
    model: str

    @property
    def is_family(self) -> bool:
        """Whether there are several files of it; one of a kind is weighed as one file is."""
        return len(self.places) > 1


@dataclass(frozen=True, slots=True)
class Case:
    """Who is who among the models of a cohort, by place; `names` (m,) in words."""

    suspect: int
    teachers: tuple[Candidate, ...]
    controls: tuple[int, ...]
    names: tuple[str, ...]
    seed: int

    @property
    def family(self) -> bool:
        """Whether every teacher is a family of several files."""
        return all(one.is_family for one in self.teachers)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the numbers of a case are read off by."""

    pack: Pack
    fits: dict[bool, Fit]
    case: Case
    groups: NDArray[np.intp]

    def fit(self, teacher: Candidate) -> Fit:
        """Return the fit for a family of files or for one file."""
        return self.fits[teacher.is_family]

    @property
    def families(self) -> list[list[int]]:
        """The places of the controls of each line of models."""
        lines: dict[int, list[int]] = {}
        for one in self.case.controls:
            lines.setdefault(int(self.groups[one]), []).append(one)
        return list(lines.values())

    def score(
        self, standing: dict[str, Standing], teacher: Candidate, controls: Sequence[int]
    ) -> float:
        """Return the log10 LR before bounds."""
        names, suspect = self.pack.signals, self.case.suspect
        found = features_of(standing, names, suspect, teacher.places, controls)
        return float(self.fit(teacher).fusion.log_lr(found[None, :])[0] / LN10)


def weigh(pack: Pack, cohort: Cohort, case: Case) -> dict[str, Any]:
    """Return the likelihood ratios of a case as a JSON value; `reporting` has its shape.

    Time is linear in the prompts, and in the square of the models of the cohort. Material that
    cannot carry a likelihood ratio gets the reason in words and no number. Controls of one line
    count as one. Beside a family, figures and domain are those for a single file if any teacher
    is one: the worse ones.
    """
    lines = len(np.unique(cohort.groups[list(case.controls)]))
    fits = _fits(pack, len(cohort.prompts), lines)
    if not fits:
        refused = _refusal(pack, len(cohort.prompts), lines)
        return reporting.refused(pack, len(cohort.prompts), lines, refused)
    blocks = deal(len(cohort.prompts), _BLOCKS, case.seed)
    measured = measure(cohort, blocks, names=pack.signals)
    standing = _standings(measured.similarities(), cohort, case)
    scale, fit = _Scale(pack, fits, case, cohort.groups), fits[case.family]
    spreads = domain.spreads_of(standing, pack.signals)
    checks = domain.check(pack.limits(fit), cohort, case.suspect, spreads)
    drawn = _resampled(scale, measured, cohort)
    outside = [one.name for one in checks if not one.inside]
    teachers = [
        _teacher(scale, standing, one, drawn[:, place], outside)
        for place, one in enumerate(case.teachers)
    ]
    return reporting.weighed(pack, fit, len(cohort.prompts), lines, checks, teachers)


def _fits(pack: Pack, prompts: int, controls: int) -> dict[bool, Fit]:
    """Return the fits for one file and for a family; none if one of them is missing."""
    found = {one: pack.fit_for(prompts, controls, family=one) for one in (False, True)}
    fits = {kind: fit for kind, fit in found.items() if fit is not None}
    return fits if len(fits) == len(found) else {}


def _standings(
    similarities: dict[str, NDArray[np.float64]], cohort: Cohort, case: Case
) -> dict[str, Standing]:
    return standings_by(similarities, cohort.groups, cohort.weights, case.controls)


def _refusal(pack: Pack, prompts: int, controls: int) -> str:
    fits = pack.fits_of(family=False)
    least = min(one.prompts for one in fits)
    if prompts < least:
        return (
            f"No likelihood ratio can be given: {prompts} prompts are matched, and the "
            f"calibration needs at least {least}. Put {least - prompts} more of the same prompts "
            "to every model."
        )
    return (
        f"No likelihood ratio can be given: there are {controls} controls, and the calibration "
        f"needs at least {min(one.controls for one in fits)} to know what likeness is usual. "
        "Controls of one family count as one."
    )


def _teacher(
    scale: _Scale,
    standing: dict[str, Standing],
    teacher: Candidate,
    drawn: NDArray[np.float64],
    outside: list[str],
) -> dict[str, Any]:
    case = scale.case
    score = scale.score(standing, teacher, case.controls)
    fit = scale.fit(teacher)
    clipped = fit.bounds.clip(score)
    low, high = (float(one) for one in np.percentile(drawn, (2.5, 97.5)))
    left_out = _left_out(scale, standing, teacher, [[one] for one in scale.case.controls])
    families = _left_out(scale, standing, teacher, scale.families)
    abstains = _abstention(clipped.log10_lr, low, high, outside)
    value = {
        "label": teacher.label,
        "model": teacher.model,
        "log10_lr": None if abstains else clipped.log10_lr,
        "abstains": abstains or None,
        "score": score,
        "low": low,
        "high": high,
        "bound": {**fit.bounds.as_dict(), "hit": clipped.hit},
        "verbal": f"What was found {verbal(0.0 if abstains else clipped.log10_lr)}.",
        "signals": _signals(scale, standing, teacher),
        "left_out": left_out,
        "range": _range(left_out),
        "families_left_out": [
            one for one, part in zip(families, scale.families, strict=True) if len(part) > 1
        ],
        "family_range": _range(families),
        "files_left_out": _files_left_out(scale, standing, teacher),
    }
    nearest = _nearer_controls(scale, standing, teacher)
    return value | {"against": reporting.against(value, nearest, outside)}


def _abstention(log10_lr: float, low: float, high: float, outside: list[str]) -> str:
    if outside:
        return (
            "No likelihood ratio is given: the material is not of the kind that the calibration "
            f"was made on ({'; '.join(outside)})."
        )
    if abs(log10_lr) < _NEUTRAL:
        return (
            "No likelihood ratio is given: it would lie between 1/2 and 2, which supports neither "
            "hypothesis."
        )
    if low < 0 < high:
        return (
            "No likelihood ratio is given: with other prompts of the same kind it could as well "
            "speak for the other hypothesis."
        )
    return ""


def _signals(
    scale: _Scale, standing: dict[str, Standing], teacher: Candidate
) -> list[dict[str, Any]]:
    names = scale.pack.signals
    suspect, controls = scale.case.suspect, scale.case.controls
    found = excesses_of(standing, names, suspect, teacher.places, controls)
    parts = scale.fit(teacher).fusion.parts(oriented(found, names)) / LN10
    about = {one.name: one for one in SIGNALS}
    return [
        {
            "name": name,
            "title": about[name].title,
            "source": about[name].source,
            "excess": float(excess),
            "contribution": float(part),
        }
        for name, excess, part in zip(names, found, parts, strict=True)
    ]


def _left_out(
    scale: _Scale, standing: dict[str, Standing], teacher: Candidate, parts: Sequence[list[int]]
) -> list[dict[str, Any]]:
    """Return the score with each part of the controls left out of the comparison in turn."""
    return [
        {
            "model": ", ".join(scale.case.names[one] for one in part),
            "log10_lr": scale.score(
                standing, teacher, [one for one in scale.case.controls if one not in part]
            ),
        }
        for part in parts
    ]


def _files_left_out(
    scale: _Scale, standing: dict[str, Standing], teacher: Candidate
) -> list[dict[str, Any]]:
    """Return the score with each file of a teacher's family left out; none for a single file."""
    if len(teacher.places) == 1:
        return []
    found = []
    for one in teacher.places:
        rest = tuple(each for each in teacher.places if each != one)
        fewer = replace(teacher, places=rest)
        score = scale.score(standing, fewer, scale.case.controls)
        found.append({"model": scale.case.names[one], "log10_lr": score})
    return found


def _range(left_out: list[dict[str, Any]]) -> dict[str, float]:
    scores = [one["log10_lr"] for one in left_out]
    return {"low": min(scores), "high": max(scores)}


def _nearer_controls(
    scale: _Scale, standing: dict[str, Standing], teacher: Candidate
) -> list[tuple[str, int]]:
    """Return the controls nearer to the suspect than the teacher, by how many signals."""
    suspect, every = scale.case.suspect, [standing[name] for name in scale.pack.signals]
    counts = [
        (
            scale.case.names[one],
            sum(
                each.nearness(suspect, [one]) > each.nearness(suspect, teacher.places)
                for each in every
            ),
        )
        for one in scale.case.controls
    ]
    return sorted((one for one in counts if one[1]), key=lambda one: -one[1])


def _resampled(scale: _Scale, measured: Measured, cohort: Cohort) -> NDArray[np.float64]:
    """Return scores (rounds, teachers) with blocks of prompts drawn anew (Efron 1979)."""
    rng = np.random.default_rng((scale.case.seed, 7))
    count = len(measured.blocks)
    rows = []
    for _ in range(_ROUNDS):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        standing = _standings(measured.similarities(times), cohort, scale.case)
        rows.append(
            [scale.score(standing, one, scale.case.controls) for one in scale.case.teachers]
        )
    return np.array(rows)
