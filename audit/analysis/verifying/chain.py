"""Steps on the ledger: the chain holds, and signed checkpoints show that it was not rewritten."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody import checkpoints, ledger, merkle
from audit.analysis.custody.checkpoints import Checkpoint
from audit.analysis.custody.ledger import Entry
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle

# A clock that is set right may go back a little; who back-dates goes further.
_BACK = timedelta(minutes=1)
_NOTES = "data/ledger/checkpoints/"
_YOURS = "the checkpoint that you gave"


def chain(bundle: Bundle, found: Found) -> None:
    """Hold every entry of the ledger onto the one before it: seals, numbers, matter, times."""
    found.at = layout.ENTRIES
    for problem in ledger.broken_links(_with_times(bundle, found)):
        found.wrong(layout.ENTRIES, problem)


def _with_times(bundle: Bundle, found: Found) -> Iterator[tuple[ledger.Entry, str]]:
    """Pass the entries on, noting those of another matter and those dated before an earlier."""
    matter, latest, many = bundle.index["matter"]["number"], None, 0
    for entry, sealed in bundle.entries():
        many += 1
        at = datetime.fromisoformat(entry.at)
        if entry.matter != matter:
            found.wrong(layout.ENTRIES, f"Entry {entry.number} is of matter {entry.matter}.")
        if latest and at < latest - _BACK:
            found.wrong(
                layout.ENTRIES,
                f"Entry {entry.number} is dated {latest - at} before an earlier one.",
            )
        latest = max(at, latest or at)
        yield entry, sealed
    found.say(f"{many:,} entries")


def opened(bundle: Bundle, found: Found) -> dict[int, Checkpoint]:
    """Return the checkpoints by size, each signed by a known key; raises IntegrityError."""
    read = {}
    for name in sorted(bundle.on_disk):
        if name.startswith(_NOTES):
            found.at = name
            one = checkpoints.opened(bundle.text(name), bundle.keys)
            if layout.checkpoint(one.size) != name:
                raise IntegrityError(f"It is a checkpoint over {one.size} entries.")
            read[one.size] = one
    return dict(sorted(read.items()))


def signed_checkpoints(bundle: Bundle, found: Found) -> None:
    """Hold every checkpoint against the root over as many entries as it covers."""
    signed = opened(bundle, found)
    matter = bundle.index["matter"]["number"]
    origins = [f"{key.name}/matter/{matter}" for key in bundle.keys]
    kept = [checkpoints.opened(one, bundle.keys) for one in bundle.trust.notes]
    roots = _roots(bundle, {*signed, *(one.size for one in kept)})
    for size, one in signed.items():
        name = layout.checkpoint(size)
        found.unless(one.origin in origins, name, f"is of the log {one.origin}, not {origins}")
        if size not in roots:
            found.wrong(name, f"covers {size} entries, and the ledger here has fewer")
        else:
            what = (
                f"was signed over other entries: the first {size} entries of this ledger lead to "
                f"the root {roots[size].hex()}, and {one.root.hex()} was signed"
            )
            found.unless(roots[size] == one.root, name, what)
    for one in kept:
        what = "the ledger here does not lead to it: it was cut or written anew since"
        holds = one.origin in origins and roots.get(one.size) == one.root
        found.unless(holds, f"{_YOURS} over {one.size} entries", what)
    stated = bundle.index["counts"]["entries"]
    found.unless(stated in signed, layout.ENTRIES, f"no checkpoint covers all {stated} entries")
    found.say(f"{len(signed)} checkpoints, over {', '.join(map(str, signed))} entries")


def _roots(bundle: Bundle, sizes: set[int]) -> dict[int, bytes]:
    """Return the root over the first entries, at each of the sizes that the ledger reaches."""
    tree, roots = merkle.CompactRange(), {}
    for _, sealed in bundle.entries():
        tree.add(merkle.leaf_hash(bytes.fromhex(sealed)))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return roots


def proofs(bundle: Bundle, found: Found) -> None:
    """Hold the bundle's proofs against the checkpoints: of inclusion, and of consistency.

    Who holds one earlier checkpoint and this bundle's proofs needs nothing else of the ledger.
    """
    signed = opened(bundle, found)
    found.at = layout.PROOFS
    given = bundle.json(layout.PROOFS)
    sizes = list(signed)
    pairs = [[one["first"], one["second"]] for one in given["consistency"]]
    found.unless(
        pairs == [list(pair) for pair in pairwise(sizes)],
        layout.PROOFS,
        "does not lead from every checkpoint to the next",
    )
    for one in given["consistency"]:
        first, second = signed[one["first"]], signed[one["second"]]
        with _told(found, f"{layout.PROOFS}, from {first.size} to {second.size}"):
            merkle.verify_consistency(
                first.size, first.root, second.size, second.root, _hashes(one)
            )
    _included(bundle, given["inclusion"], signed[sizes[-1]], found)
    found.say(f"{len(pairs)} consistency proofs, {len(given['inclusion'])} inclusion proofs")


def _included(bundle: Bundle, given: list[dict[str, Any]], last: Checkpoint, found: Found) -> None:
    seals = {entry.number: sealed for entry, sealed in bundle.entries()} if given else {}
    for one in given:
        where = f"{layout.PROOFS}, entry {one['entry']}"
        if not found.unless(seals.get(one["entry"]) == one["seal"], where, "has another seal"):
            continue
        with _told(found, where):
            merkle.verify_inclusion(
                merkle.leaf_hash(bytes.fromhex(one["seal"])),
                one["entry"] - 1,
                last.size,
                _hashes(one),
                last.root,
            )


def single(bundle: Bundle, act: str, about: str, found: Found) -> dict[Any, Entry]:
    """Return the entries of an act by what each is about, noting a second about the same.

    Each such act is done once: of two, the later could pass for the only one.
    """
    entries: dict[Any, Entry] = {}
    for one in bundle.acts(act):
        first = entries.setdefault(one.facts[about], one)
        what = f"Entries {first.number} and {one.number} both say {act} of {about} "
        found.unless(first is one, layout.ENTRIES, f"{what}{one.facts[about]}.")
    return entries


class _told:  # noqa: N801 - reads as a word after `with`
    """Note an IntegrityError of the block as a problem at a place."""

    def __init__(self, found: Found, where: str) -> None:
        self._found, self._where = found, where

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, IntegrityError):
            self._found.wrong(self._where, str(error))
            return True
        return False


def _hashes(one: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(each) for each in one["proof"]]
