"""A matter written out whole, from one snapshot of the database.

The act is entered first and covered by a checkpoint, so that the ledger in the bundle has its own
making as its last entry. Everything is then read in one snapshot of the database. What was written
is counted, and what is there is counted by another query; if they differ there is no bundle.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from audit.analysis.bundling import bag, layout
from audit.analysis.bundling.crate import crate_of
from audit.analysis.bundling.readme import readme
from audit.analysis.bundling.statement import enveloped, statement_of
from audit.analysis.custody import notes
from audit.analysis.digests import canonical_json
from audit.analysis.errors import IntegrityError
from audit.analysis.version import VERSION
from cases.models import Matter
from cases.services import checkpoints, custody, designations, stamping
from cases.services.bundles import evidence, ledger, surroundings, watched, work
from cases.services.bundles.counting import counts_of

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle as it lies there: how much of everything, and the digest of its signed list."""

    place: Path
    counts: dict[str, int]
    note_sha256: str


def write(matter: Matter, place: Path, *, say: Say, by: User) -> Written:
    """Write the bundle of a matter; raises IntegrityError, and leaves nothing, if it is not whole.

    Memory does not grow with the matter.
    """
    with bag.begun(place) as made:
        with transaction.atomic():
            custody.record(matter, "bundling", {"name": place.name}, by=by)
        stamping.stamp(checkpoints.cover(matter))
        with snapshot():
            counts = _write_all(matter, made, say)
        note = made.finish(
            _info(matter), lambda text: notes.signed(text, checkpoints.signing_key())
        )
    with transaction.atomic():
        facts = {"name": place.name, "list": note.sha256} | counts
        custody.record(matter, "bundled", facts, by=by)
    return Written(place, counts, note.sha256)


@contextmanager
def snapshot() -> Iterator[None]:
    """Let the block read the database as it stands now, whatever others write meanwhile."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_all(matter: Matter, made: bag.Bag, say: Say) -> dict[str, int]:
    """Write every part, hold the counts against the matter's, and describe what was written."""
    written = evidence.write(matter, made, say)
    findings = work.write(matter, made, say)
    stamps = ledger.write(matter, made)
    surroundings.write(matter, made)
    counts = written | findings.counts | stamps.counts | watched.write(matter, made)
    _require_whole(counts, counts_of(matter))
    now = timezone.now().isoformat()
    written_counts = {name: counts[name] for name in layout.COUNTED}
    index = {
        "format": layout.FORMAT,
        "version": VERSION,
        "made_at": now,
        "matter": {"number": matter.pk, "name": matter.name, "question": matter.question},
        "counts": written_counts,
        "stamps": stamps.rows,
        "designation": designations.of_matter(matter),
    }
    write_json(made, layout.INDEX, index)
    key = checkpoints.signing_key()
    write_json(made, layout.STATEMENT, enveloped(statement_of(findings.made, VERSION), key))
    crate = crate_of(matter.name, now, made.payload, findings.made, VERSION)
    write_json(made, layout.CRATE, crate)
    made.write(layout.VERIFIER, [surroundings.verifier()])
    told = matter.name, matter.pk, now, str(key.verifier), written_counts
    page = readme(*told, designation=designations.of_matter(matter))
    made.write(layout.README, [page.encode()])
    return counts


def write_json(made: bag.Bag, path: str, value: Any) -> None:
    """Write one file as canonical JSON (RFC 8785)."""
    made.write(path, [canonical_json(value)])


def _require_whole(written: dict[str, int], there: dict[str, int]) -> None:
    """Refuse a bundle that holds more or less than the matter does."""
    differ = [
        f"{there[name]} {name.replace('_', ' ')} in the matter, {written[name]} written"
        for name in layout.COUNTED
        if written[name] != there[name]
    ]
    if differ:
        raise IntegrityError(f"The bundle is not whole: {'; '.join(differ)}. Nothing was kept.")


def _info(matter: Matter) -> dict[str, str]:
    return {
        "External-Identifier": f"matter {matter.pk}",
        "Bagging-Date": f"{timezone.now():%Y-%m-%d}",
        "Bag-Software-Agent": f"Touchstone {VERSION}",
    }
