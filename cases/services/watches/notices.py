"""Notices: one event, one notice; on the page at once, by email and webhook when it is time."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from cases.models import Notice, NoticeDelivery, Watch, WatchRun
from cases.services import custody

Channel = NoticeDelivery.Channel


@transaction.atomic
def tell(
    watch: Watch, kind: Notice.Kind, key: str, text: str, *, run: WatchRun | None = None
) -> Notice:
    """Return the notice of an event, made if it is the first time that it is told of."""
    notice, new = Notice.objects.get_or_create(
        watch=watch, key=key, defaults={"kind": kind, "text": text, "run": run}
    )
    if new:
        facts = {"watch": watch.number, "about": notice.get_kind_display(), "notice": text}
        custody.record(watch.matter, "notice made", facts, by=watch.opened_by)
        at = notice.created_at
        if watch.emails:
            _deliver(notice, Channel.EMAIL, email_time(watch, at))
        if watch.webhook:
            # A machine sleeps never: quiet hours are for people.
            _deliver(notice, Channel.WEBHOOK, at)
    return notice


@transaction.atomic
def acknowledge(notice: Notice, *, by: User) -> bool:
    """Enter that a person has taken note; tell whether it is the first time."""
    found = Notice.objects.filter(pk=notice.pk, acknowledged_at__isnull=True)
    if not found.update(acknowledged_by=by, acknowledged_at=timezone.now()):
        return False
    facts = {"watch": notice.watch.number, "notice": notice.text}
    custody.record(notice.watch.matter, "notice acknowledged", facts, by=by)
    return True


def email_time(watch: Watch, at: datetime) -> datetime:
    """Return when an email may go out: at the hour of the digest, and not in quiet hours."""
    local = at.astimezone(ZoneInfo(watch.zone))
    if watch.digest_at is not None:
        local = _next(local, watch.digest_at)
    if watch.quiet_from is not None and watch.quiet_to is not None:
        begins, ends, now = watch.quiet_from, watch.quiet_to, local.time()
        over_midnight = begins > ends
        is_quiet = (now >= begins or now < ends) if over_midnight else begins <= now < ends
        local = _next(local, ends) if is_quiet else local
    return local


def _next(local: datetime, wanted: time) -> datetime:
    """Return the next time that a clock shows this, which may be now."""
    found = datetime.combine(local.date(), wanted, local.tzinfo)
    return found if found >= local else found + timedelta(days=1)


def _deliver(notice: Notice, channel: Channel, not_before: datetime) -> None:
    NoticeDelivery.objects.create(notice=notice, channel=channel, not_before=not_before)
