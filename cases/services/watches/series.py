"""The releases of a line one after the other: ratios, likeness, and which changes stand.

The likeness of a prompt is the doubly centred cosine of the rank test; changes of it are paired
by prompt, at levels that looks use up. Where a release was audited twice, the difference of the
two says how far asking again alone moves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q

from audit.analysis.comparisons import prompt_similarity
from audit.analysis.errors import InsufficientDataError
from audit.analysis.series import changes as rule
from audit.analysis.series.changes import Change
from audit.analysis.statistics.centring import centred_excess
from audit.analysis.statistics.resampling import Interval, bootstrap_mean
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role
from audit.models import Run
from audit.services import runs
from cases.models import Watch, WatchRun
from cases.services.watches.design import Design

_DECIMALS = 6
_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Point:
    """One audit in the series of one teacher; `log10_lr` is None where no ratio is given."""

    release: int
    finding: int
    ordinary_course: bool
    log10_lr: float | None
    low: float | None
    high: float | None
    abstains: str
    likeness: Interval
    prompts: int
    missing: int


@dataclass(frozen=True, slots=True)
class Series:
    """One teacher over the releases; `why_none` says why no changes could be tested.

    `noise` is None where no release was audited twice under this version of the plan.
    """

    label: str
    model: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    noise: float | None
    why_none: str


def likeness_of(run: Run) -> dict[str, dict[str, float]]:
    """Return the likeness of suspect and teacher by prompt, for each teacher by its label."""
    plan = runs.plan_of(run)
    material = runs.material(run, plan, set())
    suspect = plan.places(Role.SUSPECT)[0]
    similarity = prompt_similarity(material.vectors)
    prompts = [text_key(one) for one in material.prompts[suspect]]
    cohort = tuple(plan.places(Role.CONTROL))
    return {
        plan.inputs[place].label: {
            prompt: round(float(value), _DECIMALS)
            for prompt, value in zip(
                prompts, centred_excess(similarity, suspect, place, cohort), strict=True
            )
        }
        for place in plan.places(Role.TEACHER)
    }


def kept(watch: Watch) -> list[dict[str, Any]]:
    """Return the series as the last audit left it, each as the JSON of a Series."""
    done = watch.runs.filter(kind=WatchRun.Kind.AUDIT, state=WatchRun.State.DONE)
    last = done.order_by("-ended_at", "-pk").first()
    found: list[dict[str, Any]] = last.series if last else []
    return found


def series_up_to(run: WatchRun) -> list[Series]:
    """Return the series of each teacher over the audits under a run's version of the plan."""
    done = WatchRun.objects.filter(
        Q(state=WatchRun.State.DONE) | Q(pk=run.pk), kind=WatchRun.Kind.AUDIT, plan=run.plan
    ).select_related("release", "finding")
    # The run itself is not yet written as it will be.
    audits = [run if one.pk == run.pk else one for one in done]
    audits.sort(key=lambda one: (_number(one), one.due_at, one.pk))
    design = Design.from_dict(run.plan.plan["design"])
    labels = sorted({label for one in audits for label in one.likeness})
    models = {one.label: one.model_name for one in run.watch.matter.exhibits.all()}
    return [_series(label, models[label], audits, design) for label in labels]


def _series(label: str, model: str, audits: Sequence[WatchRun], design: Design) -> Series:
    points = tuple(_point(label, run, design) for run in audits)
    firsts = {run.release_id: run for run in reversed(audits)}
    releases = [_release(label, run) for run in sorted(firsts.values(), key=_number)]
    rng = np.random.default_rng(design.parameters.seed)
    noise: float | None = None
    found: tuple[Change, ...] = ()
    why_none = ""
    try:
        noise = _noise(label, audits)
        alpha = design.parameters.alpha
        found = tuple(rule.changes(releases, rng, alpha=alpha, noise=noise))
    except InsufficientDataError as error:
        why_none = str(error)
    return Series(label, model, points, found, noise, why_none)


def _number(run: WatchRun) -> int:
    return run.release.number if run.release else 0


def _release(label: str, run: WatchRun) -> rule.Release:
    return rule.Release(f"release {_number(run)}", run.likeness[label])


def _noise(label: str, audits: Sequence[WatchRun]) -> float | None:
    """Return the largest noise among releases that were audited twice."""
    found = [
        rule.noise_of(_release(label, first), _release(label, again))
        for place, again in enumerate(audits)
        if place and (first := audits[place - 1]).release_id == again.release_id
    ]
    return max(found, default=None)


def _point(label: str, run: WatchRun, design: Design) -> Point:
    told: dict[str, Any] = next(
        (one for one in run.facts["outcome"]["teachers"] if one["label"] == label), {}
    )
    values = np.array(list(run.likeness[label].values()))
    rng = np.random.default_rng((design.parameters.seed, run.pk))
    likeness = bootstrap_mean(
        values, rounds=_ROUNDS, confidence=design.parameters.confidence, rng=rng
    )
    return Point(
        release=_number(run),
        finding=run.finding.number if run.finding else 0,
        ordinary_course=run.ordinary_course,
        log10_lr=told.get("log10_lr"),
        low=told.get("low"),
        high=told.get("high"),
        abstains=told.get("abstains") or "",
        likeness=likeness,
        prompts=len(values),
        missing=run.facts["missing_count"],
    )
