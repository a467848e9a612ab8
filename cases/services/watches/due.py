"""Which looks are due: one row for a slot, whoever rings and however often."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from cases.models import Notice, Watch, WatchPlan, WatchRun
from cases.services import custody
from cases.services.watches import notices, on_record
from cases.services.watches.slots import GRACE, MOST
from cases.services.watches.timing import locked, moment_in, slots_of

# After k failures in a row 2^k - 1 slots are left out, at most so many, and at most a day.
_MOST_LEFT_OUT = 15
_LONGEST_REST = timedelta(days=1)


@transaction.atomic
def look_if_due(watch_id: int, now: datetime | None = None) -> WatchRun | None:
    """Return the look that is to be carried out now, entered once; None where none is due.

    While a look is under way no other begins: its slot is late when it ends, and may be missed.
    """
    now = now or timezone.now()
    watch = Watch.objects.select_for_update().get(pk=watch_id)
    is_open = watch.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.OPEN).exists()
    if watch.state != Watch.State.ACTIVE or watch.next_at > now or is_open:
        return None
    slots = slots_of(watch)
    passed = _not_entered(watch, slots.between(watch.next_at, now))
    if not passed:
        Watch.objects.filter(pk=watch.pk).update(next_at=slots.after(now))
        return None
    late = [one for one in passed if now - one > GRACE]
    due_at = passed[-1]
    is_skipped = bool(late) and late[-1] == due_at and watch.missed == Watch.Missed.SKIP
    next_at = slots.after(due_at)
    # With these no slot is without a run, or a reason: each run begins where another ended.
    told = {"first": watch.next_at.isoformat(), "many": len(passed), "next": next_at.isoformat()}
    run = None if is_skipped else _look(watch, due_at, slots=told)
    if late:
        _tell_missed(watch, late, run, told)
    Watch.objects.filter(pk=watch.pk).update(next_at=next_at)
    return run


@transaction.atomic
def look_now(watch: Watch, *, by: User) -> WatchRun | None:
    """Enter a look that a person asks for; None while another is under way."""
    watch = locked(watch)
    if watch.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.OPEN).exists():
        return None
    custody.record(watch.matter, "watch asked", {"watch": watch.number, "what": "a look"}, by=by)
    return _look(watch, timezone.now(), ordinary_course=False)


def rest(watch: Watch, now: datetime) -> datetime:
    """After failed looks leave slots out, more with each: a dead endpoint is not pressed.

    Return the slot that is due next.
    """
    left_out = min(2**watch.failed_in_a_row - 1, _MOST_LEFT_OUT)
    slots = slots_of(watch)
    next_at = slots.after(now)
    for _ in range(left_out if watch.failed_in_a_row else 0):
        later = slots.after(next_at)
        if later - now > _LONGEST_REST:
            break
        next_at = later
    Watch.objects.filter(pk=watch.pk).update(next_at=next_at)
    return next_at


def overdue(most: int) -> list[int]:
    """Return the watches whose bell seems to be lost, for the sweep."""
    due = Watch.objects.filter(state=Watch.State.ACTIVE, next_at__lte=timezone.now())
    return list(due.order_by("next_at").values_list("pk", flat=True)[:most])


def current_plan(watch: Watch) -> WatchPlan:
    """Return the version of the plan that new runs are under."""
    return watch.plans.order_by("-version")[0]


def _not_entered(watch: Watch, passed: list[datetime]) -> list[datetime]:
    """Leave out the slots that have their look: a clock that went back comes by them again."""
    looks = watch.runs.filter(kind=WatchRun.Kind.LOOK, due_at__gte=passed[0])
    entered = set(looks.values_list("due_at", flat=True))
    return [one for one in passed if one not in entered]


def _look(
    watch: Watch,
    due_at: datetime,
    *,
    ordinary_course: bool = True,
    slots: dict[str, Any] | None = None,
) -> WatchRun:
    run, _ = WatchRun.objects.get_or_create(
        watch=watch,
        due_at=due_at,
        kind=WatchRun.Kind.LOOK,
        defaults={
            "plan": current_plan(watch),
            "ordinary_course": ordinary_course,
            "facts": {"slots": slots} if slots else {},
        },
    )
    return run


def _tell_missed(
    watch: Watch, late: list[datetime], run: WatchRun | None, slots: dict[str, Any]
) -> None:
    """Put the missed slots on record, and tell of them once."""
    many = f"{len(late):,}" if len(late) < MOST else f"{MOST:,} or more"
    what = f"{many} due since {moment_in(watch, late[0])} did not take place in time"
    done = "the last is made up for now" if run else "by the watch's policy they are left out"
    if run is None:
        run = WatchRun.objects.create(
            watch=watch,
            plan=current_plan(watch),
            kind=WatchRun.Kind.LOOK,
            due_at=late[-1],
            state=WatchRun.State.SKIPPED,
            ended_at=timezone.now(),
            problem=f"Looks were missed: {what}; {done}.",
            facts={"missed": len(late), "since": late[0].isoformat(), "slots": slots},
        )
        on_record.skipped(run)
    key = f"missed {late[0].isoformat()}"
    notices.tell(watch, Notice.Kind.MISSED, key, f"Looks were missed: {what}; {done}.", run=run)
