"""Notices on their way: by email, several in one, and by signed webhook; tried until it works.

A webhook is a POST of JSON. `Touchstone-Timestamp` is the time in seconds since 1970, and
`Touchstone-Signature` is v1= and the HMAC-SHA256 of that time, a full stop and the body, under the
key that the watch names, in hexadecimal. `Touchstone-Notice` is the same for every attempt at one
notice: who was killed between sending and keeping that on record sends once more.
"""

import hmac
import json
import smtplib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from audit.analysis.errors import TouchstoneError, WrongSettingError
from audit.collect.calling import is_link_local
from audit.services import keys
from cases.models import NoticeDelivery, Watch
from cases.services import outside
from cases.services.watches.timing import moment_in

Channel = NoticeDelivery.Channel
_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=6)
# About three days.
MOST_ATTEMPTS = 20
_FAILURES = (TouchstoneError, OSError, smtplib.SMTPException, requests.RequestException)


def deliver_due(most: int) -> int:
    """Send what is due, at most so many notices; return how many were."""
    now = timezone.now()
    due = NoticeDelivery.objects.filter(
        sent_at__isnull=True, given_up_at__isnull=True, not_before__lte=now
    ).select_related("notice__watch__matter")
    claimed = [one for one in due.order_by("not_before", "pk")[:most] if _claim(one)]
    letters: dict[int, list[NoticeDelivery]] = {}
    for one in claimed:
        if one.channel == Channel.EMAIL:
            letters.setdefault(one.notice.watch_id, []).append(one)
    posted = [_settled([one]) for one in claimed if one.channel == Channel.WEBHOOK]
    return sum((*posted, *map(_settled, letters.values())))


def _claim(one: NoticeDelivery) -> bool:
    """Take a delivery for this process, until it would be tried again."""
    rest = min(_FIRST_REST * 2 ** min(one.attempts, 12), _LONGEST_REST)
    found = NoticeDelivery.objects.filter(pk=one.pk, attempts=one.attempts, sent_at__isnull=True)
    taken = found.update(attempts=one.attempts + 1, not_before=timezone.now() + rest)
    one.attempts += taken
    return bool(taken)


def _settled(deliveries: Sequence[NoticeDelivery]) -> int:
    """Send deliveries of one watch together; keep on record what came of it."""
    rows = NoticeDelivery.objects.filter(pk__in=[one.pk for one in deliveries])
    send = _mail if deliveries[0].channel == Channel.EMAIL else _post
    try:
        send(deliveries)
    except _FAILURES as error:
        rows.update(problem=f"{type(error).__name__}: {error}"[:1000])
        rows.filter(attempts__gte=MOST_ATTEMPTS).update(given_up_at=timezone.now())
        return 0
    rows.update(sent_at=timezone.now(), problem="")
    return len(deliveries)


def _mail(deliveries: Sequence[NoticeDelivery]) -> None:
    """Send one letter with all of them; texts are in it, exhibits are not."""
    if not settings.EMAIL_HOST:
        raise WrongSettingError("No mail server is set: set EMAIL_HOST.")
    watch = deliveries[0].notice.watch
    notices = [one.notice for one in deliveries]
    lines = [f"{moment_in(watch, one.created_at)}  {one}" for one in notices]
    many = f"{len(notices)} notices" if len(notices) > 1 else notices[0].get_kind_display()
    body = "\n\n".join([*lines, f"Watch {watch.number} of matter {watch.matter_id}."])
    # A line end in a name would begin another header.
    subject = " ".join(f"{watch.name}: {many}".split())
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, bcc=watch.emails).send()


def _post(deliveries: Sequence[NoticeDelivery]) -> None:
    watch, notice = deliveries[0].notice.watch, deliveries[0].notice
    body = json.dumps(
        {
            "notice": notice.pk,
            "kind": notice.kind,
            "event": notice.key,
            "at": notice.created_at.isoformat(),
            "matter": watch.matter_id,
            "watch": watch.number,
            "text": notice.text,
        }
    ).encode()
    at = str(int(timezone.now().timestamp()))
    outside.handed(
        watch.webhook, body, _headers(watch, body, at) | {"Touchstone-Notice": str(notice.pk)}
    )


def _headers(watch: Watch, body: bytes, at: str) -> dict[str, Any]:
    return {
        "Content-Type": "application/json",
        "Touchstone-Timestamp": at,
        "Touchstone-Signature": f"v1={signature(watch.webhook_key, body, at)}",
    }


def signature(key_name: str, body: bytes, at: str) -> str:
    """Return the signature of a body at a time under a key of the site."""
    key = keys.key_of(key_name)
    if key is None:
        raise WrongSettingError("A webhook needs the name of a key that signs it.")
    return hmac.new(key.reveal().encode(), f"{at}.".encode() + body, "sha256").hexdigest()


def check_webhook(url: str) -> str:
    """Return an address that notices may go to; raises WrongSettingError for another."""
    parts = urlsplit(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise WrongSettingError(
            "A webhook's address begins with https://, so that nobody on the way reads it."
        )
    if is_link_local(parts.hostname or ""):
        raise WrongSettingError("A webhook's address is not one of the link itself: give another.")
    return url
