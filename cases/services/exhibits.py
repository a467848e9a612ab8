"""Exhibits: received, read, withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.models import Job, Source
from audit.services import jobs, sources
from cases.models import Erasure, Exhibit, ExhibitTree, Matter
from cases.services import custody, designations, holds, matters, trees

# As many characters as the column has.
LONGEST_NAME = 120


class ExhibitRefusedError(TouchstoneError):
    """A file cannot become this exhibit in this matter; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a party hands in beside the bytes: the file's name and what it asserts of it."""

    filename: str
    role: str
    model_name: str
    party: str
    designation: str = ""


def receive(matter: Matter, chunks: Iterable[bytes], deposit: Deposit, *, by: User) -> Exhibit:
    """Keep the bytes and enter them as the next exhibit; the file itself is read later."""
    _require_named(deposit)
    return enter(matter, sources.receive(chunks, name=deposit.filename), deposit, by=by)


def enter(matter: Matter, source: Source, deposit: Deposit, *, by: User) -> Exhibit:
    """Enter bytes that are kept already as the next exhibit; the file itself is read later."""
    _require_named(deposit)
    if source.state == Source.State.RECEIVED:
        # Bytes that could not be read are tried anew: whatever custody says of them is due again.
        Exhibit.objects.filter(source=source, erasure__isnull=True).update(disposed_at=None)
    return _enter(matter, source, deposit, by=by)


@transaction.atomic
def _enter(matter: Matter, source: Source, deposit: Deposit, *, by: User) -> Exhibit:
    Matter.objects.select_for_update().get(pk=matter.pk)
    _require_new(matter, source, deposit)
    last = matter.exhibits.order_by("-number").first()
    exhibit = Exhibit.objects.create(
        matter=matter,
        source=source,
        party=matters.party(matter, deposit.party, by=by),
        number=last.number + 1 if last else 1,
        role=deposit.role,
        model_name=deposit.model_name,
        filename=deposit.filename,
        received_by=by,
    )
    facts = {
        "exhibit": exhibit.label,
        "file": deposit.filename,
        "sha256": source.sha256,
        "bytes": source.size,
        "role": deposit.role,
        "model": deposit.model_name,
        "party": deposit.party,
    }
    custody.record(matter, "received", facts, by=by)
    designations.designate(exhibit, deposit.designation, "as it was handed in", by=by)
    return exhibit


def _require_named(deposit: Deposit) -> None:
    """Refuse a model without a name, or with one too long to be kept, before anything is."""
    if not 0 < len(deposit.model_name.strip()) <= LONGEST_NAME:
        raise ExhibitRefusedError(
            f"{deposit.filename}: the name of its model has {len(deposit.model_name)} characters. "
            f"Give the model a name of 1 to {LONGEST_NAME} characters."
        )


def _require_new(matter: Matter, source: Source, deposit: Deposit) -> None:
    """Refuse a file that stands in the matter already, and a model that has a file already."""
    standing = matter.exhibits.filter(withdrawn_at__isnull=True)
    if same := standing.filter(source=source).first():
        raise ExhibitRefusedError(
            f"{deposit.filename}: the same bytes are exhibit {same.label} already, as "
            f"{same.get_role_display()} {same.model_name}, and one file is one exhibit: "
            f"withdraw exhibit {same.label} first, or upload the file that was meant."
        )
    if same := standing.filter(model_name=deposit.model_name).first():
        raise ExhibitRefusedError(
            f"{deposit.filename}: the model {deposit.model_name} has exhibit {same.label} "
            "already. Give this file's model another name, or withdraw that exhibit first."
        )


def read(exhibit: Exhibit, *, by: User) -> bool:
    """Read the exhibit's file if need be and enter the outcome; False while another reads it."""
    sources.read(exhibit.source)
    exhibit.source.refresh_from_db()
    if exhibit.source.state == Source.State.RECEIVED:
        _record_failure(exhibit, by=by)
        return False
    # Grown outside the transaction: a million leaves take seconds, and others wait for the chain.
    tree = trees.grown(exhibit.source) if _needs_tree(exhibit) else None
    _dispose(exhibit, tree, by=by)
    exhibit.refresh_from_db(fields=["disposed_at"])
    return True


def _needs_tree(exhibit: Exhibit) -> bool:
    """Say whether an exhibit that was read has no tree yet; one of an earlier version has none."""
    is_read = exhibit.source.state == Source.State.READ
    return is_read and not (
        ExhibitTree.objects.filter(exhibit=exhibit).exists()
        or Erasure.objects.filter(exhibit=exhibit).exists()
    )


@transaction.atomic
def _dispose(exhibit: Exhibit, tree: trees.Grown | None, *, by: User) -> None:
    """Enter what was taken and left out of the exhibit into custody, once, and keep its tree."""
    Matter.objects.select_for_update().get(pk=exhibit.matter_id)
    if tree is not None and not _needs_tree(exhibit):
        return
    undisposed = Exhibit.objects.filter(pk=exhibit.pk, disposed_at__isnull=True)
    if not undisposed.update(disposed_at=timezone.now()) and tree is None:
        return
    source = exhibit.source
    facts: dict[str, Any] = {"exhibit": exhibit.label, "state": source.state}
    if tree is not None:
        facts |= {"format": source.format, "taken": source.taken, "left_out": source.left_out}
        facts |= {"leaves": tree.size, "root": tree.root}
        trees.keep(exhibit, tree)
    else:
        facts |= {"problem": exhibit.problem}
    custody.record(exhibit.matter, "read", facts, by=by)


def _record_failure(exhibit: Exhibit, *, by: User) -> None:
    """Record once, where the reading failed for a reason outside the file, what the reason was."""
    failed = Job.objects.filter(
        kind=Job.Kind.READ, subject=exhibit.source_id, state=Job.State.FAILED
    ).first()
    if failed is not None and failed.finished_at is not None:
        facts = {"exhibit": exhibit.label, "problem": failed.error}
        custody.record_once(exhibit.matter, "unread", facts, since=failed.finished_at, by=by)


@transaction.atomic
def read_again(exhibit: Exhibit, *, by: User) -> None:
    """Have a file read again whose reading failed for a reason that lay outside the file."""
    jobs.ask(Job.Kind.READ, exhibit.source_id)
    custody.record(exhibit.matter, "reread", {"exhibit": exhibit.label}, by=by)


@transaction.atomic
def withdraw(exhibit: Exhibit, reason: str, *, by: User) -> None:
    """Take an exhibit out of further plans; its bytes and its history stay.

    Raises HeldError under a legal hold.
    """
    Matter.objects.select_for_update().get(pk=exhibit.matter_id)
    holds.require_none(exhibit.matter, "withdrawn")
    standing = Exhibit.objects.filter(pk=exhibit.pk, withdrawn_at__isnull=True)
    if standing.update(withdrawn_at=timezone.now()):
        facts = {"exhibit": exhibit.label, "reason": reason}
        custody.record(exhibit.matter, "withdrawn", facts, by=by)
