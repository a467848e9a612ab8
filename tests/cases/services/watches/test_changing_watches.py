"""A watch after its opening: other times, another plan, releases that a person enters, its end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.analysis.errors import InsufficientDataError, TouchstoneError, WrongSettingError
from audit.collect.pacing import Prices
from audit.collect.plan import Limits
from audit.models import Endpoint
from cases.models import Exhibit, Notice, Release, Watch, WatchRun
from cases.services import custody, watches
from cases.services.watches import Announced, Asked, Timing
from cases.services.watches.design import Design
from tests.cast import PROMPTS
from tests.provider import MODEL
from tests.watching import quiet_watch

SEEN = Announced(MODEL, date(2026, 3, 1), "the provider's page of changes")


@pytest.fixture
def watch(matter, exhibits, alice):
    return quiet_watch(matter, exhibits, by=alice, crontab="30 6 * * *", line="suspect")


def asked(watch, exhibits, **other):
    """What the plan of a watch asks for, with other settings."""
    chosen = [one for one in exhibits if one.role != Exhibit.Role.SUSPECT]
    endpoint = watches.endpoint_of(watches.current_plan(watch))
    return Asked(endpoint, chosen, line="suspect", **other)


def last_entry(watch):
    return watch.matter.custody.order_by("-number").first()


def test_other_times_are_no_other_plan_and_are_entered(watch, alice):
    first = watches.look_if_due(watch.pk)
    WatchRun.objects.filter(pk=first.pk).update(state="done", ended_at=timezone.now())
    assert watches.retime(watch, Timing("Asia/Tokyo", every_s=7200, missed="skip"), by=alice)
    assert watch.next_at - timezone.now() <= timedelta(hours=2)
    assert watch.missed == Watch.Missed.SKIP
    assert watch.plans.count() == 1
    entry = last_entry(watch)
    assert entry.act == "watch retimed"
    assert entry.facts["schedule_before"] == "30 6 * * * in Europe/Berlin"
    assert entry.facts["schedule"] == "every 2:00:00"
    assert watches.retime(watch, Timing("Asia/Tokyo", "0 12 * * *"), by=alice)
    assert watch.next_at.astimezone(ZoneInfo("Asia/Tokyo")).hour == 12
    entries = watch.matter.custody.count()
    assert not watches.retime(watch, Timing("Asia/Tokyo", "0 12 * * *"), by=alice)
    assert watch.matter.custody.count() == entries
    assert custody.problems(watch.matter) == []


def test_a_look_that_is_due_stays_due_when_the_times_change(watch, alice):
    before = watch.next_at
    watches.retime(watch, Timing("UTC", "0 0 1 1 *"), by=alice)
    assert watch.next_at == before
    assert watches.look_if_due(watch.pk) is not None


@pytest.mark.parametrize(
    "timing",
    [
        Timing("UTC", "0 0 31 2 *"),
        Timing("UTC", "0 0 31 4,6,9,11 *"),
        Timing("UTC"),
        Timing("UTC", "0 0 * * *", every_s=60),
        Timing("Mars/Olympus", "0 0 * * *"),
    ],
)
def test_times_that_never_come_are_refused_and_leave_all_as_it_was(watch, alice, timing):
    with pytest.raises(WrongSettingError):
        watches.retime(watch, timing, by=alice)
    watch.refresh_from_db()
    assert watches.schedule_in_words(watch) == "30 6 * * * in Europe/Berlin"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", ["0", "1", "2"])
def test_every_local_day_of_a_year_is_looked_at_exactly_once(zone, hour):
    slots = Timing(zone, f"30 {hour} * * *").slots(datetime(2026, 1, 1, tzinfo=UTC))
    at = slots.after(datetime(2026, 1, 1, 12, tzinfo=UTC))
    days = []
    while at < datetime(2027, 1, 1, 12, tzinfo=UTC):
        days.append(at.astimezone(ZoneInfo(zone)).date())
        at = slots.after(at)
    assert len(days) == 365
    assert len(set(days)) == 365


@pytest.mark.parametrize(
    ("night", "shown"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), "2026-03-29 03:30:00+02:00 Europe/Berlin"),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), "2026-10-25 02:30:00+02:00 Europe/Berlin"),
    ],
)
def test_bells_all_through_a_night_of_another_hour_make_one_look(watch, alice, night, shown):
    watches.retime(watch, Timing("Europe/Berlin", "30 2 * * *"), by=alice)
    slot = Timing("Europe/Berlin", "30 2 * * *").slots(night).after(night)
    Watch.objects.filter(pk=watch.pk).update(next_at=slot)
    watch.refresh_from_db()
    assert watches.next_looks(watch)[0] == shown
    runs = []
    for quarter in range(4 * 24):
        run = watches.look_if_due(watch.pk, night + quarter * timedelta(minutes=15))
        if run is not None:
            runs.append(run)
            WatchRun.objects.filter(pk=run.pk).update(state="done", ended_at=timezone.now())
    assert [run.due_at for run in runs] == [slot]


def test_the_next_three_looks_are_told_and_none_of_a_watch_that_is_paused(watch, alice):
    looks = watches.next_looks(watch)
    assert len(looks) == 3
    assert all("06:30:00+" in one for one in looks[1:])
    watches.pause(watch, by=alice)
    watch.refresh_from_db()
    assert watches.next_looks(watch) == []


def test_another_plan_says_why_what_differs_and_what_it_means(watch, exhibits, alice):
    before = watch.plans.get().plan
    extra = next(one for one in exhibits if one.role == Exhibit.Role.TEACHER)
    fewer = [one for one in exhibits if one not in (extra, exhibits[0])]
    changed = replace(
        asked(watch, fewer, threshold=25.0, repeats=4, drawn=10), prompts=PROMPTS[:33]
    )
    plan = watches.change(watch, changed, "a teacher fell away", by=alice)
    assert plan.version == 2
    assert last_entry(watch).facts["why"] == "a teacher fell away"
    told = watches.differences(before, plan.plan)
    assert "Likelihood ratio that is told of: 25; before: 10" in told
    assert "Answers to each sentinel prompt: 4; before: 3" in told
    assert f"Teachers and controls: {extra.label} taken out" in told
    assert "Prompts of an audit: 33, before 36: 3 taken out" in told
    assert any(one.startswith("Sentinel prompts: 10, before 12: ") for one in told)
    assert len(told) == 5
    roles = {one.label: one.role for one in exhibits}
    meant = " ".join(watches.meaning(before, plan.plan, roles))
    assert "goes on, over the 33 prompts that both versions put" in meant
    assert f"The series of {extra.label} ends here." in meant


@pytest.mark.parametrize(
    ("why", "said"), [(" ", "Say why the plan"), ("the same again", "Nothing is another")]
)
def test_a_change_without_a_reason_or_without_a_change_is_refused(
    watch, exhibits, alice, why, said
):
    with pytest.raises(watches.WatchRefusedError, match=said):
        watches.change(watch, asked(watch, exhibits), why, by=alice)
    assert watch.plans.count() == 1


def test_other_controls_and_other_sampling_part_the_series(watch, exhibits):
    before = watch.plans.get().plan
    design = Design.from_dict(before["design"])
    roles = {one.label: one.role for one in exhibits}
    others = replace(
        design,
        exhibits=design.exhibits[:-1],
        sampling=replace(design.sampling, system="Be brief."),
    )
    meant = " ".join(watches.meaning(before, before | {"design": others.as_dict()}, roles))
    assert "because the controls are others and the questions are put in another way" in meant
    told = watches.differences(before, before | {"design": others.as_dict()})
    assert "System prompt: Be brief.; before: none" in told


def test_other_prices_hold_for_every_model_of_the_line_and_are_a_version(watch, exhibits, alice):
    watches.enter_release(watch, replace(SEEN, model="suspect-next"), by=alice)
    watches.price(watch, Prices(5, 7), "EUR")
    assert set(Endpoint.objects.values_list("price_in", "price_out")) == {(5, 7)}
    first = watch.plans.get()
    asking = asked(watch, exhibits)
    plan = watches.change(watch, asking, "the provider raised its prices", by=alice)
    (told,) = watches.differences(first.plan, plan.plan)
    assert told.startswith("Prices of a million tokens: 0.000005 EUR in, 0.000007 EUR out; b")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(tokens=5000), "5,000 tokens, and an audit may take"),
        (Limits(money=0), "0.00 EUR, and an audit may take 0.000001 EUR"),
    ],
)
def test_a_budget_that_might_not_carry_an_audit_is_refused(watch, exhibits, alice, limits, said):
    with pytest.raises(WrongSettingError, match=said):
        watches.change(watch, asked(watch, exhibits, limits=limits), "less", by=alice)
    assert watch.plans.count() == 1


def test_what_a_watch_takes_is_told_before_it_is_opened(watch, exhibits):
    design = watches.designed(asked(watch, exhibits))
    endpoint, now = Endpoint.objects.get(), datetime(2026, 1, 1, tzinfo=UTC)
    found = watches.takes(design, endpoint, Timing("UTC", "0 0 * * *"), now)
    assert (found.audit.calls, found.first_look.calls, found.look.calls) == (36, 108, 72)
    assert (found.looks, found.warning) == (30, "")
    assert found.month.calls == 30 * 72
    assert "Audit of a release: 36 calls" in found.lines()[2]
    often = watches.takes(design, endpoint, Timing("UTC", "* * * * *"), now)
    assert often.looks == pytest.approx(43_200, rel=0.01)
    assert "Two looks are 0:01:00 apart at the shortest, and a look takes 0:01:11" in often.warning


def test_own_prompts_are_those_that_the_files_answer_or_are_refused(watch, exhibits):
    design = watches.designed(
        asked(watch, exhibits, prompts=PROMPTS[:31], sentinels=("A?", "B?"), repeats=6)
    )
    assert (design.prompts, design.sentinels) == (PROMPTS[:31], ("A?", "B?"))
    strange = tuple(f"Never asked, number {number}?" for number in range(40))
    with pytest.raises(InsufficientDataError, match=r"Of these 42 prompts every .* answers 2"):
        watches.designed(asked(watch, exhibits, prompts=(*PROMPTS[:2], *strange)))
    prompts, named = watches.of_battery(40, "en", 1)
    assert len(prompts) == 40
    assert named.startswith("battery version 1, digest ")


def test_a_release_that_a_person_enters_is_audited_once_and_not_as_ordinary_course(watch, alice):
    run = watches.enter_release(watch, SEEN, by=alice)
    assert watches.enter_release(watch, SEEN, by=alice) == run
    release = watch.releases.get()
    assert (release.noticed_by, release.announced_on) == (Release.By.PERSON, SEEN.on)
    assert run.release == release
    assert not run.ordinary_course
    assert watch.runs.count() == 1
    assert "as seen at the provider's page of changes" in release.why
    assert watch.matter.custody.filter(act="release entered").count() == 1
    assert Notice.objects.get().kind == Notice.Kind.CHANGE
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            watch=watch, number=2, endpoint=release.endpoint, noticed_by="person",
            announced_on=SEEN.on, why="again",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("announced", "said"),
    [
        (replace(SEEN, on=date(2999, 1, 1)), "a day to come"),
        (replace(SEEN, where=" "), "where the announcement was seen"),
        (replace(SEEN, model="another"), "names begin with suspect. For another open another"),
    ],
)
def test_a_release_that_cannot_be_entered_is_refused(watch, alice, announced, said):
    with pytest.raises(watches.WatchRefusedError, match=said):
        watches.enter_release(watch, announced, by=alice)
    assert not watch.releases.exists()


def test_no_release_is_entered_while_a_look_may_notice_it(watch, alice):
    watches.look_now(watch, by=alice)
    with pytest.raises(watches.WatchRefusedError, match="may notice the release by itself"):
        watches.enter_release(watch, SEEN, by=alice)
    assert not watch.releases.exists()


def test_a_watch_that_is_closed_does_nothing_more_and_stays_closed(watch, exhibits, alice):
    run = watches.enter_release(watch, SEEN, by=alice)
    with pytest.raises(watches.WatchRefusedError, match="Say why"):
        watches.close(watch, "", by=alice)
    assert watches.close(watch, "the case is settled", by=alice)
    assert not watches.close(watch, "again", by=alice)
    watch.refresh_from_db()
    assert not watch.schedule.enabled
    assert last_entry(watch).facts["reason"] == "the case is settled"
    assert watches.look_if_due(watch.pk) is None
    assert not watches.resume(watch, by=alice)
    assert not watches.pause(watch, by=alice)
    for act in (
        lambda: watches.look_now(watch, by=alice),
        lambda: watches.retime(watch, Timing("UTC", "0 0 * * *"), by=alice),
        lambda: watches.change(watch, asked(watch, exhibits, repeats=5), "why", by=alice),
        lambda: watches.renew(watch, "why", by=alice),
        lambda: watches.tell_where(watch, watches.Telling(), by=alice),
        lambda: watches.audit_again(run.release, by=alice),
        lambda: watches.enter_release(watch, replace(SEEN, on=date(2026, 4, 1)), by=alice),
    ):
        with pytest.raises(TouchstoneError, match="closed for good"):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.filter(pk=watch.pk).update(state="active")
    run.refresh_from_db()
    assert run.state == WatchRun.State.OPEN, "what is under way comes to its end"
