"""Erasure: what an exhibit says of people is destroyed; that it was there, and proofs, remain.

Destroyed are the key that salts its leaves and, once no other exhibit has the same file, the
bytes, the texts read from them, the reasons why records were left out, and the texts' vectors.
What remains are the file's name, size and digest, the root of its tree, the ledger, sealed plans
and results, and issued reports and filings with what they quote. Copies made elsewhere are not
reached: backups, bundles and productions handed out, earlier versions in a bucket that keeps them.
Bundles and productions that are kept here go with it. So do, for an exhibit that was collected
here, the raw calls behind it (`answers_erased`).
"""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.models import Job, Source
from audit.services import sources
from cases.models import Erasure, Exhibit, ExhibitKey, Finding, Hold, Matter
from cases.services import answers_erased, bundles, custody, holds, productions

JANITOR = "retention"


class NotErasableError(TouchstoneError):
    """An exhibit cannot be erased yet; says why and what to do."""


def erase(exhibit: Exhibit, reason: str, *, by: User) -> None:
    """Erase an exhibit, which is withdrawn with it; raises HeldError under a legal hold.

    Raises NotErasableError while it is being read or a finding over it is not finished.
    """
    with transaction.atomic():
        Matter.objects.select_for_update().get(pk=exhibit.matter_id)
        holds.require_none(exhibit.matter, "erased")
        _require_at_rest(exhibit)
        _, new = Erasure.objects.get_or_create(
            exhibit=exhibit, defaults={"reason": reason, "by": by}
        )
        if new:
            _destroy_key(exhibit, reason, by=by)
            answers_erased.erase_with(exhibit, reason, by=by)
            bundles.outdate(exhibit.matter)
            productions.outdate(exhibit.matter)
    bundles.remove_outdated()
    productions.remove_outdated()
    evict(exhibit.source)
    _evict_answers(exhibit)


def _evict_answers(exhibit: Exhibit) -> None:
    """Remove what was asked to make an exhibit, and what goes with it; the tidying takes it up."""
    covered = Q(watch_run__erasure__isnull=False, watch_run__watch__matter=exhibit.matter_id)
    asked = Q(capture_sha256=exhibit.source.sha256) | covered
    for collection in answers_erased.due().filter(asked).iterator():
        answers_erased.evict(collection)


def _destroy_key(exhibit: Exhibit, reason: str, *, by: User) -> None:
    ExhibitKey.objects.filter(exhibit=exhibit).delete()
    standing = Exhibit.objects.filter(pk=exhibit.pk, withdrawn_at__isnull=True)
    if standing.update(withdrawn_at=timezone.now()):
        withdrawn = {"exhibit": exhibit.label, "reason": "erased"}
        custody.record(exhibit.matter, "withdrawn", withdrawn, by=by)
    facts = {"exhibit": exhibit.label, "sha256": exhibit.source.sha256, "reason": reason}
    custody.record(exhibit.matter, "erased", facts, by=by)


def _require_at_rest(exhibit: Exhibit) -> None:
    if exhibit.disposed_at is None:
        raise NotErasableError(
            f"Exhibit {exhibit.label} is still being read. Erase it when that is done."
        )
    if (run := answers_erased.under_way(exhibit)) is not None:
        raise NotErasableError(
            f"A run of watch {run.watch.number}, which handed in exhibit {exhibit.label}, is "
            "under way. Erase the exhibit when that is done."
        )
    if (busy := unfinished_findings(exhibit).first()) is not None:
        raise NotErasableError(
            f"Finding {busy.number} over exhibit {exhibit.label} is not finished. Erase the "
            "exhibit when that is done."
        )


def unfinished_findings(exhibit: Exhibit) -> QuerySet[Finding]:
    """Return the findings over an exhibit that are being computed or printed."""
    waiting = Job.objects.filter(
        kind__in=(Job.Kind.AUDIT, Job.Kind.PRINT),
        subject=OuterRef("pk"),
        state__in=(Job.State.WAITING, Job.State.RUNNING),
    )
    found = exhibit.matter.findings.filter(run__inputs__source=exhibit.source)
    return found.filter(Exists(waiting)).order_by("number")


def quoting_findings(exhibit: Exhibit) -> QuerySet[Finding]:
    """Return the findings over an exhibit, whose results and reports may quote it."""
    found = exhibit.matter.findings.filter(run__inputs__source=exhibit.source)
    return found.order_by("number")


def evict(source: Source) -> None:
    """Remove the bytes, texts and vectors of a file once each exhibit of it is erased.

    Done twice, or taken up after a kill, it comes to the same: the state is set last.
    """
    with transaction.atomic():
        # Whoever hands the same bytes in again waits, and then has them read again.
        locked = Source.objects.select_for_update().get(pk=source.pk)
        if not is_due(locked):
            return
        sources.forget(locked)


def is_due(source: Source) -> bool:
    """Say whether a file was read, and each exhibit of it is erased."""
    erased = source.exhibits.filter(erasure__isnull=False)
    standing = source.exhibits.filter(erasure__isnull=True)
    return source.state == Source.State.READ and erased.exists() and not standing.exists()


def due(most: int) -> QuerySet[Source]:
    """Return files whose exhibits are all erased and whose bytes and texts are still there."""
    standing = Exhibit.objects.filter(source=OuterRef("pk"), erasure__isnull=True)
    erased = Exhibit.objects.filter(source=OuterRef("pk"), erasure__isnull=False)
    read = Source.objects.filter(Exists(erased), ~Exists(standing), state=Source.State.READ)
    return read.order_by("pk")[:most]


@transaction.atomic
def keep_until(matter: Matter, day: date | None, *, by: User) -> None:
    """Say until which day the exhibits of a matter are kept; None: until it is said otherwise."""
    locked = Matter.objects.select_for_update().get(pk=matter.pk)
    if locked.keep_until == day:
        return
    before = locked.keep_until.isoformat() if locked.keep_until else "none"
    Matter.objects.filter(pk=matter.pk).update(keep_until=day)
    facts = {"until": day.isoformat() if day else "none", "until_before": before}
    custody.record(matter, "retention", facts, by=by)


def janitor() -> User:
    """Return the account that erases by policy; nobody can sign in with it."""
    user, new = User.objects.get_or_create(username=JANITOR)
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def past_their_day(today: date, most: int) -> list[Exhibit]:
    """Return exhibits whose matter is past its day of retention and under no hold."""
    held = Hold.objects.filter(matter=OuterRef("matter"), released_at__isnull=True)
    found = Exhibit.objects.filter(
        ~Exists(held),
        matter__keep_until__lt=today,
        erasure__isnull=True,
        disposed_at__isnull=False,
    )
    return list(found.select_related("matter", "source").order_by("pk")[:most])
