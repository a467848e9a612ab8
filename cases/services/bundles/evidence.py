"""The exhibits of a bundle: native bytes, what was read of them, vectors of their texts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.digests import canonical_json, chunks_of
from audit.models import Encoder, Source
from audit.services.sources import store
from cases.models import Designation, Exhibit, ExhibitKey, Matter
from cases.services import trees
from cases.services.bundles.counting import encoders_of, vectors_of

GROUP = 2000
# Endings that say what a file is; any other could be made to run by being opened.
_ENDINGS = (".jsonl.gz", ".json.gz", ".jsonl", ".json")


def write(matter: Matter, made: Bag, say: Callable[[str], None]) -> dict[str, int]:
    """Write all exhibits and vectors; return how much was written of what is counted."""
    counts = dict.fromkeys(("exhibits", "bytes_of_exhibits", "exchanges", "left_out"), 0)
    exhibits = matter.exhibits.select_related("source", "party", "received_by", "erasure")
    for exhibit in exhibits.order_by("number").iterator(GROUP):
        for name, many in _exhibit(exhibit, made).items():
            counts[name] += many
        say(f"exhibit {exhibit.label}: {exhibit.source.taken:,} exchanges")
    vectors = sum(_vectors(one, matter, made) for one in encoders_of(matter))
    return counts | {"vectors": vectors}


def _exhibit(exhibit: Exhibit, made: Bag) -> dict[str, int]:
    """Write one exhibit; of an erased one only what is not its content."""
    told = _facts(exhibit)
    counts = {"exhibits": 1}
    if told["native"]:
        with store().open(exhibit.source.sha256) as stream:
            path = layout.exhibit(exhibit.label, told["native"])
            counts["bytes_of_exhibits"] = made.write(path, chunks_of(stream)).size
    if told["native"] and exhibit.source.state == Source.State.READ:
        counts |= _records(exhibit, made)
    made.write(layout.exhibit(exhibit.label, "exhibit.json"), [canonical_json(told)])
    return counts


def _facts(exhibit: Exhibit) -> dict[str, Any]:
    erasure = getattr(exhibit, "erasure", None)
    source = exhibit.source
    has_key = ExhibitKey.objects.filter(exhibit=exhibit).exists()
    return {
        "label": exhibit.label,
        "role": exhibit.role,
        "model": exhibit.model_name,
        "party": exhibit.party.name,
        "filename": exhibit.filename,
        "native": "" if erasure else f"native{_ending(exhibit.filename)}",
        "sha256": source.sha256,
        "bytes": source.size,
        "state": source.state,
        "problem": exhibit.problem,
        "format": source.format,
        "taken": source.taken,
        "left_out": source.left_out,
        "received_at": exhibit.received_at.isoformat(),
        "received_by": exhibit.received_by.get_username(),
        "designations": [_designation(one) for one in exhibit.designations.select_related("by")],
        "withdrawn_at": exhibit.withdrawn_at.isoformat() if exhibit.withdrawn_at else None,
        "erased": {"at": erasure.at.isoformat(), "reason": erasure.reason} if erasure else None,
        "leaf_key": trees.key_of(exhibit).hex() if has_key and not erasure else "",
    }


def _designation(one: Designation) -> dict[str, Any]:
    said = {"number": one.number, "mark": one.mark, "reason": one.reason}
    return said | {"at": one.at.isoformat(), "by": one.by.get_username()}


def _ending(filename: str) -> str:
    return next((one for one in _ENDINGS if filename.lower().endswith(one)), "")


def _records(exhibit: Exhibit, made: Bag) -> dict[str, int]:
    exchanges = (asdict(one) for one in trees.exchanges_of(exhibit.source))
    rows = exhibit.source.left_out_records.order_by("record")
    left_out = rows.values("record", "place", "reason", "mend").iterator(GROUP)
    return {
        name: write_lines(made, layout.exhibit(exhibit.label, path), values)
        for name, path, values in (
            ("exchanges", "exchanges.jsonl", exchanges),
            ("left_out", "left-out.jsonl", left_out),
        )
    }


def write_lines(made: Bag, path: str, values: Iterable[Any]) -> int:
    """Write values as canonical JSON, a line each; return how many."""
    many = 0
    with made.open(path) as target:
        for value in values:
            target.write(canonical_json(value) + b"\n")
            many += 1
    return many


def _vectors(encoder: Encoder, matter: Matter, made: Bag) -> int:
    """Write the vectors of an encoder as npy (n, d), and the keys of their texts in that order."""
    rows, many = vectors_of(encoder, matter), 0
    shape = (rows.count(), encoder.identity["dimensions"])
    with made.open(layout.vectors(encoder.digest, "vectors.npy")) as vectors:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(vectors, header)
        with made.open(layout.vectors(encoder.digest, "texts.txt")) as texts:
            for key, vector in _pairs(rows):
                texts.write(f"{key}\n".encode())
                vectors.write(vector)
                many += 1
    return many


def _pairs(rows: Any) -> Iterator[tuple[str, bytes]]:
    for key, vector in rows.values_list("text_key", "vector").iterator(GROUP):
        yield key, bytes(vector)
