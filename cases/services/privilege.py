"""The privilege log: a working list that people write, and versions of it that are issued.

The list is work product. The ledger is told that an entry was added, changed or removed and that a
version was issued with which digests, and never what they say.
"""

import json
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.analysis.digests import canonical_json
from audit.analysis.errors import TouchstoneError
from audit.analysis.version import VERSION
from audit.services.sources import store
from cases.models import Matter, PrivilegeEntry, PrivilegeLog, Redaction
from cases.reports.privilege_log import (
    CATEGORICAL,
    COLUMNS,
    NAMED_BY,
    Entry,
    Issue,
    csv_of,
    log_document,
    privilege_log_of,
)
from cases.rules import designations as marks
from cases.services import custody, designations, press

# As many rows as the press prints in seconds.
MOST = 5000
# What people write of an entry.
WRITTEN = (
    *("date", "kind", "author", "recipients", "custodian", "pages", "treatment", "basis"),
    *("category", "description"),
)


class PrivilegeLogError(TouchstoneError):
    """The log cannot be changed or issued; says why and what to do."""


def entries_of(matter: Matter) -> QuerySet[PrivilegeEntry]:
    """Return the working list, without what was taken off it."""
    return matter.privilege_entries.filter(removed_at__isnull=True)


@transaction.atomic
def add(
    matter: Matter, said: dict[str, str], *, by: User, redaction: Redaction | None = None
) -> PrivilegeEntry:
    """Add an entry to the working list; raises PrivilegeLogError if the list is full."""
    Matter.objects.select_for_update().get(pk=matter.pk)
    if entries_of(matter).count() >= MOST:
        raise PrivilegeLogError(
            f"The log has {MOST:,} entries, which is as many as it can. Issue it by category, "
            "with one entry for each group of documents."
        )
    last = matter.privilege_entries.order_by("-number").first()
    number = last.number + 1 if last else 1
    written = {name: said.get(name, "") for name in WRITTEN}
    added = PrivilegeEntry.objects.create(
        matter=matter, number=number, changed_by=by, redaction=redaction, **written
    )
    _tell(added, "added", by=by)
    return added


@transaction.atomic
def change(entry: PrivilegeEntry, said: dict[str, str], *, by: User) -> None:
    """Write an entry anew; the same again changes nothing."""
    Matter.objects.select_for_update().get(pk=entry.matter_id)
    row = PrivilegeEntry.objects.get(pk=entry.pk)
    written = {name: said.get(name, "") for name in WRITTEN}
    if row.removed_at is not None:
        raise PrivilegeLogError(f"{row} was taken off meanwhile. Add a new one.")
    if {name: getattr(row, name) for name in WRITTEN} != written:
        now = {"changed_at": timezone.now(), "changed_by": by}
        PrivilegeEntry.objects.filter(pk=row.pk).update(**written, **now)
        _tell(row, "changed", by=by)


@transaction.atomic
def remove(entry: PrivilegeEntry, *, by: User) -> None:
    """Take an entry off the working list; its number is given to no other."""
    Matter.objects.select_for_update().get(pk=entry.matter_id)
    standing = PrivilegeEntry.objects.filter(pk=entry.pk, removed_at__isnull=True)
    if standing.update(removed_at=timezone.now(), changed_at=timezone.now(), changed_by=by):
        _tell(entry, "removed", by=by)


def _tell(entry: PrivilegeEntry, what: str, *, by: User) -> None:
    facts = {"entry": entry.number, "change": what}
    custody.record(entry.matter, "log entry", facts, by=by)


def add_redaction(made: Redaction, *, by: User) -> PrivilegeEntry:
    """Add a redacted version to the working list; it is there once, also if it was taken off."""
    there = PrivilegeEntry.objects.filter(redaction=made).first()
    if there is not None:
        return there
    grounds = "; ".join(dict.fromkeys(one["ground"] for one in made.grounds))
    finding = made.finding
    said = {
        "date": f"{made.made_at:%Y-%m-%d}",
        "kind": "report",
        "author": made.made_by.get_username(),
        "treatment": PrivilegeEntry.Treatment.REDACTED,
        "basis": grounds[:200],
        "category": "redacted reports",
        "description": f"Report on finding {finding.number}, redacted version {made.number}: "
        f"{len(made.grounds)} passages redacted.",
    }
    return add(finding.matter, said, by=by, redaction=made)


@transaction.atomic
def name_order(matter: Matter, order: str, *, by: User) -> None:
    """Name the order under Rule 502(d) that governs disclosures in a matter."""
    row = Matter.objects.select_for_update().get(pk=matter.pk)
    if row.order_502d != order:
        Matter.objects.filter(pk=row.pk).update(order_502d=order)
        custody.record(row, "order", {"order": order, "order_before": row.order_502d}, by=by)


def issue(matter: Matter, mode: str, *, by: User) -> PrivilegeLog:
    """Freeze the working list as the next version, print it and keep it.

    Printed outside any transaction. Raises PrivilegeLogError if there is nothing to issue.
    """
    document = _frozen(matter, mode, by=by)
    artefact = privilege_log_of(document)
    printed = press.printed(artefact)
    files = {
        "json_sha256": store().put([canonical_json(document)]).sha256,
        "pdf_sha256": store().put([printed]).sha256,
        "csv_sha256": store().put([csv_of(artefact)]).sha256,
    }
    return _enter(matter, document, files, by=by)


def _frozen(matter: Matter, mode: str, *, by: User) -> dict[str, Any]:
    found = list(entries_of(matter).select_related("redaction__finding")[:MOST])
    if not found:
        raise PrivilegeLogError("The working list is empty. Add an entry before you issue it.")
    if mode == CATEGORICAL and (bare := [one for one in found if not one.category]):
        raise PrivilegeLogError(
            f"Entry {bare[0].number} has no category. Give one to each entry, or issue the log "
            "itemised."
        )
    now = timezone.now().isoformat()
    said = Issue(_next(matter), mode, now, by.get_username(), _mark(found))
    entries = [
        Entry(number=one.number, **{name: getattr(one, name) for name in WRITTEN}) for one in found
    ]
    software = {"name": "Touchstone", "version": VERSION}
    order = Matter.objects.get(pk=matter.pk).order_502d
    return log_document(matter.name, order, software, said, entries)


def _next(matter: Matter) -> int:
    last = PrivilegeLog.objects.filter(matter=matter).first()
    return last.number + 1 if last else 1


def _mark(entries: list[PrivilegeEntry]) -> str:
    """Return the highest mark of the findings whose redacted reports are in the list."""
    made = (one.redaction for one in entries if one.redaction)
    return marks.highest({designations.of_finding(one.finding) for one in made})


@transaction.atomic
def _enter(
    matter: Matter, document: dict[str, Any], files: dict[str, str], *, by: User
) -> PrivilegeLog:
    Matter.objects.select_for_update().get(pk=matter.pk)
    if _next(matter) != document["number"]:
        raise PrivilegeLogError("Another version was issued meanwhile. Look at it, and ask again.")
    issued = PrivilegeLog.objects.create(
        matter=matter,
        number=document["number"],
        mode=document["mode"],
        entries=document["documents"],
        designation=document["designation"],
        issued_at=document["issued_at"],
        issued_by=by,
        **files,
    )
    facts = {"log": issued.number, "entries": issued.entries, "pdf": issued.pdf_sha256}
    facts |= {"json": issued.json_sha256, "csv": issued.csv_sha256}
    custody.record(matter, "log issued", facts, by=by)
    return issued


@transaction.atomic
def open_issued(issued: PrivilegeLog, sha256: str, *, by: User) -> BinaryIO:
    """Open one file of an issued version, entering into custody that it was taken away."""
    facts = {"log": issued.number, "sha256": sha256}
    custody.record(issued.matter, "log taken", facts, by=by)
    return store().open(sha256)


@dataclass(frozen=True, slots=True)
class Change:
    """One row in which a version differs from the one before it.

    `fields` has the title of each column that changed, with what stood there before and after.
    """

    what: str
    name: str
    row: list[tuple[str, str]]
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def changes(issued: PrivilegeLog) -> list[Change] | None:
    """Return what changed since the version before; None for the first, or for another mode."""
    before = PrivilegeLog.objects.filter(matter=issued.matter_id, number=issued.number - 1).first()
    if before is None or before.mode != issued.mode:
        return None
    old, new = _rows(before), _rows(issued)
    columns = [(name, title) for name, title, _ in COLUMNS[issued.mode]]
    found = [_change("added", new[name], name, columns) for name in new if name not in old]
    found += [_change("removed", old[name], name, columns) for name in old if name not in new]
    for name in new:
        if name in old and old[name] != new[name]:
            fields = [
                (title, old[name][one], new[name][one])
                for one, title in columns
                if old[name][one] != new[name][one]
            ]
            found.append(Change("changed", name, [], fields))
    return found


def _rows(issued: PrivilegeLog) -> dict[str, dict[str, str]]:
    with store().open(issued.json_sha256) as stream:
        document = json.load(stream)
    return {one[NAMED_BY[document["mode"]]]: one for one in document["rows"]}


def _change(what: str, row: dict[str, str], name: str, columns: list[tuple[str, str]]) -> Change:
    return Change(what, name, [(title, row[one]) for one, title in columns if row[one]])
