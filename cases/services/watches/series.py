"""The releases of a line one after the other: ratios, likeness, and which changes stand.

The likeness of a prompt is the doubly centred cosine of the rank test; changes of it are paired
by prompt, at levels that looks use up over all versions of the plan. Where a release was audited
twice, the difference of the two says how far asking again alone moves it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db.models import Q

from audit.analysis.digests import digest_of
from audit.analysis.series.ageing import Ageing, Battery, ageing
from audit.analysis.series.changes import Change
from audit.analysis.series.versions import Audit, Method, Untested, go_on, noise_among
from audit.analysis.statistics.resampling import Interval, bootstrap_mean
from audit.analysis.text import text_key
from cases.models import Exhibit, Watch, WatchRun
from cases.services.watches.design import Design
from cases.services.watches.likeness import last_audit, software_of
from cases.services.watches.timeline import released_on

_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Point:
    """One audit in the series of one teacher; `log10_lr` is None where no ratio is given.

    `on` is the day of the release, and `threshold` the ratio of which people are told.
    `pack` is the calibration by which the ratio is on a scale with those beside it.
    """

    release: int
    version: int
    on: str
    finding: int
    ordinary_course: bool
    log10_lr: float | None
    low: float | None
    high: float | None
    abstains: str
    threshold: float
    pack: str
    likeness: Interval
    prompts: int
    missing: int


@dataclass(frozen=True, slots=True)
class Series:
    """One teacher over the releases and all versions of the plan.

    `noise` is None where no release was audited twice by one method.
    """

    label: str
    model: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    untested: tuple[Untested, ...]
    noise: float | None


def kept(watch: Watch) -> list[dict[str, Any]]:
    """Return the series as the last audit left it, each as the JSON of a Series."""
    last = last_audit(watch)
    found: list[dict[str, Any]] = last.series if last else []
    return found


def aged(watch: Watch) -> dict[str, Any] | None:
    """Return how the battery aged, as the last audit left it; None for fewer than two audits."""
    last = last_audit(watch)
    return last.facts.get("ageing") if last else None


def series_up_to(run: WatchRun) -> list[Series]:
    """Return the series of each teacher over the audits that ended, and one that is ending."""
    audits = _audits(run)
    labels = sorted({label for one in audits for label in one.likeness})
    exhibits = {one.label: one for one in run.watch.matter.exhibits.all()}
    controls = {label for label, one in exhibits.items() if one.role == Exhibit.Role.CONTROL}
    before = {one["label"]: one for one in kept(run.watch)}
    return [
        _series(
            exhibits[label], [one for one in audits if label in one.likeness], controls, before
        )
        for label in labels
    ]


def ageing_up_to(run: WatchRun) -> Ageing | None:
    """Return how the battery aged over the audits that ended, and one that is ending."""
    audits = sorted(_audits(run), key=lambda one: (one.due_at, one.pk))
    known = [_battery(one) for one in audits if "alike" in one.facts.get("battery", {})]
    return ageing(known, alpha=_design(run).parameters.alpha)


def _audits(run: WatchRun) -> list[WatchRun]:
    """Return the audits, those of one release together and in the order of time."""
    done = WatchRun.objects.filter(
        Q(state=WatchRun.State.DONE) | Q(pk=run.pk), kind=WatchRun.Kind.AUDIT, watch=run.watch
    ).select_related("release__watch", "finding", "plan")
    # The run itself is not yet written as it will be.
    found = [run if one.pk == run.pk else one for one in done]
    return sorted(found, key=lambda one: (_number(one), one.due_at, one.pk))


def _design(run: WatchRun) -> Design:
    return Design.from_dict(run.plan.plan["design"])


def _series(
    teacher: Exhibit,
    runs: Sequence[WatchRun],
    controls: set[str],
    before: Mapping[str, dict[str, Any]],
) -> Series:
    label = teacher.label
    audits = [_audit(label, run, controls) for run in runs]
    newest = _design(max(runs, key=lambda one: one.plan.version)).parameters
    tested = _tested(before.get(label, {}).get("changes", ()))
    changes, untested = go_on(audits, tested, newest.seed, alpha=newest.alpha)
    noise = noise_among(audits)
    return Series(
        label,
        teacher.model_name,
        tuple(_point(label, run) for run in runs),
        tuple(one.beside(noise) for one in changes),
        tuple(untested),
        noise,
    )


def _tested(changes: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Return the changes that were tested; those from before they were counted, in their order."""
    return [
        Change.from_dict({"look": look, "versions": (1, 1), **one})
        for look, one in enumerate(changes, start=1)
    ]


def _number(run: WatchRun) -> int:
    return run.release.number if run.release else 0


def _audit(label: str, run: WatchRun, controls: set[str]) -> Audit:
    design = _design(run)
    method = Method(
        software_of(run),
        design.pins.encoder,
        tuple(sorted(controls.intersection(design.exhibits))),
        digest_of(asdict(design.sampling)),
    )
    return Audit(_number(run), run.plan.version, method, run.likeness[label])


def _battery(run: WatchRun) -> Battery:
    known = run.facts["battery"]
    return Battery(
        _number(run),
        frozenset(text_key(one) for one in _design(run).prompts),
        *(frozenset(known[name]) for name in ("missing", "refused", "alike")),
    )


def _point(label: str, run: WatchRun) -> Point:
    design = _design(run)
    told: dict[str, Any] = next(
        (one for one in run.facts["outcome"]["teachers"] if one["label"] == label), {}
    )
    values = np.array(list(run.likeness[label].values()))
    rng = np.random.default_rng((design.parameters.seed, run.pk))
    confidence = design.parameters.confidence
    return Point(
        release=_number(run),
        version=run.plan.version,
        on=released_on(run.release).isoformat() if run.release else "",
        finding=run.finding.number if run.finding else 0,
        ordinary_course=run.ordinary_course,
        log10_lr=told.get("log10_lr"),
        low=told.get("low"),
        high=told.get("high"),
        abstains=told.get("abstains") or "",
        threshold=math.log10(design.threshold),
        pack=design.pins.pack,
        likeness=bootstrap_mean(values, rounds=_ROUNDS, confidence=confidence, rng=rng),
        prompts=len(values),
        missing=run.facts["missing_count"],
    )
