"""The ledger of a bundle: every entry, every checkpoint with its time-stamps, and the proofs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.custody.merkle import Hashes, consistency_proof, inclusion_proof
from audit.analysis.digests import canonical_json
from cases.models import Checkpoint, Matter
from cases.services import checkpoints, custody
from cases.services.bundles.evidence import write_lines

# The entries that a bundle proves one by one, for who holds a checkpoint and not the ledger.
_PROVEN = ("planned", "found", "issued", "finalised")


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written of what is counted, and a row for every time-stamp."""

    counts: dict[str, int]
    rows: list[dict[str, Any]]


def write(matter: Matter, made: Bag) -> Written:
    """Write the whole ledger with all that vouches for it."""
    entries = (asdict(entry) | {"seal": sealed} for entry, sealed in custody.entries_of(matter))
    many = write_lines(made, layout.ENTRIES, entries)
    rows, sizes = [], []
    for checkpoint in matter.checkpoints.order_by("size"):
        made.write(layout.checkpoint(checkpoint.size), [checkpoint.note.encode()])
        sizes.append(checkpoint.size)
        rows += _stamps(checkpoint, made)
    made.write(layout.PROOFS, [canonical_json(_proofs(matter, sizes))])
    keys = "".join(f"{key}\n" for key in checkpoints.verifier_keys())
    made.write(layout.KEYS, [keys.encode()])
    return Written({"entries": many, "checkpoints": len(sizes), "stamps": len(rows)}, rows)


def _stamps(checkpoint: Checkpoint, made: Bag) -> list[dict[str, Any]]:
    """Write the answers of the authorities with their certificates; return what they say."""
    rows = []
    for number, one in enumerate(checkpoint.stamps.order_by("at", "pk"), start=1):
        made.write(layout.stamp(checkpoint.size, number, "tsr"), [bytes(one.answer)])
        made.write(layout.stamp(checkpoint.size, number, "pem"), [one.certificates.encode()])
        rows.append(
            {
                "checkpoint": checkpoint.size,
                "number": number,
                "url": one.url,
                "authority": one.authority,
                "at": one.at.isoformat(),
                "serial": one.serial,
                "policy": one.policy,
                "accuracy_s": one.accuracy_s,
                "independent": one.independent,
                "received_at": one.received_at.isoformat(),
            }
        )
    return rows


def _proofs(matter: Matter, sizes: list[int]) -> dict[str, Any]:
    """Return the proofs that each checkpoint continues the one before, and of single entries."""
    leaves = _leaves(matter, sizes[-1])
    proven = matter.custody.filter(act__in=_PROVEN, number__lte=sizes[-1]).order_by("number")
    return {
        "consistency": [
            {
                "first": first,
                "second": second,
                "proof": _hexes(consistency_proof(leaves[:second], first)),
            }
            for first, second in pairwise(sizes)
        ],
        "inclusion": [
            {"entry": number, "seal": seal, "proof": _hexes(inclusion_proof(leaves, number - 1))}
            for number, seal in proven.values_list("number", "seal")
        ],
    }


def _leaves(matter: Matter, size: int) -> Hashes:
    """Return the leaf hashes of the ledger, uint8 (n, 32)."""
    every = b"".join(checkpoints.leaves_of(matter))
    return np.frombuffer(every, dtype=np.uint8).reshape(-1, 32)[:size]


def _hexes(proof: Iterable[bytes]) -> list[str]:
    return [one.hex() for one in proof]
