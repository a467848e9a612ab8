"""Productions asked for: written by a worker as one file, removed once outdated.

Everything is read in one snapshot of the database and goes straight into the store, which names a
file only when it is whole. What is broken off, at whatever place, leaves nothing behind.
"""

from datetime import timedelta
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.bundling.packing import zipped
from audit.analysis.errors import TouchstoneError
from audit.blobs import Stored
from audit.models import Job
from audit.services import jobs
from audit.services.sources import store
from cases.models import BatesSeries, Erasure, Matter, Production
from cases.services import bates, custody
from cases.services.bates import BatesRefusedError
from cases.services.bundles.writing import snapshot
from cases.services.productions.exhibits import EXHIBITS
from cases.services.productions.papers import PAPERS
from cases.services.productions.profiles import profile_of
from cases.services.productions.quality import ProductionFailedError, Quality
from cases.services.productions.volume import Volume

# Every kind of document that is produced.
SOURCES = (EXHIBITS, PAPERS)
# For so long the tidying makes sure that the bytes of an outdated production are gone.
LATELY = timedelta(days=7)


class ProductionGoneError(TouchstoneError):
    """A production cannot be handed out; says why and what to do."""


@transaction.atomic
def ask(
    matter: Matter, profile: str, prefix: str = "", digits: int | None = None, *, by: User
) -> Production:
    """Ask for a production of a matter; what is written is entered when it is.

    What has no number yet gets one with the prefix given, or with the matter's own where none is.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    series = _series(matter, prefix, digits, by=by)
    last = Production.objects.filter(matter=matter).order_by("-number").first()
    asked = Production.objects.create(
        matter=matter,
        number=last.number + 1 if last else 1,
        profile=profile_of(profile).name,
        prefix=series.prefix,
        asked_by=by,
    )
    jobs.ask(Job.Kind.PRODUCE, asked.pk)
    return asked


def _series(matter: Matter, prefix: str, digits: int | None, *, by: User) -> BatesSeries:
    current = bates.series_of(matter)
    if current is not None and prefix in ("", current.prefix):
        prefix, digits = current.prefix, digits or current.digits
    if not prefix:
        raise BatesRefusedError("This matter has no Bates prefix yet. Choose one first.")
    return bates.choose(matter, prefix, digits or bates.DIGITS, by=by)


def carry_out(asked: Production, job: Job) -> None:
    """Write a production and keep it as one file; taken up after a kill, it begins anew."""
    if asked.made_at is not None:
        return
    erased = _erasures(asked.matter)
    wanted = [one for source in SOURCES for one in source.to_number(asked.matter)]
    if not wanted:
        raise ProductionFailedError(
            "No exhibit stands in the matter: there is nothing to produce."
        )
    bates.number_all(asked.matter, wanted, by=asked.asked_by)
    volume = Volume(asked.matter, profile_of(asked.profile), asked.volume, SOURCES, Quality(), {})
    with jobs.shown(job, len(wanted)) as step, snapshot():
        kept = store().put(zipped(_stepping(volume, step)))
    _keep(asked, volume, kept, erased)


def _stepping(volume: Volume, step: jobs.Step) -> Any:
    """Yield the files of a volume and show a step at each native file."""
    for path, content in volume.files():
        if path.startswith("NATIVES/"):
            step()
        yield path, content


@transaction.atomic
def _keep(asked: Production, volume: Volume, kept: Stored, erased: int) -> None:
    """Keep what was written, unless an exhibit was erased meanwhile whose content it may hold."""
    Matter.objects.select_for_update().get(pk=asked.matter_id)
    if _erasures(asked.matter) != erased:
        store().remove(kept.sha256)
        raise ProductionGoneError(
            "An exhibit was erased while the production was written. Ask again."
        )
    unmade = Production.objects.filter(pk=asked.pk, made_at__isnull=True)
    counts = volume.found["written"]
    made = {"sha256": kept.sha256, "size": kept.size, "counts": counts}
    if unmade.update(made_at=timezone.now(), **made):
        facts = {"production": asked.number, "volume": asked.volume, "profile": asked.profile}
        facts |= {"first": volume.first, "last": volume.last, "sha256": kept.sha256}
        custody.record(asked.matter, "produced", facts | counts, by=asked.asked_by)


def _erasures(matter: Matter) -> int:
    return Erasure.objects.filter(exhibit__matter=matter).count()


@transaction.atomic
def open_made(production: Production, *, by: User) -> BinaryIO:
    """Open a production that was made, entering into custody that it was taken away."""
    if production.made_at is None or production.removed_at is not None:
        raise ProductionGoneError(f"{production} is not here. Ask for a new one.")
    facts = {"production": production.number, "sha256": production.sha256}
    custody.record(production.matter, "delivered", facts, by=by)
    return store().open(production.sha256)


def outdate(matter: Matter) -> None:
    """Have no production of a matter handed out any more, within the transaction of an erasure.

    They hold what was erased. Their bytes go afterwards: no row ever names a file that is gone.
    """
    kept = Production.objects.filter(matter=matter, made_at__isnull=False, removed_at__isnull=True)
    kept.update(removed_at=timezone.now())


def remove_outdated() -> None:
    """Remove the bytes of productions that were outdated of late; done twice it is the same."""
    late = Production.objects.filter(removed_at__gt=timezone.now() - LATELY)
    for sha256 in late.order_by("pk").values_list("sha256", flat=True).iterator():
        store().remove(sha256)
