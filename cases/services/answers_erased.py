"""Erasure of what collections hold: the raw calls behind an exhibit, and the looks of a watch.

Calls behind an exhibit go with its file, by the same rules. With the exhibit of an audit go the
answers of the looks at the same release too: the same model gave them to some of the same prompts.
What remains of a call are its digests, times and charges, and of a look its p-value and statistic.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.models import Collection, Source
from audit.services.collections.forgetting import forget
from audit.services.sources import store
from cases.models import AnswersErasure, Exhibit, Hold, WatchRun
from cases.services import custody

State = WatchRun.State


def looks_with(exhibit: Exhibit) -> QuerySet[WatchRun]:
    """Return the runs whose answers go with an exhibit: of its release, and no exhibit themselves.

    A run that failed before its release was known counts by the model that it asked. An exhibit
    that no audit of a watch handed in has none.
    """
    audit = WatchRun.objects.filter(exhibit=exhibit).select_related("release").first()
    if audit is None or audit.release is None:
        return WatchRun.objects.none()
    asked = Q(release__isnull=True, collection__endpoint=audit.release.endpoint_id)
    runs = WatchRun.objects.filter(asked | Q(release=audit.release), watch=audit.watch_id)
    kept = runs.filter(exhibit__isnull=True, collection__isnull=False)
    return kept.filter(collection__erased_at__isnull=True)


def under_way(exhibit: Exhibit) -> WatchRun | None:
    """Return a run that still needs what goes with an exhibit, if there is one."""
    audit = WatchRun.objects.filter(exhibit=exhibit).first()
    if audit is None:
        return None
    return WatchRun.objects.filter(watch=audit.watch_id, state=State.OPEN).first()


def collections_of(exhibit: Exhibit) -> QuerySet[Collection]:
    """Return what was asked to make the file of an exhibit."""
    return Collection.objects.filter(capture_sha256=exhibit.source.sha256)


def erase_with(exhibit: Exhibit, reason: str, *, by: User) -> None:
    """Enter that the answers of looks go with an exhibit, in the transaction of its erasure."""
    _enter(list(looks_with(exhibit).select_related("watch__matter", "collection")), reason, by=by)


def _enter(runs: list[WatchRun], reason: str, *, by: User) -> None:
    """Enter the erasure of what runs were answered, an entry for each watch."""
    for watch in {one.watch for one in runs}:
        own = [one for one in runs if one.watch_id == watch.pk]
        new = [
            one
            for one in own
            if AnswersErasure.objects.get_or_create(
                run=one, defaults={"reason": reason, "by": by}
            )[1]
        ]
        if new:
            captures = sorted(one.collection.capture_sha256 for one in new if one.collection)
            facts: dict[str, Any] = {"watch": watch.number, "runs": len(new), "reason": reason}
            custody.record(watch.matter, "answers erased", facts | {"captures": captures}, by=by)


def due() -> QuerySet[Collection]:
    """Return what is covered by an erasure and still there."""
    exhibits = Exhibit.objects.filter(source__sha256=OuterRef("capture_sha256"))
    standing = exhibits.filter(erasure__isnull=True)
    erased = exhibits.filter(erasure__isnull=False)
    covered = AnswersErasure.objects.filter(run__collection=OuterRef("pk"))
    ended = Collection.objects.filter(state__in=Collection.ENDED, erased_at__isnull=True)
    return ended.filter(Exists(covered) | Exists(erased)).exclude(Exists(standing)).order_by("pk")


def evict(collection: Collection) -> None:
    """Remove what a collection holds once an erasure covers it; done twice it comes to the same.

    The capture goes last, so that a failure leaves all or nothing of the rest.
    """
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=collection.pk)
        sha256 = collection.capture_sha256
        # Whoever hands the same bytes in again waits for this row.
        list(Source.objects.select_for_update().filter(sha256=sha256))
        if not due().filter(pk=collection.pk).exists():
            return
        forget(collection)
        if sha256:
            store().remove(sha256)


def past_their_day(today: date, most: int) -> list[WatchRun]:
    """Return runs without an exhibit whose matter is past its day of retention, under no hold."""
    held = Hold.objects.filter(matter=OuterRef("watch__matter"), released_at__isnull=True)
    asked = Q(collection__isnull=False, collection__erased_at__isnull=True, exhibit__isnull=True)
    runs = WatchRun.objects.filter(asked, ~Exists(held), watch__matter__keep_until__lt=today)
    ended = runs.exclude(state=State.OPEN).filter(erasure__isnull=True)
    return list(ended.select_related("watch__matter", "collection").order_by("pk")[:most])


@transaction.atomic
def erase_past(runs: list[WatchRun], *, by: User) -> None:
    """Enter that the answers of runs go by the policy of their matter."""
    _enter(runs, "kept no longer, by the policy of the matter", by=by)
