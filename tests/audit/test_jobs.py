import time
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Job
from audit.services import jobs

pytestmark = pytest.mark.django_db
READ, AUDIT = Job.Kind.READ, Job.Kind.AUDIT


def state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def lose(job: Job) -> None:
    """Let the job look as if its worker had died."""
    Job.objects.filter(pk=job.pk).update(touched_at=timezone.now() - 2 * jobs.LEASE)


def test_a_worker_that_was_taken_for_lost_cannot_close_what_is_anothers():
    jobs.ask(AUDIT, 1)
    slow = jobs.claim(AUDIT, 1)
    lose(slow)
    quick = jobs.claim(AUDIT, 1)
    jobs.release(slow)
    jobs.fail(slow, "too late")
    jobs.progress(slow, 7, 9)
    assert state(quick) == Job.State.RUNNING
    jobs.finish(quick)
    jobs.fail(slow, "too late")
    assert state(quick) == Job.State.DONE
    assert Job.objects.get().done == 0


def test_a_job_that_never_comes_to_an_end_fails_in_words_and_can_be_asked_again():
    job = jobs.ask(READ, 1)
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(READ, 1) is not None
        lose(job)
    assert jobs.claim(READ, 1) is None
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "begun 10 times" in job.error
    assert jobs.ask(READ, 1).state == Job.State.WAITING
    assert jobs.claim(READ, 1) is not None


def test_many_that_cannot_go_on_hide_no_other():
    old = timezone.now() - timedelta(hours=1)
    Job.objects.bulk_create(Job(kind=AUDIT, subject=n, touched_at=old) for n in range(1, 31))
    Job.objects.bulk_create(Job(kind=READ, subject=n, touched_at=old) for n in range(1, 31))
    found = [jobs.to_ring(AUDIT, 10) for _ in range(4)]
    assert sorted(found[0] + found[1] + found[2]) == list(range(1, 31))
    assert found[3] == []


def test_a_lost_job_is_rung_and_can_then_be_claimed():
    jobs.ask(AUDIT, 1)
    lose(jobs.claim(AUDIT, 1))
    assert jobs.to_ring(AUDIT, 10) == [1]
    assert jobs.claim(AUDIT, 1) is not None


@pytest.mark.django_db(transaction=True)
def test_work_that_is_long_silent_keeps_its_claim(monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", timedelta(seconds=0.05))
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1.5))
    jobs.ask(AUDIT, 1)
    with jobs.carried_out(jobs.claim(AUDIT, 1)):
        time.sleep(2)
        assert jobs.to_ring(AUDIT, 10) == []
        assert jobs.claim(AUDIT, 1) is None
    assert Job.objects.get().state == Job.State.DONE
