"""Steps on exhibits: each is what was received; its exchanges make the tree that was sealed."""

from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody import leaves, merkle
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying.chain import single
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle

_HELD = {"file": "filename", "role": "role", "model": "model", "party": "party"}


def as_received(bundle: Bundle, found: Found) -> None:
    """Hold every exhibit against the entry of its receipt, and every such entry against one."""
    received = single(bundle, "received", "exhibit", found)
    there = bundle.numbered("exhibits", "exhibit.json")
    for label in sorted(received.keys() - set(there)):
        found.wrong(
            f"data/exhibits/{label}",
            f"was received (entry {received[label].number}) and is not in the bundle",
        )
    for label in there:
        found.at = layout.exhibit(label, "exhibit.json")
        if label not in received:
            found.wrong(found.at, "no entry of the ledger says that it was received")
        else:
            _hold(bundle, label, received[label].facts, found)
    found.say(f"{len(there)} exhibits, {len(received)} receipts")


def _hold(bundle: Bundle, label: str, facts: dict[str, Any], found: Found) -> None:
    told = bundle.json(layout.exhibit(label, "exhibit.json"))
    for fact, name in _HELD.items():
        what = f"{name} is {told[name]!r}; it was received as {facts[fact]!r}"
        found.unless(told[name] == facts[fact], found.at, what)
    if not told["native"]:
        found.unless(is_erased(bundle, label), found.at, "has no native file, and none was erased")
        return
    native = layout.exhibit(label, told["native"])
    have = (bundle.digests.get(native), bundle.on_disk.get(native))
    what = (
        f"is {have[1]} bytes with SHA-256 {have[0]}; exhibit {label} was received as "
        f"{facts['bytes']} bytes with {facts['sha256']}"
    )
    found.unless(have == (facts["sha256"], facts["bytes"]), native, what)


def trees(bundle: Bundle, found: Found) -> None:
    """Compute the root over each exhibit's salted exchanges and hold it against the ledger's."""
    roots = [one for one in bundle.acts("read") if "root" in one.facts]
    sealed = {one.facts["exhibit"]: one.facts for one in roots}
    found.unless(len(sealed) == len(roots), layout.ENTRIES, "seals two trees of one exhibit")
    without = []
    for label in bundle.numbered("exhibits", "exhibit.json"):
        told = bundle.json(layout.exhibit(label, "exhibit.json"))
        if label not in sealed or not told["leaf_key"]:
            _require_reason(bundle, label, told, is_sealed=label in sealed, found=found)
            without.append(label)
        else:
            _hold_tree(bundle, label, told, sealed[label], found)
    if without:
        found.say(f"no tree to be checked for {', '.join(without)}")
    if without == bundle.numbered("exhibits", "exhibit.json"):
        raise NotCheckedError("no exhibit has a tree: all are unread, erased or of earlier days")


def _require_reason(
    bundle: Bundle, label: str, told: dict[str, Any], *, is_sealed: bool, found: Found
) -> None:
    """Note an exhibit that ought to have a tree and a key, and has not."""
    name = layout.exhibit(label, "exhibit.json")
    if is_sealed:
        found.unless(is_erased(bundle, label), name, "has lost its key, and was not erased")
    else:
        is_read = told["state"] == "read"
        found.unless(not is_read, name, "was read, and no entry of the ledger seals its tree")


def is_erased(bundle: Bundle, label: str) -> bool:
    """Say whether the ledger says that the texts of an exhibit were erased."""
    return label in {one.facts.get("exhibit") for one in bundle.acts("erased")}


def _hold_tree(
    bundle: Bundle, label: str, told: dict[str, Any], facts: dict[str, Any], found: Found
) -> None:
    name = found.at = layout.exhibit(label, "exchanges.jsonl")
    size, root = root_of_lines(bundle, name, bytes.fromhex(told["leaf_key"]))
    found.unless(
        (size, root.hex()) == (facts["leaves"], facts["root"]),
        name,
        f"has {size} exchanges that lead to the root {root.hex()}; when exhibit {label} was read "
        f"there were {facts['leaves']} with {facts['root']}",
    )
    what = f"says {told['state']!r} of an exhibit that was read"
    found.unless(told["state"] == "read", layout.exhibit(label, "exhibit.json"), what)
    left_out = sum(1 for _ in bundle.lines(layout.exhibit(label, "left-out.jsonl")))
    found.unless(
        left_out == facts["left_out"],
        layout.exhibit(label, "left-out.jsonl"),
        f"has {left_out} records; when exhibit {label} was read {facts['left_out']} were left out",
    )


def root_of_lines(bundle: Bundle, name: str, key: bytes) -> tuple[int, bytes]:
    """Return number and root of the exchanges of a file, as `leaves.hash_of` makes their leaves.

    Each line is the exchange's canonical JSON already, so that it needs no reading: the number of
    its record stands at its end.
    """
    tree = merkle.CompactRange()
    for number, line in enumerate(bundle.lines(name), start=1):
        try:
            record = int(line[line.rindex(b":") + 1 : -1])
        except ValueError as error:
            raise IntegrityError(f"{name}, line {number}: this is no exchange.") from error
        tree.add(merkle.leaf_hash(leaves.salt_of(key, record) + line))
    return tree.size, tree.root()
