"""Releases of a watch with an audit of each, entered without asking anybody."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from audit.models import Collection, Endpoint
from cases.models import Exhibit, Release, Watch, WatchRun
from cases.services.watches.likeness import Likeness
from cases.services.watches.series import ageing_up_to, series_up_to
from tests.cast import ask


def audited(
    watch: Watch,
    exhibits: list[Exhibit],
    by: User,
    number: int,
    values: Sequence[float],
    *,
    at: datetime | None = None,
    log10_lr: float | None = None,
    ordinary_course: bool = True,
    battery: dict[str, list[str]] | None = None,
    likeness: Likeness | None = None,
) -> WatchRun:
    """Enter a release, if it is new, and an audit of it with these values, or this likeness."""
    endpoint = Endpoint.objects.get()
    release, _ = Release.objects.get_or_create(
        watch=watch,
        number=number,
        defaults={
            "endpoint": endpoint,
            "noticed_by": "first",
            "why": "It is another.",
            "noticed_at": at or timezone.now(),
        },
    )
    # The outcome stands on the run: nobody needs to compute it.
    finding = ask(watch.matter, exhibits, by=by)
    teachers = [one.label for one in exhibits if one.role == "teacher"]
    run = WatchRun(
        watch=watch,
        plan=watch.plans.order_by("-version")[0],
        kind=WatchRun.Kind.AUDIT,
        due_at=timezone.now() + timedelta(seconds=watch.runs.count()),
        ordinary_course=ordinary_course,
        release=release,
        collection=_collection(endpoint),
        finding=finding,
        cost=1_234_500,
        tokens=4_321,
        facts=_facts(teachers, log10_lr) | ({"battery": battery} if battery else {}),
        likeness=likeness
        or {
            label: {f"{place}": float(value) for place, value in enumerate(values)}
            for label in teachers
        },
    )
    run.save()
    run.series = [asdict(one) for one in series_up_to(run)]
    aged = ageing_up_to(run)
    run.facts["ageing"] = aged.as_dict() if aged else None
    run.state, run.ended_at = WatchRun.State.DONE, timezone.now()
    run.save()
    return run


def _collection(endpoint: Endpoint) -> Collection:
    return Collection.objects.create(
        endpoint=endpoint,
        authorisation=endpoint.authorisations.get(),
        plan={},
        plan_digest="a" * 64,
    )


def _facts(teachers: list[str], log10_lr: float | None) -> dict[str, Any]:
    at = log10_lr
    told = {
        "model": "Quarry-2",
        "log10_lr": at,
        "low": None if at is None else at - 0.3,
        "high": None if at is None else at + 0.2,
        "abstains": "The ratio would lie between 1/2 and 2." if at is None else "",
    }
    outcome = {
        "code": "stands_out",
        "answer": "Support.",
        "teachers": [told | {"label": label} for label in teachers],
    }
    return {"outcome": outcome, "missing": ["What?"], "missing_count": 1}
