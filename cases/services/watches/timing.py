"""When a watch is looked at: its schedule, paused, resumed, set anew and ended; in local time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from audit.analysis.errors import WrongSettingError
from cases.models import Watch
from cases.services import custody
from cases.services.watches.asking import WatchRefusedError
from cases.services.watches.slots import Slots, crontab_of

TASK = "cases.tasks.look_if_due"
_SHOWN = 3
_FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True, slots=True)
class Timing:
    """When a watch is looked at: a crontab, or every so many seconds; and what of missed looks."""

    zone: str
    crontab: str = ""
    every_s: int = 0
    missed: str = Watch.Missed.ONCE

    def schedule(self) -> CrontabSchedule | IntervalSchedule:
        """Return it as a row that is not kept yet; raises WrongSettingError for what is none."""
        if bool(self.crontab) == (self.every_s > 0):
            raise WrongSettingError("Give a crontab or a number of seconds, one of the two.")
        if self.every_s > 0:
            return IntervalSchedule(every=self.every_s, period=IntervalSchedule.SECONDS)
        return crontab_of(self.crontab, self.zone)

    def slots(self, since: datetime) -> Slots:
        """Return its slots, counted from a time."""
        return Slots(self.schedule(), since)


def scheduled(timing: Timing, name: str) -> PeriodicTask:
    """Return a bell that rings at these times, kept under a name."""
    return PeriodicTask.objects.create(name=name, task=TASK, **_kept(timing))


def timing_of(watch: Watch) -> Timing:
    """Return when a watch is looked at, as it was asked for."""
    task = watch.schedule
    if task.interval is not None:
        return Timing(watch.zone, every_s=task.interval.every, missed=watch.missed)
    return Timing(watch.zone, _fields_of(watch), missed=watch.missed)


@transaction.atomic
def retime(watch: Watch, timing: Timing, *, by: User) -> bool:
    """Look at other times from now on; tell whether they are others.

    The plan stays as it is. A look that is due already stays due.
    """
    found = locked(watch)
    before = timing_of(found)
    if timing == before:
        return False
    told = schedule_in_words(found)
    task = PeriodicTask.objects.get(pk=found.schedule_id)
    kept = _kept(timing)
    task.crontab, task.interval = kept.get("crontab"), kept.get("interval")
    task.save()
    now = timezone.now()
    is_due = found.next_at <= now
    found.zone, found.missed = timing.zone, timing.missed
    found.next_at = found.next_at if is_due else timing.slots(found.opened_at).after(now)
    found.save(update_fields=["zone", "missed", "next_at"])
    watch.refresh_from_db()
    facts = {
        "watch": watch.number,
        "schedule": schedule_in_words(watch),
        "schedule_before": told,
        "missed": watch.get_missed_display(),
        "next": found.next_at.isoformat(),
    }
    custody.record(watch.matter, "watch retimed", facts, by=by)
    return True


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


@transaction.atomic
def close(watch: Watch, why: str, *, by: User) -> bool:
    """End a watch for good; tell whether it was open. What is under way comes to its end."""
    if not why.strip():
        raise WatchRefusedError("Say why the watch is closed.")
    found = Watch.objects.exclude(state=Watch.State.ENDED).filter(pk=watch.pk)
    if not found.update(state=Watch.State.ENDED):
        return False
    _ring(watch, enabled=False)
    custody.record(watch.matter, "watch closed", {"watch": watch.number, "reason": why}, by=by)
    return True


def locked(watch: Watch) -> Watch:
    """Return a watch as it stands now, for this transaction alone; refuses one that is closed."""
    found = Watch.objects.select_for_update(of=("self",)).select_related("matter").get(pk=watch.pk)
    if found.state == Watch.State.ENDED:
        raise WatchRefusedError("The watch is closed for good: open another.")
    return found


def slots_of(watch: Watch) -> Slots:
    """Return the slots of a watch."""
    task = watch.schedule
    schedule = task.crontab or task.interval
    if schedule is None:
        raise WatchRefusedError(f"{watch} has lost its schedule: open another.")
    return Slots(schedule, watch.opened_at)


def next_looks(watch: Watch) -> list[str]:
    """Return when the next looks are due, in the time of the watch; [] where none will be."""
    if watch.state != Watch.State.ACTIVE:
        return []
    return [moment_in(watch, one) for one in _first(slots_of(watch), watch.next_at, _SHOWN)]


def _first(slots: Slots, first: datetime, count: int) -> Iterator[datetime]:
    for _ in range(count):
        yield first
        first = slots.after(first)


def shortest_gap(slots: Slots, since: datetime, count: int = 100) -> timedelta:
    """Return the shortest time between two of the next slots."""
    found = list(_first(slots, slots.after(since), count))
    return min(last - first for first, last in pairwise(found))


def schedule_in_words(watch: Watch) -> str:
    """Return when a watch is looked at, for a person."""
    task = watch.schedule
    if task.interval is not None:
        return f"every {timedelta(seconds=task.interval.every)}"
    return f"{_fields_of(watch)} in {watch.zone}"


def moment_in(watch: Watch, at: datetime) -> str:
    """Return a time as it is where the watch is; its offset tells the hour that comes twice."""
    local = at.astimezone(ZoneInfo(watch.zone))
    return f"{local.isoformat(' ', 'seconds')} {watch.zone}"


def _fields_of(watch: Watch) -> str:
    found = watch.schedule.crontab
    if found is None:
        raise WatchRefusedError(f"{watch} has lost its schedule: open another.")
    return " ".join(getattr(found, one) for one in _FIELDS)


def _kept(timing: Timing) -> dict[str, Any]:
    wanted = timing.schedule()
    if isinstance(wanted, IntervalSchedule):
        each, _ = IntervalSchedule.objects.get_or_create(every=wanted.every, period=wanted.period)
        return {"interval": each}
    fields = CrontabSchedule.from_schedule(wanted.schedule)
    fields.save()
    return {"crontab": fields}


def _ring(watch: Watch, *, enabled: bool) -> None:
    task = PeriodicTask.objects.get(pk=watch.schedule_id)
    task.enabled = enabled
    task.save()
