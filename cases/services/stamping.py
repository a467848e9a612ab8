"""Time-stamps: outside authorities are asked to vouch that a checkpoint was there.

An authority that gives none is asked again by beat. Where none has given any, that is said: a
matter without an independent time-stamp never passes for one with.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import certifi
import requests
from cryptography import x509
from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from audit.analysis.custody import stamps
from audit.analysis.errors import TouchstoneError, WrongSettingError
from cases.models import Authority, Checkpoint, TimeStamp
from cases.samples import authority as test_authority
from cases.services import outside

# The authority of our own making, which answers in this process and proves nothing.
TEST = "local-test:"
# An authority that gave no stamp is left alone for this long.
REST = timedelta(seconds=55)
# How many independent authorities are wanted.
WANTED = 2
_QUERY = "application/timestamp-query"


@dataclass(frozen=True, slots=True)
class State:
    """Which independent stamps a checkpoint has, one an authority, and what is wanting, in words.

    `wanting` is empty where as many authorities as wanted have stamped it.
    """

    independent: tuple[TimeStamp, ...]
    others: tuple[TimeStamp, ...]
    wanting: str


def stamp(checkpoint: Checkpoint) -> None:
    """Ask every authority that has not stamped a checkpoint and is not at rest, each once."""
    done = set(checkpoint.stamps.values_list("url", flat=True))
    for url in awake():
        if url not in done:
            _stamp(checkpoint, url)


def due(most: int) -> QuerySet[Checkpoint]:
    """Return the last checkpoint of each matter that an authority has yet to stamp, few first.

    It covers all that earlier ones cover. At most so many.
    """
    asked = awake()
    last = Checkpoint.objects.filter(matter=OuterRef("matter")).order_by("-size").values("pk")
    stamped = Count("stamps", filter=Q(stamps__url__in=asked))
    found = Checkpoint.objects.filter(pk=Subquery(last[:1])).annotate(stamped=stamped)
    return found.filter(stamped__lt=len(asked)).order_by("stamped", "pk")[:most]


def state_of(checkpoint: Checkpoint | None) -> State:
    """Return how a checkpoint is stamped; None is a checkpoint that is not made yet."""
    found = list(checkpoint.stamps.order_by("at")) if checkpoint else []
    first = {one.authority: one for one in reversed(found) if one.independent}
    independent = tuple(sorted(first.values(), key=lambda one: one.at))
    others = tuple(one for one in found if not one.independent)
    return State(independent, others, _wanting(checkpoint, len(independent)))


def _wanting(checkpoint: Checkpoint | None, independent: int) -> str:
    if independent >= WANTED:
        return ""
    if independent:
        return f"Only {independent} independent authority has stamped this; {WANTED} are wanted."
    return f"No independent time-stamp: {_why_none(checkpoint)}"


def _why_none(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "no checkpoint has been made yet."
    if not [url for url in settings.TIMESTAMP_URLS if url != TEST]:
        return "this site names no time-stamping authority."
    return "no authority has answered yet. They are asked again every minute."


def awake() -> list[str]:
    """Return the authorities that are asked now: those that did not fail a moment ago."""
    since = timezone.now() - REST
    resting = Authority.objects.filter(tried_at__gt=since).exclude(problem="")
    asleep = set(resting.values_list("url", flat=True))
    return [url for url in settings.TIMESTAMP_URLS if url not in asleep]


def _stamp(checkpoint: Checkpoint, url: str) -> None:
    """Ask one authority; what it answers is verified before it is kept."""
    tried(url, lambda: _keep(checkpoint, url))


def tried(url: str, keep: Callable[[], None]) -> None:
    """Ask an authority for a stamp and keep it, and note whether that came to anything."""
    tried_at = timezone.now()
    try:
        keep()
    except (TouchstoneError, requests.RequestException) as error:
        told = {"tried_at": tried_at, "problem": str(error)}
    else:
        told = {"tried_at": tried_at, "problem": "", "answered_at": timezone.now()}
    Authority.objects.update_or_create(url=url, defaults=told)


def _keep(checkpoint: Checkpoint, url: str) -> None:
    note = checkpoint.note.encode()
    request = stamps.request_for(note)
    answer = answer_of(url, request.body)
    found = stamps.checked(answer, note, trusted_by(url), nonce=request.nonce)
    TimeStamp.objects.get_or_create(
        checkpoint=checkpoint,
        url=url,
        defaults={
            "authority": found.authority,
            "at": found.time,
            "serial": str(found.serial),
            "policy": found.policy,
            "accuracy_s": found.accuracy.total_seconds() if found.accuracy else None,
            "answer": answer,
            "certificates": "".join(found.certificates),
            "independent": test_authority.WARNING not in found.authority,
        },
    )


def trusted_by(url: str) -> Sequence[x509.Certificate]:
    """Return the root certificates that a stamp from an address may rest on."""
    if url == TEST:
        return [_own().root]
    path = Path(settings.TIMESTAMP_ROOTS or certifi.where())
    try:
        return stamps.trusted_from(path.read_bytes())
    except OSError as error:
        raise WrongSettingError(
            f"TIMESTAMP_ROOTS is {path}, which cannot be read ({error.strerror}): set it to a"
            " file of root certificates in PEM."
        ) from error


def answer_of(url: str, request: bytes) -> bytes:
    """Return what an authority answers to a request, unread; ours answers in this process."""
    return _own_answer(request) if url == TEST else outside.fetched(url, request, _QUERY)


def _own_answer(body: bytes) -> bytes:
    return _own().answer(body, timezone.now())


def _own() -> test_authority.Authority:
    """Return the test authority of this site, made once and kept in its data folder."""
    kept = test_authority.kept_in(settings.DATA, timezone.now())
    return test_authority.Authority.from_pem(kept)
