"""When a watch is due: slots in local time, missed looks by policy, and never one doubled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.analysis.errors import WrongSettingError
from cases.models import Notice, Watch, WatchRun
from cases.services import custody, watches
from cases.services.watches import due
from cases.services.watches.slots import Slots, crontab_of
from tests.watching import quiet_watch

HOUR = timedelta(hours=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (at(2026, 1, 10, 5), at(2026, 1, 10, 5, 30)),
        (at(2026, 7, 10, 4), at(2026, 7, 10, 4, 30)),
        (at(2026, 7, 10, 4, 30), at(2026, 7, 11, 4, 30)),
    ],
)
def test_a_crontab_is_in_local_time_through_the_year(moment, slot):
    crontab = crontab_of("30 6 * * *", "Europe/Berlin")
    assert Slots(crontab, moment).after(moment) == slot


def test_a_time_that_summer_time_leaves_out_is_once_and_one_that_comes_twice_too():
    slots = Slots(crontab_of("30 2 * * *", "Europe/Berlin"), at(2026, 1, 1))
    spring = slots.between(slots.after(at(2026, 3, 28, 12)), at(2026, 3, 30, 12))
    assert spring == [at(2026, 3, 29, 1, 30), at(2026, 3, 30, 0, 30)]
    autumn = slots.between(slots.after(at(2026, 10, 24, 12)), at(2026, 10, 26, 12))
    assert autumn == [at(2026, 10, 25, 0, 30), at(2026, 10, 26, 1, 30)]


@pytest.mark.parametrize("text", ["", "30 6 * *", "99 6 * * *", "30 6 * * * *", "a b c d e"])
def test_what_is_no_crontab_is_refused_in_words(text):
    with pytest.raises(WrongSettingError, match="schedule"):
        crontab_of(text, "Europe/Berlin")


@pytest.fixture
def hourly(matter, exhibits, alice):
    return quiet_watch(matter, exhibits, by=alice, every_s=3600)


def ended(run: WatchRun) -> None:
    """End a run as a worker would."""
    WatchRun.objects.filter(pk=run.pk).update(state="done", ended_at=timezone.now())


def test_the_first_look_is_due_at_once_and_the_next_at_its_slot(hourly):
    assert due.overdue(10) == [hourly.pk]
    run = watches.look_if_due(hourly.pk)
    assert run.ordinary_course
    ended(run)
    assert watches.look_if_due(hourly.pk) is None
    hourly.refresh_from_db()
    assert hourly.next_at == hourly.opened_at + HOUR
    assert watches.look_if_due(hourly.pk, hourly.next_at).due_at == hourly.next_at


def test_looks_missed_in_a_standstill_are_made_up_for_once(hourly):
    ended(watches.look_if_due(hourly.pk))
    opened = hourly.opened_at
    run = watches.look_if_due(hourly.pk, opened + 5.5 * HOUR)
    assert run.due_at == opened + 5 * HOUR
    told = Notice.objects.get(kind=Notice.Kind.MISSED)
    assert "5 due since" in told.text
    assert "made up for" in told.text
    ended(run)
    assert watches.look_if_due(hourly.pk, opened + 5.6 * HOUR) is None
    assert hourly.runs.count() == 2


def test_looks_missed_in_a_standstill_are_left_out_where_that_is_the_policy(hourly):
    Watch.objects.filter(pk=hourly.pk).update(missed=Watch.Missed.SKIP)
    ended(watches.look_if_due(hourly.pk))
    opened = hourly.opened_at
    assert watches.look_if_due(hourly.pk, opened + 3.5 * HOUR) is None
    skipped = hourly.runs.get(state=WatchRun.State.SKIPPED)
    assert skipped.facts["missed"] == 3
    assert Notice.objects.get().kind == Notice.Kind.MISSED
    # One that is in time again is carried out, the watch being on its feet.
    run = watches.look_if_due(hourly.pk, opened + 4 * HOUR)
    assert run.due_at == opened + 4 * HOUR


@pytest.mark.parametrize("missed", [Watch.Missed.ONCE, Watch.Missed.SKIP])
def test_a_clock_that_jumps_back_doubles_no_look(hourly, missed):
    Watch.objects.filter(pk=hourly.pk).update(missed=missed)
    ended(watches.look_if_due(hourly.pk))
    opened = hourly.opened_at
    for slot in (1, 2):
        ended(watches.look_if_due(hourly.pk, opened + slot * HOUR))
    runs = hourly.runs.count()
    assert watches.look_if_due(hourly.pk, opened + 0.5 * HOUR) is None
    # A failure counts the next slot from a clock that went back by two of them.
    due.rest(hourly, opened + 0.5 * HOUR)
    for passed in (1, 2.5):
        assert watches.look_if_due(hourly.pk, opened + passed * HOUR) is None
    assert hourly.runs.count() == runs
    assert not Notice.objects.exists()
    run = watches.look_if_due(hourly.pk, opened + 3 * HOUR)
    assert (run.due_at, run.state) == (opened + 3 * HOUR, WatchRun.State.OPEN)


def test_no_look_begins_while_another_is_under_way(hourly, alice):
    first = watches.look_if_due(hourly.pk)
    assert watches.look_if_due(hourly.pk, hourly.opened_at + 2 * HOUR) is None
    assert watches.look_now(hourly, by=alice) is None
    ended(first)
    assert watches.look_if_due(hourly.pk, hourly.opened_at + 2 * HOUR) is not None


@pytest.mark.django_db(transaction=True)
def test_many_bells_at_once_enter_one_look(matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)

    def ring(_: int) -> bool:
        try:
            return watches.look_if_due(watch.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(ring, range(16)))
    assert entered.count(True) == 1
    assert watch.runs.count() == 1


def test_the_database_itself_refuses_a_doubled_run(hourly):
    run = watches.look_if_due(hourly.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        WatchRun.objects.create(
            watch=hourly, plan=run.plan, kind=run.kind, due_at=run.due_at, state="done",
            ended_at=timezone.now(),
        )  # fmt: skip


def test_a_dead_endpoint_is_asked_less_and_less_but_once_a_day(hourly):
    gaps = []
    for failures in (1, 2, 3, 6):
        hourly.failed_in_a_row = failures
        due.rest(hourly, hourly.opened_at)
        hourly.refresh_from_db()
        gaps.append((hourly.next_at - hourly.opened_at) // HOUR)
        hourly.failed_in_a_row = failures
    assert gaps == [2, 4, 8, 16]


def test_paused_watches_are_not_looked_at_and_acts_are_entered(hourly, alice):
    assert watches.pause(hourly, by=alice)
    assert not watches.pause(hourly, by=alice)
    assert watches.look_if_due(hourly.pk) is None
    assert due.overdue(10) == []
    hourly.schedule.refresh_from_db()
    assert not hourly.schedule.enabled
    assert watches.resume(hourly, by=alice)
    hourly.refresh_from_db()
    assert hourly.next_at > timezone.now()
    acts = list(hourly.matter.custody.order_by("number").values_list("act", flat=True))[-3:]
    assert acts == ["watch opened", "watch paused", "watch resumed"]
    assert custody.problems(hourly.matter) == []
