"""Bundles asked for on a page: written by a worker, kept as one file, removed once outdated."""

import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.bundling.packing import packed
from audit.analysis.errors import TouchstoneError
from audit.models import Job
from audit.services import jobs
from audit.services.sources import LEFT_OVER, store
from cases.models import Bundle, Erasure, Matter
from cases.services import custody
from cases.services.bundles.writing import write

# For so long the tidying makes sure that the bytes of an outdated bundle are gone.
LATELY = timedelta(days=7)


class BundleGoneError(TouchstoneError):
    """A bundle cannot be handed out; says why and what to do."""


@transaction.atomic
def ask(matter: Matter, *, by: User) -> Bundle:
    """Ask for a bundle of a matter; what is written is entered when it is."""
    Matter.objects.select_for_update().get(pk=matter.pk)
    last = Bundle.objects.filter(matter=matter).order_by("-number").first()
    number = last.number + 1 if last else 1
    asked = Bundle.objects.create(matter=matter, number=number, asked_by=by)
    jobs.ask(Job.Kind.BUNDLE, asked.pk)
    return asked


def carry_out(asked: Bundle, job: Job) -> None:
    """Write a bundle and keep it as one file; taken up after a kill, it begins anew."""
    if asked.made_at is not None:
        return
    erased = _erasures(asked.matter)
    steps = asked.matter.exhibits.count() + asked.matter.findings.count()
    with tempfile.TemporaryDirectory(dir=_drafts()) as folder, jobs.shown(job, steps) as step:
        place = Path(folder) / asked.name
        written = write(asked.matter, place, say=lambda _line: step(), by=asked.asked_by)
        kept = store().put(packed(written.place))
    found = {"sha256": kept.sha256, "size": kept.size, "note_sha256": written.note_sha256}
    _keep(asked, found, erased)


@transaction.atomic
def _keep(asked: Bundle, found: dict[str, Any], erased: int) -> None:
    """Keep what was written, unless an exhibit was erased meanwhile whose content it may hold."""
    Matter.objects.select_for_update().get(pk=asked.matter_id)
    if _erasures(asked.matter) != erased:
        store().remove(found["sha256"])
        raise BundleGoneError("An exhibit was erased while the bundle was written. Ask again.")
    unmade = Bundle.objects.filter(pk=asked.pk, made_at__isnull=True)
    unmade.update(made_at=timezone.now(), **found)


def _erasures(matter: Matter) -> int:
    return Erasure.objects.filter(exhibit__matter=matter).count()


@transaction.atomic
def open_made(bundle: Bundle, *, by: User) -> BinaryIO:
    """Open a bundle that was made, entering into custody that it was taken away."""
    if bundle.made_at is None or bundle.removed_at is not None:
        raise BundleGoneError(f"{bundle} is not here. Ask for a new one.")
    facts = {"bundle": bundle.number, "sha256": bundle.sha256, "list": bundle.note_sha256}
    custody.record(bundle.matter, "taken", facts, by=by)
    return store().open(bundle.sha256)


def outdate(matter: Matter) -> None:
    """Have no bundle of a matter handed out any more, within the transaction of an erasure.

    They hold what was erased. Their bytes go afterwards: no row ever names a file that is gone.
    """
    kept = Bundle.objects.filter(matter=matter, made_at__isnull=False, removed_at__isnull=True)
    kept.update(removed_at=timezone.now())


def remove_outdated() -> None:
    """Remove the bytes of bundles that were outdated of late; done twice it comes to the same."""
    late = Bundle.objects.filter(removed_at__gt=timezone.now() - LATELY)
    for sha256 in late.order_by("pk").values_list("sha256", flat=True).iterator():
        store().remove(sha256)


def remove_drafts() -> None:
    """Remove what killed workers left of bundles that they were writing."""
    for folder in _drafts().iterdir():
        if folder.stat().st_mtime < time.time() - LEFT_OVER.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _drafts() -> Path:
    folder = Path(settings.DATA) / "bundling"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
