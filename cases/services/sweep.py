"""What was asked for and is not done: the sweep rings for it again."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from audit.models import Job, Source
from audit.services import collections, jobs
from cases.models import Exhibit
from cases.services import watches

# More than this at once would only fill the queue; the next sweep takes the rest.
MOST = 200


@dataclass(frozen=True, slots=True)
class Due:
    """The ids to ring for."""

    exhibits: tuple[int, ...]
    findings: tuple[int, ...]
    reports: tuple[int, ...]
    certifications: tuple[int, ...]
    bundles: tuple[int, ...]
    productions: tuple[int, ...]
    filings: tuple[int, ...]
    watches: tuple[int, ...]
    watch_runs: tuple[int, ...]
    collections: tuple[int, ...]


def due_work() -> Due:
    """Return what is overdue, oldest first, at most MOST of each."""
    return Due(
        exhibits=_undisposed(),
        findings=tuple(jobs.to_ring(Job.Kind.AUDIT, MOST)),
        reports=tuple(jobs.to_ring(Job.Kind.PRINT, MOST)),
        certifications=tuple(jobs.to_ring(Job.Kind.CERTIFY, MOST)),
        bundles=tuple(jobs.to_ring(Job.Kind.BUNDLE, MOST)),
        productions=tuple(jobs.to_ring(Job.Kind.PRODUCE, MOST)),
        filings=tuple(jobs.to_ring(Job.Kind.FINALISE, MOST)),
        watches=tuple(watches.overdue(MOST)),
        watch_runs=_steps(),
        collections=tuple(collections.due(MOST)),
    )


def _steps() -> tuple[int, ...]:
    """Return the runs of watches that can be taken on, and those whose job was left open.

    Whoever is at one already goes on alone.
    """
    steps = watches.ready().order_by("pk").values_list("pk", flat=True)[:MOST]
    return tuple(dict.fromkeys([*steps, *jobs.to_ring(Job.Kind.WATCH, MOST)]))


def _undisposed() -> tuple[int, ...]:
    """Return the exhibits whose reading has not come into custody though it was time for it.

    One whose reading failed for want of its bytes waits until these are handed in again. One
    that was read by an earlier version, which made no trees, is due as well.
    """
    unread = jobs.to_ring(Job.Kind.READ, MOST)
    is_waiting = Q(disposed_at__isnull=True) & (
        ~Q(source__state=Source.State.RECEIVED) | Q(source__in=unread)
    )
    has_no_tree = Q(source__state=Source.State.READ, tree__isnull=True, erasure__isnull=True)
    waiting = Exhibit.objects.filter(
        is_waiting | has_no_tree, received_at__lt=timezone.now() - jobs.PATIENCE
    )
    return tuple(waiting.order_by("pk").values_list("pk", flat=True)[:MOST])
