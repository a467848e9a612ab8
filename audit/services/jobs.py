"""Work in the background, as rows: asked for once, claimed by one worker, rung again if lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.models import Job

# A running job that has shown no sign of life for this long is taken to be lost.
LEASE = timedelta(seconds=60)
# A waiting job is rung again after this long, in case the broker lost the bell.
PATIENCE = timedelta(seconds=30)
OPEN = (Job.State.WAITING, Job.State.RUNNING)


def ask(kind: Job.Kind, subject: int) -> Job:
    """Return the job of this kind on this subject; a failed one is opened again."""
    job, new = Job.objects.get_or_create(kind=kind, subject=subject)
    if not new:
        Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
            state=Job.State.WAITING, error="", finished_at=None, touched_at=timezone.now()
        )
        job.refresh_from_db()
    return job


def claim(kind: Job.Kind, subject: int) -> Job | None:
    """Return the job if it is now this caller's, or None if it is done or another's."""
    lost = timezone.now() - LEASE
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, touched_at__lt=lost)
    claimed = Job.objects.filter(free, kind=kind, subject=subject).update(
        state=Job.State.RUNNING, touched_at=timezone.now(), attempts=F("attempts") + 1
    )
    return Job.objects.get(kind=kind, subject=subject) if claimed else None


def progress(job: Job, done: int, total: int) -> None:
    """Show how far a job is, which is also its sign of life."""
    Job.objects.filter(pk=job.pk).update(done=done, total=total, touched_at=timezone.now())


def finish(job: Job) -> None:
    """Close a job as done."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, error="", touched_at=now, finished_at=now
    )


def fail(job: Job, error: str) -> None:
    """Close a job as failed, with the reason in words."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.FAILED, error=error, touched_at=now, finished_at=now
    )


def release(job: Job) -> None:
    """Give a claimed job back, to be rung again."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
        state=Job.State.WAITING, touched_at=timezone.now()
    )


@contextmanager
def carried_out(job: Job) -> Iterator[None]:
    """Finish the job if the block ends well; fail it on an error that we raised ourselves.

    Any other error gives the job back and goes on to the caller, whose task is then retried.
    """
    try:
        yield
    except TouchstoneError as error:
        fail(job, str(error))
    except BaseException:
        release(job)
        raise
    else:
        finish(job)


def overdue() -> QuerySet[Job]:
    """Return the open jobs whose bell or worker seems to be lost, longest waiting first."""
    now = timezone.now()
    return Job.objects.filter(
        Q(state=Job.State.WAITING, touched_at__lt=now - PATIENCE)
        | Q(state=Job.State.RUNNING, touched_at__lt=now - LEASE)
    ).order_by("touched_at")[:500]
