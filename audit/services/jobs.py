"""Work in the background, as rows: asked for once, claimed by one worker, rung again if lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from threading import Event, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.models import Job

# A running job that has shown no sign of life for this long is taken to be lost.
LEASE = timedelta(seconds=settings.LOST_AFTER)
# How often a running job shows one, whatever its work is busy with.
BEAT = LEASE / 4
# A waiting job is rung again after this long, in case the broker lost the bell.
PATIENCE = LEASE / 2
# A job that ended its worker, or an error of ours, as often as this is not begun again.
MOST_ATTEMPTS = 10
# Is told in words, in the transaction of the failure itself, why a job has failed.
Told = Callable[[str], None]
Step = Callable[[], None]


def ask(kind: Job.Kind, subject: int) -> Job:
    """Return the job of this kind on this subject; a failed one is opened again."""
    return _opened(kind, subject, [Job.State.FAILED])


def ask_again(kind: Job.Kind, subject: int) -> Job:
    """Return the job of this kind on this subject; one that is done is opened again too."""
    return _opened(kind, subject, [Job.State.FAILED, Job.State.DONE])


def _opened(kind: Job.Kind, subject: int, states: list[Job.State]) -> Job:
    job, new = Job.objects.get_or_create(kind=kind, subject=subject)
    if not new:
        Job.objects.filter(pk=job.pk, state__in=states).update(
            state=Job.State.WAITING,
            error="",
            attempts=0,
            finished_at=None,
            touched_at=timezone.now(),
        )
        job.refresh_from_db()
    return job


def claim(kind: Job.Kind, subject: int, told: Told | None = None) -> Job | None:
    """Return the job if it is now this caller's, or None if it is done or another's.

    A job that was begun too often is failed instead, and whoever wants to be told is.
    """
    lost = timezone.now() - LEASE
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, touched_at__lt=lost)
    claimed = Job.objects.filter(free, kind=kind, subject=subject).update(
        state=Job.State.RUNNING, touched_at=timezone.now(), attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    job = Job.objects.get(kind=kind, subject=subject)
    if job.attempts <= MOST_ATTEMPTS:
        return job
    why = f"It was begun {MOST_ATTEMPTS} times and never came to an end: see the worker's log."
    fail(job, why, told)
    return None


def _claimed(job: Job) -> QuerySet[Job]:
    """Return the row of a job while its claim stands: each new claim counts one attempt more.

    A worker that was taken for lost and lives on changes nothing of what is another's by now.
    """
    return Job.objects.filter(pk=job.pk, attempts=job.attempts)


def progress(job: Job, done: int, total: int) -> None:
    """Show how far a job is, which is also its sign of life."""
    _claimed(job).update(done=done, total=total, touched_at=timezone.now())


def finish(job: Job) -> None:
    """Close a job as done."""
    now = timezone.now()
    _claimed(job).update(state=Job.State.DONE, error="", touched_at=now, finished_at=now)


@transaction.atomic
def fail(job: Job, error: str, told: Told | None = None) -> None:
    """Close a job as failed, with the reason in words."""
    now = timezone.now()
    failed = {"state": Job.State.FAILED, "error": error, "touched_at": now, "finished_at": now}
    if _claimed(job).update(**failed) and told is not None:
        told(error)


def close_lost(kind: Job.Kind, subject: int) -> None:
    """Close as done a job of which nothing is left to do, if its process seems to be lost."""
    now = timezone.now()
    lost = Job.objects.filter(
        kind=kind, subject=subject, state=Job.State.RUNNING, touched_at__lt=now - LEASE
    )
    lost.update(state=Job.State.DONE, error="", touched_at=now, finished_at=now)


def release(job: Job) -> None:
    """Give a claimed job back, to be rung again."""
    _claimed(job).filter(state=Job.State.RUNNING).update(
        state=Job.State.WAITING, touched_at=timezone.now()
    )


@contextmanager
def carried_out(job: Job, told: Told | None = None) -> Iterator[None]:
    """Do as `held` does, for a task: the row says in words what failed, and nobody waits for it.

    An error that is not ours goes on to the caller, whose task is then retried.
    """
    with suppress(TouchstoneError), held(job, told):
        yield


@contextmanager
def held(job: Job, told: Told | None = None) -> Iterator[None]:
    """Finish the job if the block ends well; fail it on an error that we raised ourselves.

    Any other error gives the job back. Every error goes on to the caller.
    """
    try:
        with alive(job):
            yield
    except TouchstoneError as error:
        fail(job, str(error), told)
        raise
    except BaseException:
        release(job)
        raise
    else:
        finish(job)


@contextmanager
def shown(job: Job, steps: int) -> Iterator[Step]:
    """Give a function to be called at each step that is done, of so many.

    It tells by a connection of its own, so that it is seen while the work is in a transaction.
    """
    done = count(1)
    with ThreadPoolExecutor(1) as other:
        try:
            yield lambda: other.submit(progress, job, next(done), steps).result()
        finally:
            other.submit(connections.close_all).result()


@contextmanager
def alive(job: Job) -> Iterator[None]:
    """Show a sign of life from a thread: one step of the work may take longer than the lease."""
    ended = Event()
    heart = Thread(target=_beat, args=(job, ended), daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()


def _beat(job: Job, ended: Event) -> None:
    while not ended.wait(BEAT.total_seconds()):
        # A database that is being restarted is back at one of the next beats.
        with suppress(OperationalError, InterfaceError):
            connection.close_if_unusable_or_obsolete()
            _claimed(job).filter(state=Job.State.RUNNING).update(touched_at=timezone.now())
    connection.close()


def to_ring(kind: Job.Kind, most: int) -> list[int]:
    """Return the subjects whose bell or worker seems to be lost, longest waiting first.

    Those that wait go to the end of the queue, so that many that cannot go on hide no other.
    """
    now = timezone.now()
    due = Job.objects.filter(
        Q(state=Job.State.WAITING, touched_at__lt=now - PATIENCE)
        | Q(state=Job.State.RUNNING, touched_at__lt=now - LEASE),
        kind=kind,
    )
    found = dict(due.order_by("touched_at").values_list("pk", "subject")[:most])
    # A running job is claimed by its age, which must stay.
    Job.objects.filter(pk__in=found, state=Job.State.WAITING).update(touched_at=now)
    return list(found.values())
