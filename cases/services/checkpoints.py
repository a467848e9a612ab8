"""Checkpoints: the ledger of a matter as a signed tree, so that a rewritten ledger shows."""

import base64
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from audit.analysis.custody import checkpoints as rule
from audit.analysis.custody.merkle import CompactRange, leaf_hash
from audit.analysis.custody.notes import SigningKey, VerifierKey
from audit.analysis.digests import sha256_hex
from audit.services.sources import store
from cases.models import Checkpoint, CustodyEntry, Finding, Matter


def signing_key() -> SigningKey:
    """Return the key that signs; its name holds eight digits of the digest of its public half."""
    seed = base64.b64decode(settings.SIGNING_KEY)
    public = SigningKey("unnamed", seed).verifier.public
    return SigningKey(f"touchstone-{sha256_hex(public)[:8]}", seed)


def verifier_keys() -> list[VerifierKey]:
    """Return the keys that a checkpoint may be signed by: today's, and those named as earlier."""
    earlier = map(VerifierKey.parsed, settings.SIGNING_KEYS_BEFORE)
    return [signing_key().verifier, *earlier]


def origins_of(matter: Matter) -> list[str]:
    """Return the names that the ledger of a matter goes by, under each key that may sign."""
    return [f"{key.name}/matter/{matter.pk}" for key in verifier_keys()]


def leaves_of(matter: Matter, after: int = 0) -> Iterator[bytes]:
    """Yield the leaf hash of each entry of the ledger after the first so many."""
    seals = matter.custody.filter(number__gt=after).order_by("number").values_list("seal")
    return (leaf_hash(bytes.fromhex(seal)) for (seal,) in seals.iterator())


def latest(matter: Matter) -> Checkpoint | None:
    """Return the checkpoint over the most entries, or None while there is none."""
    return matter.checkpoints.order_by("-size").first()


@transaction.atomic(durable=True)
def cover(matter: Matter) -> Checkpoint:
    """Return the checkpoint over all entries of a matter, making it if need be.

    Only entries that are there for good are covered: it refuses to run in a transaction. Its file
    is kept before its row, so that a kill between the two leaves a note that holds.
    """
    last = latest(matter)
    tree = _tree(last)
    for leaf in leaves_of(matter, tree.size):
        tree.add(leaf)
    if last is not None and tree.size == last.size:
        return last
    key = signing_key()
    origin = f"{key.name}/matter/{matter.pk}"
    note = rule.signed(rule.Checkpoint(origin, tree.size, tree.root()), key)
    kept = store().put([note.encode()])
    made, _ = Checkpoint.objects.get_or_create(
        matter=matter,
        size=tree.size,
        defaults={
            "root": tree.root().hex(),
            "peaks": [peak.hex() for peak in tree.peaks],
            "note": note,
            "note_sha256": kept.sha256,
        },
    )
    return made


def _tree(last: Checkpoint | None) -> CompactRange:
    if last is None:
        return CompactRange()
    return CompactRange.from_dict({"size": last.size, "peaks": last.peaks})


def require(finding: Finding) -> Checkpoint:
    """Return the first checkpoint that covers the plan of a finding, made now if it is missing.

    The plan is sealed and the checkpoint made in two steps; a kill may fall between them.
    """
    return covering(finding) or cover(finding.matter)


def covering(finding: Finding) -> Checkpoint | None:
    """Return the first checkpoint that covers the plan of a finding, or None."""
    found = finding.matter.checkpoints.filter(size__gte=finding.plan_entry)
    return found.order_by("size").first()


def uncovered(most: int) -> QuerySet[Matter]:
    """Return matters with entries that no checkpoint covers, at most so many."""
    entries = CustodyEntry.objects.filter(matter=OuterRef("pk")).order_by("-number")
    covered = Checkpoint.objects.filter(matter=OuterRef("pk")).order_by("-size")
    matters = Matter.objects.annotate(
        entries=Subquery(entries.values("number")[:1]),
        covered=Subquery(covered.values("size")[:1]),
    )
    behind = Q(entries__gt=F("covered")) | Q(covered__isnull=True, entries__isnull=False)
    return matters.filter(behind).order_by("pk")[:most]
