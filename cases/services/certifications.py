"""The certify ceremony: a named person has digests recomputed from the bytes, and gets a record.

Nothing that is stored says that bytes are what they were: each is read again, whole, and both
digests are kept side by side. The record shows authenticity and nothing else.
"""

import hashlib
import platform
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.errors import InsufficientDataError, IntegrityError
from audit.analysis.version import VERSION
from audit.models import Job
from audit.services import jobs
from audit.services.sources import store
from cases.models import Certification, CertifiedExhibit, Exhibit, Matter
from cases.services import custody

TOOL = (
    f"Touchstone {VERSION}, SHA-256 of Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"
)
# How many bytes are read between two signs of progress.
_STEP = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Certifier:
    """Who certifies, as the person states it: the full name, and position and qualification."""

    name: str
    capacity: str


@transaction.atomic
def ask(
    matter: Matter, exhibits: Iterable[Exhibit], certifier: Certifier, *, by: User
) -> Certification:
    """Ask for the digests of exhibits to be recomputed; raises InsufficientDataError for none."""
    Matter.objects.select_for_update().get(pk=matter.pk)
    chosen = sorted(exhibits, key=lambda one: one.number)
    if not chosen:
        raise InsufficientDataError("No exhibit is chosen. Choose one at least.")
    last = matter.certifications.order_by("-number").first()
    asked = Certification.objects.create(
        matter=matter,
        number=last.number + 1 if last else 1,
        certifier=by,
        name=certifier.name,
        capacity=certifier.capacity,
    )
    CertifiedExhibit.objects.bulk_create(
        CertifiedExhibit(certification=asked, exhibit=one, recorded=one.source.sha256)
        for one in chosen
    )
    facts = {"certification": asked.number, "exhibits": [one.label for one in chosen]}
    custody.record(matter, "certifying", facts | _person(asked), by=by)
    jobs.ask(Job.Kind.CERTIFY, asked.pk)
    return asked


def _person(asked: Certification) -> dict[str, str]:
    return {"name": asked.name, "capacity": asked.capacity}


def carry_out(asked: Certification, job: Job) -> None:
    """Read the bytes of each exhibit anew; taken up after a kill, it goes on where it was."""
    rows = asked.exhibits.select_related("exhibit__source")
    total = sum(row.exhibit.source.size for row in rows)
    done = 0
    for row in rows:
        if row.at is None:
            _recompute(row, job, done, total)
        done += row.exhibit.source.size
        jobs.progress(job, done, total)
    _record(asked)


def _recompute(row: CertifiedExhibit, job: Job, before: int, total: int) -> None:
    running, size, shown = hashlib.sha256(), 0, 0
    found: dict[str, Any] = {"tool": TOOL}
    try:
        for piece in _bytes_of(row):
            running.update(piece)
            size += len(piece)
            if size - shown > _STEP:
                jobs.progress(job, before + size, total)
                shown = size
    except IntegrityError as error:
        found |= {"problem": str(error)}
    else:
        found |= {"computed": running.hexdigest(), "size": size}
    CertifiedExhibit.objects.filter(pk=row.pk, at__isnull=True).update(at=timezone.now(), **found)


def _bytes_of(row: CertifiedExhibit) -> Iterator[bytes]:
    return store().raw(row.recorded)


@transaction.atomic
def _record(asked: Certification) -> None:
    """Enter what was recomputed into custody, once, by who asked for it."""
    Matter.objects.select_for_update().get(pk=asked.matter_id)
    facts = {"certification": asked.number, **_person(asked), "tool": TOOL}
    rows = asked.exhibits.select_related("exhibit").order_by("exhibit__number")
    facts |= {"digests": {row.exhibit.label: row.digests for row in rows}}
    done = asked.matter.custody.filter(act="certified", facts__certification=asked.number)
    if not done.exists():
        custody.record(asked.matter, "certified", facts, by=asked.certifier)
