"""What somebody who tampers does to cover it: lists made anew, and signed by another key."""

import base64
import json
from itertools import pairwise
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.bundling.statement import enveloped
from audit.analysis.custody import checkpoints, ledger, notes
from audit.analysis.custody.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from audit.analysis.custody.notes import SigningKey
from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.tampering.draft import Draft
from audit.analysis.verifying.reading import Bundle
from audit.analysis.verifying.signed import counted_in


def manifests(draft: Draft) -> None:
    """Make the lists anew that need no key: counts, crate, both manifests, what bag-info says."""
    counts = counted_in(Bundle(draft.root))
    draft.edit(layout.INDEX, lambda index: index.update(counts=counts))
    _crate(draft)
    payload = draft.names(layout.PAYLOAD)
    sizes = [len(draft.read(name)) for name in payload]
    info = draft.read(layout.INFO).decode().splitlines()
    kept = [line for line in info if not line.startswith("Payload-Oxum")]
    oxum = f"Payload-Oxum: {sum(sizes)}.{len(sizes)}"
    draft.write_lines(layout.INFO, [line.encode() for line in (*kept, oxum)])
    _list(draft, layout.MANIFEST, payload)
    lists(draft)


def lists(draft: Draft) -> None:
    """Make the list of the tag files anew, which names the other list."""
    tags = [name for name in draft.names() if not name.startswith(layout.PAYLOAD)]
    _list(draft, layout.TAG_MANIFEST, [name for name in tags if name != layout.TAG_MANIFEST])


def chain(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries numbered and sealed anew from the first, as one chain."""
    previous, made = ledger.START, []
    for number, one in enumerate(entries, start=1):
        values = {name: value for name, value in one.items() if name != "seal"}
        entry = ledger.Entry(**(values | {"number": number, "previous": previous}))
        previous = ledger.seal(entry)
        made.append(values | {"number": number, "previous": entry.previous, "seal": previous})
    return made


def signatures(draft: Draft, key: SigningKey) -> None:
    """Sign everything anew: checkpoints over the ledger as it is, the statement, the list."""
    draft.write(layout.KEYS, f"{key.verifier}\n".encode())
    _ledger(draft, key)
    _statement(draft, key)
    manifests(draft)
    files = [name for name in draft.names() if name not in layout.UNLISTED]
    lines = "".join(f"{sha256_hex(draft.read(name))}  {name}\n" for name in files)
    draft.write(layout.NOTE, notes.signed(f"{layout.LIST}\n{lines}", key).encode())
    lists(draft)


def _ledger(draft: Draft, key: SigningKey) -> None:
    """Make the checkpoints at the sizes that the ledger reaches, one over all, and the proofs.

    Nothing is made of a ledger that was made unreadable.
    """
    try:
        entries = draft.entries()
        leaves = [leaf_hash(bytes.fromhex(one["seal"])) for one in entries]
    except (ValueError, KeyError):
        return
    start = "data/ledger/checkpoints/"
    sizes = {int(name.removeprefix(start).removesuffix(".note")) for name in draft.names(start)}
    draft.remove_all(start)
    sizes = {size for size in sizes if size <= len(entries)} | {len(entries)}
    origin = f"{key.name}/matter/{entries[0]['matter']}"
    for size in sizes:
        one = checkpoints.Checkpoint(origin, size, root_of(leaves[:size]))
        draft.write(layout.checkpoint(size), checkpoints.signed(one, key).encode())
    ordered = sorted(sizes)
    proofs = {
        "consistency": [
            {"first": a, "second": b, "proof": _hexes(consistency_proof(leaves[:b], a))}
            for a, b in pairwise(ordered)
        ],
        "inclusion": [
            {
                "entry": one["number"],
                "seal": one["seal"],
                "proof": _hexes(inclusion_proof(leaves, one["number"] - 1)),
            }
            for one in entries
            if one.get("act") in {"planned", "found", "issued"}
        ],
    }
    draft.write(layout.PROOFS, canonical_json(proofs))


def _hexes(proof: list[bytes]) -> list[str]:
    return [one.hex() for one in proof]


def _statement(draft: Draft, key: SigningKey) -> None:
    """Have the statement name what is there with its digests, unless it was made unreadable."""
    try:
        value = json.loads(base64.b64decode(draft.json(layout.STATEMENT)["payload"]))
    except ValueError:
        return
    there = set(draft.names())
    for named in (value["subject"], *(one["from"] for one in value["predicate"]["made"])):
        named[:] = [one for one in named if one["name"] in there]
        for one in named:
            one["digest"]["sha256"] = sha256_hex(draft.read(one["name"]))
    draft.write(layout.STATEMENT, canonical_json(enveloped(value, key)))


def _crate(draft: Draft) -> None:
    """Have the crate describe the files that are there."""

    def described(value: dict[str, Any]) -> None:
        others = [one for one in value["@graph"] if one["@type"] != "File"]
        names = [name for name in draft.names(layout.PAYLOAD) if name != layout.CRATE]
        files = [_described(draft, name) for name in names]
        for one in others:
            if one["@id"] == "./":
                one["hasPart"] = [{"@id": each["@id"]} for each in files]
        value["@graph"] = [*others, *files]

    draft.edit(layout.CRATE, described)


def _described(draft: Draft, name: str) -> dict[str, Any]:
    data = draft.read(name)
    return {
        "@id": name.removeprefix(layout.PAYLOAD),
        "@type": "File",
        "contentSize": str(len(data)),
        "sha256": sha256_hex(data),
    }


def _list(draft: Draft, manifest: str, names: list[str]) -> None:
    lines = [f"{sha256_hex(draft.read(name))}  {name}".encode() for name in names]
    draft.write_lines(manifest, lines)
