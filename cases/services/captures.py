"""Captures of collections: stamped by outside authorities, and handed in as exhibits."""

from dataclasses import dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from audit.analysis import capture
from audit.analysis.custody import stamps
from audit.analysis.errors import InsufficientDataError
from audit.models import CaptureStamp, Collection
from audit.services.sources import store
from cases.models import Exhibit, Matter
from cases.samples import authority as test_authority
from cases.services import exhibits, stamping
from cases.services.exhibits import Deposit


@dataclass(frozen=True, slots=True)
class As:
    """As what a capture is handed in: the role, the model's name as asserted, and the party."""

    role: str
    model_name: str
    party: str


def statement(collection: Collection) -> bytes:
    """Return what is stamped: the digests of the sealed plan and of what came of it."""
    return capture.statement(collection.plan_digest, collection.capture_sha256)


def stamp(collection: Collection) -> None:
    """Ask every authority that has not stamped a capture and is not at rest, each once."""
    done = set(collection.stamps.values_list("url", flat=True))
    for url in stamping.awake():
        if url not in done:
            stamping.tried(url, partial(_keep, collection, url))


def due(most: int) -> QuerySet[Collection]:
    """Return captures that an authority has yet to stamp, few stamps first; at most so many."""
    awake = stamping.awake()
    stamped = Count("stamps", filter=Q(stamps__url__in=awake))
    written = Collection.objects.exclude(capture_sha256="").annotate(stamped=stamped)
    return written.filter(stamped__lt=len(awake)).order_by("stamped", "pk")[:most]


def _keep(collection: Collection, url: str) -> None:
    message = statement(collection)
    request = stamps.request_for(message)
    answer = stamping.answer_of(url, request.body)
    found = stamps.checked(answer, message, stamping.trusted_by(url), nonce=request.nonce)
    CaptureStamp.objects.get_or_create(
        collection=collection,
        url=url,
        defaults={
            "authority": found.authority,
            "at": found.time,
            "answer": answer,
            "certificates": "".join(found.certificates),
            "independent": test_authority.WARNING not in found.authority,
        },
    )


def hand_in(collection: Collection, matter: Matter, deposit: As, *, by: User) -> Exhibit:
    """Hand the capture of a collection in as an exhibit, as any file; the caller rings for it."""
    if not collection.capture_sha256:
        raise InsufficientDataError(
            f"Collection {collection.pk} has no capture yet: it is {collection.state}."
        )
    if collection.erased_at is not None:
        raise InsufficientDataError(
            f"What collection {collection.pk} brought was erased: it cannot be handed in any more."
        )
    name = f"capture-{collection.pk}.jsonl"
    given = Deposit(name, deposit.role, deposit.model_name, deposit.party)
    return exhibits.receive(matter, store().raw(collection.capture_sha256), given, by=by)
