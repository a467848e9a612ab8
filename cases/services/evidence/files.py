"""Files in the blob store against the rows that name them."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from audit.analysis.custody import checkpoints as rule
from audit.analysis.digests import sha256_hex
from audit.analysis.errors import IntegrityError
from audit.models import Collection, Source
from audit.services.sources import PROBE, store
from cases.models import (
    Bundle,
    Checkpoint,
    FilingPaper,
    PrivilegeLog,
    Production,
    Redaction,
    Report,
)
from cases.services import erasure
from cases.services.checkpoints import verifier_keys
from cases.services.evidence.words import Found, Sweep

# Names are looked up in groups of this many: bounded memory at any size of store.
GROUP = 1000
# A note is shorter than this.
_MOST_NOTE = 10_000
# What is printed, with the columns that name its files.
_FILES = {"pdf_sha256": "report.pdf", "results_sha256": "results.json"}
_PRINTED: tuple[tuple[QuerySet[Any], dict[str, str]], ...] = (
    (Report.objects.select_related("finding").order_by("pk"), _FILES),
    (Redaction.objects.select_related("finding").order_by("pk"), _FILES),
    (
        PrivilegeLog.objects.order_by("pk"),
        {"pdf_sha256": "the PDF", "csv_sha256": "the table", "json_sha256": "the frozen log"},
    ),
)
_MATTER = re.compile(r"/matter/([0-9]{1,18})$")


def look(sweep: Sweep) -> Iterator[Found]:
    """Yield what is missing, changed, named by nothing, or there though it was erased."""
    yield from _damage(sweep)
    yield from _orphans(sweep)


def _damage(sweep: Sweep) -> Iterator[Found]:
    for sha256, whose in _named():
        sweep.looked_at["files"] += 1
        try:
            store().verify(sha256)
        except IntegrityError as error:
            if not _is_being_erased(sha256):
                yield Found("file", f"stored file {sha256}", f"{error} It is {whose}.")


def _is_being_erased(sha256: str) -> bool:
    """Say whether bytes are gone because each exhibit of them is erased.

    A kill in the midst of it leaves rows that are still to go; the hourly tidying takes it up.
    """
    source = Source.objects.filter(sha256=sha256).first()
    return source is not None and (source.state == Source.State.ERASED or erasure.is_due(source))


def _named() -> Iterator[tuple[str, str]]:
    sources = Source.objects.exclude(state=Source.State.ERASED).order_by("pk")
    for source in sources.iterator(GROUP):
        yield source.sha256, f"the file {source.name!r} that was handed in"
    yield from _named_of_prints()
    for paper in FilingPaper.objects.select_related("filing").order_by("pk").iterator(GROUP):
        whose = f"filing {paper.filing.number} of matter {paper.filing.matter_id}"
        yield paper.sha256, f"{paper.filename} of {whose}"
    yield from _captures()
    yield from _copies()
    for checkpoint in Checkpoint.objects.order_by("pk").iterator(GROUP):
        whose = f"the note of the {checkpoint} of matter {checkpoint.matter_id}"
        yield checkpoint.note_sha256, whose


def _captures() -> Iterator[tuple[str, str]]:
    kept = Collection.objects.exclude(capture_sha256="").filter(erased_at__isnull=True)
    for one in kept.order_by("pk").iterator(GROUP):
        yield one.capture_sha256, f"the capture of collection {one.pk}"


def _copies() -> Iterator[tuple[str, str]]:
    for kind, rows in (("bundle", _bundles()), ("production", _productions())):
        for one in rows.iterator(GROUP):
            yield one.sha256, f"{kind} {one.number} of matter {one.matter_id}"


def _named_of_prints() -> Iterator[tuple[str, str]]:
    for printed, fields in _PRINTED:
        for row in printed.iterator(GROUP):
            for field, name in fields.items():
                yield getattr(row, field), f"{name} of {_whose(row)}"


def _whose(row: Report | Redaction | PrivilegeLog) -> str:
    if isinstance(row, PrivilegeLog):
        return f"privilege log {row.number} of matter {row.matter_id}"
    whose = f"finding {row.finding.number} of matter {row.finding.matter_id}"
    return whose if isinstance(row, Report) else f"redacted version {row.number} of {whose}"


def _bundles() -> QuerySet[Any]:
    return Bundle.objects.filter(made_at__isnull=False, removed_at__isnull=True).order_by("pk")


def _productions() -> QuerySet[Any]:
    made = Production.objects.filter(made_at__isnull=False, removed_at__isnull=True)
    return made.order_by("pk")


def _orphans(sweep: Sweep) -> Iterator[Found]:
    """Yield each stored file that no row names; a signed checkpoint among them is held on to.

    An upload, a report or a checkpoint that was broken off before its row was written leaves one.
    """
    kept = store().digests()
    while group := list(islice(kept, GROUP)):
        named = _named_among(group)
        for sha256 in group:
            if sha256 not in named and sha256 != sha256_hex(PROBE):
                sweep.looked_at["files that no row names"] += 1
                yield _orphan(sha256, sweep)


def _orphan(sha256: str, sweep: Sweep) -> Found:
    where = f"stored file {sha256}"
    if Source.objects.filter(sha256=sha256, state=Source.State.ERASED).exists():
        return Found("file", where, "It was erased and its bytes are still here.")
    for kind, rows in (("bundle", Bundle.objects), ("production", Production.objects)):
        if rows.filter(sha256=sha256, removed_at__isnull=False).exists():
            said = f"It is a {kind} that was removed, and its bytes are still here; the hourly"
            return Found("file", where, f"{said} tidying takes it up.", grave=False)
    note = _note(sha256)
    if note is None:
        return Found("file", where, "Nothing names it; it harms nothing.", grave=False)
    matter = _MATTER.search(note.origin)
    sweep.notes[int(matter[1]) if matter else 0].append(note)
    said = f"It is a signed checkpoint of {note.origin} over {note.size} entries without a row."
    return Found("file", where, said, grave=False)


def _note(sha256: str) -> rule.Checkpoint | None:
    """Return the checkpoint that a stored file is, signed by a key of ours, or None."""
    data = b""
    for piece in store().raw(sha256):
        data += piece
        if len(data) > _MOST_NOTE:
            return None
    try:
        return rule.opened(data.decode(), verifier_keys())
    except (UnicodeDecodeError, IntegrityError):
        return None


def _named_among(digests: list[str]) -> set[str]:
    live = Source.objects.exclude(state=Source.State.ERASED).filter(sha256__in=digests)
    named = set(live.values_list("sha256", flat=True))
    for printed, fields in _PRINTED:
        for field in fields:
            rows = printed.filter(**{f"{field}__in": digests})
            named.update(rows.values_list(field, flat=True))
    papers = FilingPaper.objects.filter(sha256__in=digests)
    named.update(papers.values_list("sha256", flat=True))
    named.update(_bundles().filter(sha256__in=digests).values_list("sha256", flat=True))
    named.update(_productions().filter(sha256__in=digests).values_list("sha256", flat=True))
    captures = Collection.objects.filter(capture_sha256__in=digests, erased_at__isnull=True)
    named.update(captures.values_list("capture_sha256", flat=True))
    notes = Checkpoint.objects.filter(note_sha256__in=digests)
    return named | set(notes.values_list("note_sha256", flat=True))
