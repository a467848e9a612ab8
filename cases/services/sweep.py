"""What was asked for and is not done: the sweep rings for it again."""

from dataclasses import dataclass

from django.utils import timezone

from audit.models import Job
from audit.services import jobs
from cases.models import Exhibit

# More than this at once would only fill the queue; the next sweep takes the rest.
MOST = 200


@dataclass(frozen=True, slots=True)
class Due:
    """The ids to ring for."""

    exhibits: tuple[int, ...]
    findings: tuple[int, ...]
    reports: tuple[int, ...]


def due_work() -> Due:
    """Return what is overdue, oldest first, at most MOST of each."""
    overdue = list(jobs.overdue())
    return Due(
        exhibits=_undisposed(),
        findings=tuple(job.subject for job in overdue if job.kind == Job.Kind.AUDIT)[:MOST],
        reports=tuple(job.subject for job in overdue if job.kind == Job.Kind.PRINT)[:MOST],
    )


def _undisposed() -> tuple[int, ...]:
    """Return the exhibits whose reading has not come into custody though it was time for it."""
    waiting = Exhibit.objects.filter(
        disposed_at__isnull=True, received_at__lt=timezone.now() - jobs.PATIENCE
    )
    return tuple(waiting.order_by("pk").values_list("pk", flat=True)[:MOST])
