"""Watches opened, changed, paused and resumed; each act is entered into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from audit.analysis.digests import digest_of
from audit.analysis.errors import InsufficientDataError, TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.analysis.version import VERSION
from audit.collect.plan import Limits
from audit.models import Endpoint, Exchange, Source
from audit.services import collections, embedding
from audit.services.matching import matched_prompts
from cases.models import Exhibit, Matter, Watch, WatchPlan
from cases.services import custody
from cases.services.watches.design import LEVEL, Design, Pins, Sampling
from cases.services.watches.slots import Slots, crontab_of

TASK = "cases.tasks.look_if_due"
SENTINELS = 12


class WatchRefusedError(TouchstoneError):
    """A watch cannot be opened or changed so; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asks for who opens a watch, or changes its plan.

    `exhibits` are teachers and controls. Without prompts those are put that every exhibit
    answers, and without sentinels some of these, drawn by the seed of the parameters.
    """

    endpoint: Endpoint
    exhibits: Sequence[Exhibit]
    line: str = ""
    prompts: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    parameters: Parameters = field(default_factory=lambda: Parameters(pack=default_pack().digest))
    repeats: int = 3
    reserve: int = 3
    level: float = LEVEL
    threshold: float = 10.0
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a watch is looked at: a crontab, or every so many seconds; and what of missed looks."""

    zone: str
    crontab: str = ""
    every_s: int = 0
    missed: str = Watch.Missed.ONCE


def open_watch(matter: Matter, name: str, asked: Asked, timing: Timing, *, by: User) -> Watch:
    """Open a watch; its first look is due at once.

    Raises TouchstoneError if the endpoint may not be asked, or the plan could not carry an answer.
    """
    collections.authorisation_of(asked.endpoint)
    design = designed(asked)
    with transaction.atomic():
        Matter.objects.select_for_update().get(pk=matter.pk)
        last = matter.watches.order_by("-number").first()
        number = last.number + 1 if last else 1
        watch = Watch.objects.create(
            matter=matter,
            number=number,
            name=name,
            zone=timing.zone,
            schedule=_scheduled(timing, f"watch {number} of matter {matter.pk}"),
            missed=timing.missed,
            next_at=timezone.now(),
            opened_by=by,
        )
        PeriodicTask.objects.filter(pk=watch.schedule_id).update(args=f"[{watch.pk}]")
        plan = _sealed(watch, design, asked.endpoint, "", by=by)
        facts = {
            "watch": number,
            "name": name,
            "plan": plan.digest,
            "model": asked.endpoint.model,
            "schedule": schedule_in_words(watch),
            "next": watch.next_at.isoformat(),
            "record": "ordinary course",
        }
        custody.record(matter, "watch opened", facts, by=by)
    return watch


@transaction.atomic
def change(watch: Watch, asked: Asked, why: str, *, by: User) -> WatchPlan:
    """Seal another version of the plan; runs that are under way keep theirs."""
    if not why.strip():
        raise WatchRefusedError("Say why the plan of the watch is another one now.")
    Watch.objects.select_for_update().get(pk=watch.pk)
    collections.authorisation_of(asked.endpoint)
    plan = _sealed(watch, designed(asked), asked.endpoint, why, by=by)
    facts = {"watch": watch.number, "version": plan.version, "plan": plan.digest, "why": why}
    custody.record(watch.matter, "watch changed", facts, by=by)
    return plan


@transaction.atomic
def renew(watch: Watch, why: str, *, by: User) -> WatchPlan:
    """Seal the same plan over what this site computes with now, as another version.

    Releases before it are not compared with those after: another method may see them otherwise.
    """
    if not why.strip():
        raise WatchRefusedError("Say why the watch is to compute with another method from now on.")
    Watch.objects.select_for_update().get(pk=watch.pk)
    last = watch.plans.order_by("-version")[0]
    before = Design.from_dict(last.plan["design"])
    now = pins()
    if before.pins == now:
        raise WatchRefusedError("The watch is pinned to what this site computes with already.")
    parameters = replace(before.parameters, pack=now.pack)
    design = replace(before, pins=now, parameters=parameters)
    endpoint = Endpoint.objects.get(pk=last.plan["endpoint"]["id"])
    plan = _sealed(watch, design, endpoint, why, by=by)
    facts = {"watch": watch.number, "version": plan.version, "plan": plan.digest, "why": why}
    custody.record(watch.matter, "watch changed", facts, by=by)
    return plan


@transaction.atomic
def pause(watch: Watch, *, by: User) -> bool:
    """Begin no further look; tell whether it was active."""
    found = Watch.objects.filter(pk=watch.pk, state=Watch.State.ACTIVE)
    if not found.update(state=Watch.State.PAUSED):
        return False
    _ring(watch, enabled=False)
    custody.record(watch.matter, "watch paused", {"watch": watch.number}, by=by)
    return True


@transaction.atomic
def resume(watch: Watch, *, by: User) -> bool:
    """Look again from now on; what fell due meanwhile was not missed but paused."""
    found = Watch.objects.filter(pk=watch.pk, state=Watch.State.PAUSED)
    next_at = slots_of(watch).after(timezone.now())
    if not found.update(state=Watch.State.ACTIVE, next_at=next_at, failed_in_a_row=0):
        return False
    _ring(watch, enabled=True)
    facts = {"watch": watch.number, "next": next_at.isoformat()}
    custody.record(watch.matter, "watch resumed", facts, by=by)
    return True


def slots_of(watch: Watch) -> Slots:
    """Return the slots of a watch."""
    task = watch.schedule
    schedule = task.crontab or task.interval
    if schedule is None:
        raise WatchRefusedError(f"{watch} has lost its schedule: open another.")
    return Slots(schedule, watch.opened_at)


def schedule_in_words(watch: Watch) -> str:
    """Return when a watch is looked at, for a person."""
    task = watch.schedule
    if task.interval is not None:
        return f"every {timedelta(seconds=task.interval.every)}"
    found = task.crontab
    fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    return f"{' '.join(getattr(found, one) for one in fields)} in {watch.zone}"


def designed(asked: Asked) -> Design:
    """Return the plan that is asked for, with its pins; raises TouchstoneError for none."""
    exhibits = _required(asked)
    prompts = asked.prompts or _shared_prompts([one.source for one in exhibits], asked.parameters)
    return Design(
        line=asked.line,
        exhibits=tuple(one.label for one in exhibits),
        prompts=prompts,
        sentinels=asked.sentinels or _drawn(prompts, asked.parameters.seed),
        parameters=asked.parameters,
        pins=pins(),
        repeats=asked.repeats,
        reserve=asked.reserve,
        level=asked.level,
        threshold=asked.threshold,
        sampling=asked.sampling,
        limits=asked.limits,
    )


def pins() -> Pins:
    """Return what this site computes with now."""
    return Pins(VERSION, embedding.current_identity().digest, default_pack().digest)


def is_pinned(plan: WatchPlan) -> bool:
    """Tell whether this site computes with what a plan is pinned to."""
    return Design.from_dict(plan.plan["design"]).pins == pins()


def _required(asked: Asked) -> list[Exhibit]:
    found = sorted(asked.exhibits, key=lambda one: one.number)
    roles = [one.role for one in found]
    least = asked.parameters.least_controls
    unread = [one.label for one in found if one.source.state != Source.State.READ]
    if unread or Exhibit.Role.SUSPECT in roles or Exhibit.Role.TEACHER not in roles:
        raise WatchRefusedError(
            "A watch rests on exhibits that are read: at least one teacher, and controls. The "
            "suspect is the model that is watched."
        )
    if roles.count(Exhibit.Role.CONTROL) < least:
        raise InsufficientDataError(
            f"A watch needs {least} controls and {roles.count(Exhibit.Role.CONTROL)} are chosen."
        )
    return found


def _shared_prompts(sources: list[Source], parameters: Parameters) -> tuple[str, ...]:
    keys = matched_prompts(sources, parameters)
    if len(keys) < parameters.least_prompts:
        raise InsufficientDataError(
            f"The exhibits share {len(keys)} prompts and an audit needs"
            f" {parameters.least_prompts}. Choose others, or hand in more."
        )
    rows = Exchange.objects.filter(source=sources[0], prompt_key__in=keys).order_by("record")
    return tuple(rows.values_list("prompt", flat=True))


def _drawn(prompts: tuple[str, ...], seed: int) -> tuple[str, ...]:
    places = np.random.default_rng(seed).permutation(len(prompts))[:SENTINELS]
    return tuple(prompts[place] for place in sorted(places))


def _sealed(watch: Watch, design: Design, asked: Endpoint, why: str, *, by: User) -> WatchPlan:
    # Made only to be refused here, in words, if a run could not be carried out as it says.
    design.battery_plan(asked)
    design.sentinel_plan(asked, design.reserve + 1, 0)
    last = watch.plans.order_by("-version").first()
    address = {"id": asked.pk, "kind": asked.kind, "url": asked.url, "model": asked.model}
    plan = {"endpoint": address, "design": design.as_dict()}
    return WatchPlan.objects.create(
        watch=watch,
        version=last.version + 1 if last else 1,
        plan=plan,
        digest=digest_of(plan),
        why=why,
        sealed_by=by,
    )


def _scheduled(timing: Timing, name: str) -> PeriodicTask:
    found: dict[str, Any]
    if timing.every_s > 0:
        each, _ = IntervalSchedule.objects.get_or_create(
            every=timing.every_s, period=IntervalSchedule.SECONDS
        )
        found = {"interval": each}
    else:
        wanted = crontab_of(timing.crontab, timing.zone)
        fields = CrontabSchedule.from_schedule(wanted.schedule)
        fields.save()
        found = {"crontab": fields}
    return PeriodicTask.objects.create(name=name, task=TASK, **found)


def _ring(watch: Watch, *, enabled: bool) -> None:
    task = PeriodicTask.objects.get(pk=watch.schedule_id)
    task.enabled = enabled
    task.save()


def moment_in(watch: Watch, at: datetime) -> str:
    """Return a time as it is where the watch is."""
    return f"{at.astimezone(ZoneInfo(watch.zone)):%Y-%m-%d %H:%M:%S} {watch.zone}"
