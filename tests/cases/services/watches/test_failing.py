"""Runs that fail, wholly or in part: what is told and kept, and what still carries an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Job
from audit.services import jobs
from cases import samples
from cases.models import Notice, WatchRun
from cases.services import custody, watches
from cases.services.sweep import due_work
from tests.watching import (
    answers_of,
    carried_out,
    look,
    matter_with_exhibits,
    opened,
)

pytestmark = pytest.mark.django_db(transaction=True)
HONEST = answers_of(samples.HONEST)
PROMPTS = list(HONEST)


@pytest.fixture
def matter_and_exhibits(alice):
    return matter_with_exhibits(alice)


@pytest.fixture
def watch(alice, line, matter_and_exhibits):
    return opened(*matter_and_exhibits, line, by=alice)


def test_a_dead_endpoint_is_told_of_once_and_left_alone_for_longer(watch, line):
    line.stop()
    gaps = []
    for _ in range(3):
        run = look(watch)
        assert run.state == WatchRun.State.FAILED
        watch.refresh_from_db()
        gaps.append(watch.next_at)
    assert "No sentinel prompt was answered" in run.problem
    assert "ConnectError" in run.problem
    assert watch.failed_in_a_row == 3
    assert sorted(gaps) == gaps
    assert gaps[0] < gaps[2]
    assert [one.kind for one in Notice.objects.all()] == [Notice.Kind.FAILURE]
    line.release(answers=HONEST)
    assert look(watch).state == WatchRun.State.DONE
    watch.refresh_from_db()
    assert watch.failed_in_a_row == 0
    line.stop()
    look(watch)
    assert Notice.objects.count() == 2, "it is another event"
    assert custody.problems(watch.matter) == []


def test_an_endpoint_that_is_back_is_looked_at_by_itself_at_every_slot(watch, line):
    line.stop()
    assert look(watch).state == WatchRun.State.FAILED
    watch.refresh_from_db()
    rested = watch.next_at
    line.release(answers=HONEST)
    assert watches.look_if_due(watch.pk, rested - timedelta(seconds=1)) is None
    run = carried_out(watches.look_if_due(watch.pk, rested))
    assert (run.state, run.due_at) == (WatchRun.State.DONE, rested)
    watch.refresh_from_db()
    assert watch.next_at - rested == timedelta(hours=1)


def test_a_step_is_closed_of_which_only_the_end_of_its_job_was_lost(watch):
    run = look(watch)
    job = Job.objects.filter(kind=Job.Kind.WATCH, subject=run.pk)
    job.update(state=Job.State.RUNNING, finished_at=None, touched_at=timezone.now())
    assert run.pk not in due_work().watch_runs
    job.update(touched_at=timezone.now() - 2 * jobs.LEASE)
    assert run.pk in due_work().watch_runs
    watches.take_on(run.pk)
    assert job.get().state == Job.State.DONE
    assert run.pk not in due_work().watch_runs


def test_a_kill_between_a_sealed_plan_and_its_entry_loses_neither(watch, monkeypatch):
    record = custody.record

    def killed(matter, act, *rest, **more):
        if act == "watch audits":
            raise KeyboardInterrupt
        return record(matter, act, *rest, **more)

    look(watch)
    audit = watch.runs.get(kind=WatchRun.Kind.AUDIT)
    with monkeypatch.context() as kill:
        kill.setattr(custody, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            carried_out(audit)
    audit.refresh_from_db()
    assert audit.finding is None
    assert carried_out(audit).finding == watch.matter.findings.get()
    assert watch.matter.custody.filter(act="watch audits").count() == 1


def test_a_look_that_partly_fails_says_what_is_missing_and_still_tells(watch, line):
    sentinels = watch.plans.get().plan["design"]["sentinels"]
    look(watch)
    line.release(answers=HONEST, faults=[{"do": "500", "prompt": sentinels[0], "times": 100}])
    run = look(watch)
    assert run.state == WatchRun.State.DONE
    assert run.facts["missing"] == [sentinels[0][:200]]
    assert run.p_value == 1.0
    assert watch.releases.count() == 1


def test_an_audit_with_too_few_answers_says_which_are_missing_and_carries_none(watch, line):
    look(watch)
    faults = [{"do": "400", "prompt": one, "times": 100} for one in PROMPTS[:35:2]]
    faults += [{"do": "refuse", "prompt": one, "times": 100} for one in PROMPTS[1:35:2]]
    line.release(answers=HONEST, faults=faults)
    audit = carried_out(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert audit.state == WatchRun.State.FAILED
    assert audit.facts["missing_count"] > 0
    assert "prompts" in audit.problem
    assert audit.finding is None
    assert audit.exhibit is not None, "what was answered is kept"


def test_an_audit_with_some_missing_still_seals_a_plan_over_the_rest(watch, line):
    look(watch)
    faults = [{"do": "400", "prompt": one, "times": 100} for one in PROMPTS[:5]]
    line.release(answers=HONEST, faults=faults)
    audit = carried_out(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert audit.facts["missing_count"] == 5
    assert audit.facts["missing"] == [one[:200] for one in PROMPTS[:5]]
    assert audit.finding is not None
    assert audit.ordinary_course is False, "a person asked for the look that led to it"


def test_an_audit_gets_every_answer_of_a_provider_that_misbehaves(watch, line):
    look(watch)
    kinds = ("429", "500", "cut", "malformed", "silent")
    faults = [{"do": do, "prompt": one} for do, one in zip(kinds, PROMPTS[:5], strict=True)]
    faults.append({"do": "429", "prompt": PROMPTS[5], "until_s": 1})
    line.release(answers=HONEST, faults=faults)
    audit = carried_out(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    failed = audit.collection.calls.filter(state="failed").values_list("problem", flat=True)
    assert len(failed) == 6
    assert sum("429" in one for one in failed) == 2
    assert audit.facts["missing_count"] == 0
    assert audit.finding is not None


def test_a_run_in_which_two_models_answered_says_so(watch, line):
    assert look(watch).facts["one_model"] is True
    line.release(answers=HONEST, swapped=HONEST, swap_after=30, swapped_name="suspect-1-b")
    audit = carried_out(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert audit.facts["one_model"] is False
    assert set(audit.facts["served"]) == {"suspect-1", "suspect-1-b"}
    line.release(answers=HONEST, fingerprints=["fp_1", "fp_7"])
    run = look(watch)
    assert run.facts["one_model"] is False
    assert set(run.facts["fingerprints"]) == {"fp_1", "fp_7"}
    assert watch.releases.count() == 1


def test_a_budget_ends_a_run_and_is_told_of(alice, line, matter_and_exhibits):
    watch = opened(*matter_and_exhibits, line, by=alice)
    # As if answers had taken more than their plan allows: no watch is opened with less than a run.
    plan = watch.plans.get().plan
    plan["design"]["limits"]["tokens"] = 3000
    watch.plans.create(version=2, plan=plan, digest="d" * 64, why="less", sealed_by=alice)
    run = look(watch)
    assert run.tokens <= 3000
    assert Notice.Kind.BUDGET in Notice.objects.values_list("kind", flat=True)


def test_an_audit_waits_for_the_pins_it_was_planned_with(watch, monkeypatch):
    look(watch)
    now = watches.auditing.pins()
    monkeypatch.setattr(watches.auditing, "pins", lambda: replace(now, software="9.9.9"))
    audit = carried_out(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert audit.state == WatchRun.State.FAILED
    assert "change the plan of the watch" in audit.problem
    assert audit.collection is None, "nothing was asked, nothing was spent"


def test_a_plan_is_renewed_for_another_method_and_says_why(watch, alice, monkeypatch):
    with pytest.raises(watches.WatchRefusedError, match="already"):
        watches.renew(watch, "the site was updated", by=alice)
    monkeypatch.setattr(watches.asking, "VERSION", "9.9.9")
    assert not watches.is_pinned(watch.plans.get())
    with pytest.raises(watches.WatchRefusedError, match="Say why"):
        watches.renew(watch, " ", by=alice)
    plan = watches.renew(watch, "the site was updated", by=alice)
    assert (plan.version, plan.why) == (2, "the site was updated")
    assert watches.is_pinned(plan)
    assert watch.matter.custody.order_by("-number").first().act == "watch changed"
