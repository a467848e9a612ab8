"""How fast a bundle is verified: `python -m tests.bench_verify [EXCHANGES]`, a million by default.

A bundle is written with the same bag as any other: four exhibits, their native files and what was
read of them, vectors, a ledger with a signed checkpoint. It is then verified by looking alone, and
`sha256sum` reads the same files in the same run. Prints megabytes (1,000,000 bytes) of the files a
second, each file counted once though the leaves of the trees hash part of them again; the slowest
steps; and the most memory of writing and of verifying.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from audit.analysis.bundling import bag, layout
from audit.analysis.bundling.crate import crate_of
from audit.analysis.bundling.statement import enveloped, statement_of
from audit.analysis.custody import checkpoints, ledger, merkle, notes
from audit.analysis.custody.leaves import salt_of
from audit.analysis.custody.notes import SigningKey
from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.transcripts import Exchange
from audit.analysis.verifying import Effort, Trust, verify

EXHIBITS = 4
VECTORS, DIMENSIONS = 20_000, 384
KEY = SigningKey("touchstone-bench", bytes(32))
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MEGA = 1_000_000


def exchanges(label: str, many: int) -> Iterator[Exchange]:
    """Yield exchanges of about 1,200 bytes."""
    rng = np.random.default_rng(ord(label))
    words = np.array([f"word{number}" for number in range(5000)])
    for record in range(1, many + 1):
        text = " ".join(words[rng.integers(0, 5000, 8)])
        yield Exchange(record, f"Question {record}: what of {text}?", f"{text}. " * 15, label)


def exhibit(made: bag.Bag, label: str, many: int) -> dict[str, Any]:
    """Write one exhibit; return what the ledger says of it."""
    key, tree = bytes([ord(label)]) * 32, merkle.CompactRange()
    with (
        made.open(layout.exhibit(label, "native.jsonl")) as native,
        made.open(layout.exhibit(label, "exchanges.jsonl")) as read,
    ):
        for one in exchanges(label, many):
            line = canonical_json(asdict(one))
            tree.add(merkle.leaf_hash(salt_of(key, one.record) + line))
            read.write(line + b"\n")
            native.write(line + b"\n")
    made.write(layout.exhibit(label, "left-out.jsonl"), [])
    written = made.files[layout.exhibit(label, "native.jsonl")]
    told = {"role": "control", "model": label, "party": "bench"}
    values = told | {"filename": f"{label}.jsonl", "native": "native.jsonl", "state": "read"}
    values |= {"leaf_key": key.hex()}
    made.write(layout.exhibit(label, "exhibit.json"), [canonical_json(values)])
    facts = {"exhibit": label, "file": f"{label}.jsonl", "sha256": written.sha256}
    return {
        "received": facts | told | {"bytes": written.size},
        "read": {"exhibit": label, "leaves": tree.size, "root": tree.root().hex()},
    }


def write_ledger(made: bag.Bag, acts: list[tuple[str, dict[str, Any]]]) -> None:
    """Write the entries, and one checkpoint over all of them."""
    previous, tree = ledger.START, merkle.CompactRange()
    with made.open(layout.ENTRIES) as target:
        for number, (act, facts) in enumerate(acts, start=1):
            at = ledger.moment(FIRST + timedelta(minutes=number))
            entry = ledger.Entry(1, number, at, "bench", act, facts, previous, "page")
            previous = ledger.seal(entry)
            tree.add(merkle.leaf_hash(bytes.fromhex(previous)))
            target.write(canonical_json(asdict(entry) | {"seal": previous}) + b"\n")
    one = checkpoints.Checkpoint(f"{KEY.name}/matter/1", tree.size, tree.root())
    made.write(layout.checkpoint(tree.size), [checkpoints.signed(one, KEY).encode()])
    made.write(layout.PROOFS, [canonical_json({"consistency": [], "inclusion": []})])
    made.write(layout.KEYS, [f"{KEY.verifier}\n".encode()])


def write_vectors(made: bag.Bag) -> None:
    vectors = np.random.default_rng(1).standard_normal((VECTORS, DIMENSIONS), np.float32)
    with made.open(layout.vectors("0" * 64, "vectors.npy")) as target:
        np.lib.format.write_array(target, vectors)
    keys = sorted(digest_of(number) for number in range(VECTORS))
    made.write(layout.vectors("0" * 64, "texts.txt"), ["\n".join([*keys, ""]).encode()])


def write(place: Path, many: int) -> None:
    with bag.begun(place) as made:
        acts: list[tuple[str, dict[str, Any]]] = []
        for number in range(EXHIBITS):
            acts += exhibit(made, chr(65 + number), many // EXHIBITS).items()
        write_ledger(made, acts)
        write_vectors(made)
        natives = [one for path, one in made.files.items() if "/native" in path]
        counts = dict.fromkeys(layout.COUNTED, 0) | {
            "exhibits": EXHIBITS,
            "bytes_of_exhibits": sum(one.size for one in natives),
            "exchanges": many // EXHIBITS * EXHIBITS,
            "entries": len(acts),
            "checkpoints": 1,
            "vectors": VECTORS,
        }
        index = {"format": layout.FORMAT, "matter": {"number": 1}, "counts": counts, "stamps": []}
        made.write(layout.INDEX, [canonical_json(index)])
        made.write(layout.ENVIRONMENT, [b"{}"])
        made.write(layout.STATEMENT, [canonical_json(enveloped(statement_of([], "0"), KEY))])
        crate = crate_of("Bench", "2026-01-01", made.payload, [], "0")
        made.write(layout.CRATE, [canonical_json(crate)])
        made.write(layout.README, [b"A bench.\n"])
        made.finish({}, lambda text: notes.signed(text, KEY))


def hashed_by_sha256sum(place: Path, processes: int) -> float:
    """Return how many seconds `sha256sum` takes for all files of the bundle."""
    start = time.perf_counter()
    command = f"find '{place}' -type f -print0 | xargs -0 -n 1 -P {processes} sha256sum"
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602 - our own path
    return time.perf_counter() - start


def memory() -> int:
    """Return the most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


def main(many: int) -> int:
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as folder:
        place = Path(folder) / "bundle"
        start = time.perf_counter()
        write(place, many)
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        say(f"{many:,} exchanges in {size / MEGA:,.0f} MB, written in", start)
        sys.stdout.write(f"{memory():9,} MB of memory at the most\n")
        start = time.perf_counter()
        found = verify(place, Trust((str(KEY.verifier),)), Effort.LOOKING)
        taken = time.perf_counter() - start
        rates = {"verify": taken}
        rates |= {f"sha256sum, {n} at once": hashed_by_sha256sum(place, n) for n in (1, 2)}
        for name, seconds in rates.items():
            rate = size / MEGA / seconds
            sys.stdout.write(f"{rate:9,.0f} MB/s  {seconds:7.2f} s  {name}\n")
        for step in sorted(found.steps, key=lambda one: -one.seconds)[:4]:
            sys.stdout.write(f"{'':9}       {step.seconds:7.2f} s  {step.title}\n")
        sys.stdout.write(f"{memory():9,} MB of memory at the most\n")
        assert found.failed == (), found.failed
    return 0


def say(what: str, start: float) -> None:
    sys.stdout.write(f"{what} {time.perf_counter() - start:.1f} s\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
