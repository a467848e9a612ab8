"""Ledgers: the chain of each matter, the signed checkpoints over it, and their time-stamps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from audit.analysis.custody import checkpoints as rule
from audit.analysis.custody import stamps
from audit.analysis.custody.merkle import CompactRange, leaf_hash
from audit.analysis.digests import sha256_hex
from audit.analysis.errors import IntegrityError, TouchstoneError
from cases.models import Checkpoint, CustodyEntry, Matter, TimeStamp
from cases.samples.authority import WARNING
from cases.services import checkpoints, custody, stamping
from cases.services.evidence import acts
from cases.services.evidence.words import Found, Sweep, one_moment

# A ledger may run ahead of its last checkpoint by as many entries as fall between two beats.
_AHEAD = "entries are covered by no checkpoint yet; one is made every ten minutes."

# A clock that is set right may go back a little; who back-dates goes further.
_BACK = timedelta(minutes=1)


@dataclass(slots=True)
class _Walk:
    """What is gathered from one ledger: the roots of its tree at wanted sizes, and its acts."""

    wanted: frozenset[int]
    tree: CompactRange = field(default_factory=CompactRange)
    roots: dict[int, CompactRange] = field(default_factory=dict)
    told: acts.Told = field(default_factory=acts.Told)
    latest: datetime | None = None
    back_dated: list[str] = field(default_factory=list)

    def see(self, entry: CustodyEntry) -> None:
        latest = self.latest or entry.at
        if entry.at < latest - _BACK:
            by = latest - entry.at
            self.back_dated.append(f"Entry {entry.number} is dated {by} before an earlier one.")
        self.latest = max(latest, entry.at)
        self.tree.add(_leaf(entry.seal))
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = CompactRange(self.tree.size, list(self.tree.peaks))
        self.told.see(entry)


def _leaf(seal: str) -> bytes:
    try:
        return leaf_hash(bytes.fromhex(seal))
    except ValueError:  # the chain says of it that it is not what was sealed
        return leaf_hash(seal.encode())


def look(sweep: Sweep) -> Iterator[Found]:
    """Yield what does not hold in each ledger, in what is signed over it, and in its rows."""
    known = set()
    for matter in Matter.objects.order_by("pk").iterator():
        known.add(matter.pk)
        with one_moment():
            yield from _look_at(matter, sweep)
    for number in sorted(sweep.notes.keys() - known):
        yield Found("matter", f"matter {number}", "A signed checkpoint names it and it is gone.")


def _look_at(matter: Matter, sweep: Sweep) -> Iterator[Found]:
    made = list(matter.checkpoints.order_by("size"))
    alone = sweep.notes.get(matter.pk, [])
    walk = _Walk(frozenset({one.size for one in made} | {one.size for one in alone}))
    where = f"matter {matter.pk}"
    for problem in [*custody.problems(matter, walk.see), *walk.back_dated]:
        yield Found("chain", f"{where}, ledger", problem)
    sweep.looked_at["entries"] += walk.tree.size
    for checkpoint in made:
        sweep.looked_at["checkpoints"] += 1
        place = f"{where}, {checkpoint}"
        for said in (*_of_row(checkpoint), *_against_ledger(checkpoint, walk)):
            yield Found("checkpoint", place, said)
        yield from _of_stamps(checkpoint, place, sweep)
    yield from _of_notes(alone, walk, where)
    yield from _wanting(matter, walk, where)
    yield from acts.look(matter, walk.told, sweep)


def _of_row(row: Checkpoint) -> Iterator[str]:
    """Yield what is wrong with a checkpoint's row by itself: its note, and its columns."""
    if sha256_hex(row.note.encode()) != row.note_sha256:
        yield "Its note is not what its digest was taken of."
    try:
        signed = rule.opened(row.note, checkpoints.verifier_keys())
    except IntegrityError as error:
        yield f"Its signature does not hold: {error}"
        return
    if signed.origin not in checkpoints.origins_of(row.matter):
        yield f"It was signed for {signed.origin}, not for this ledger."
    if (signed.size, signed.root.hex()) != (row.size, row.root):
        yield "Size or root of its row are not those that were signed."


def _against_ledger(row: Checkpoint, walk: _Walk) -> Iterator[str]:
    tree = walk.roots.get(row.size)
    if tree is None:
        yield (
            f"It covers {row.size} entries and the ledger has {walk.tree.size}: entries were "
            "removed."
        )
    elif tree.root().hex() != row.root:
        yield (
            "The ledger does not lead to the root that was signed: an entry up to "
            f"{row.size} was changed, removed or put in, and the seals made anew."
        )
    elif [peak.hex() for peak in tree.peaks] != row.peaks:
        yield "The tree that the next checkpoint goes on from is not that of the ledger."


def _of_notes(alone: list[rule.Checkpoint], walk: _Walk, where: str) -> Iterator[Found]:
    """Yield each signed checkpoint, met only as a file, that the ledger does not lead to."""
    for note in alone:
        tree = walk.roots.get(note.size)
        if tree is None or tree.root() != note.root:
            yield Found(
                "checkpoint",
                f"{where}, signed checkpoint over {note.size} entries, found as a file",
                f"Its row is gone, and the ledger, of {walk.tree.size} entries, does not lead to "
                "its root: the ledger was cut or written anew.",
            )


def _of_stamps(row: Checkpoint, place: str, sweep: Sweep) -> Iterator[Found]:
    for stamp in row.stamps.all():
        sweep.looked_at["time-stamps"] += 1
        for said in _of_stamp(stamp, row):
            yield Found("time-stamp", f"{place}, stamp from {stamp.url}", said)


def _of_stamp(stamp: TimeStamp, row: Checkpoint) -> Iterator[str]:
    trusted = stamping.trusted_by(stamp.url)
    try:
        found = stamps.checked(bytes(stamp.answer), row.note.encode(), trusted, nonce=None)
    except TouchstoneError as error:
        yield str(error)
        return
    told = (stamp.authority, stamp.at, stamp.serial, stamp.policy, stamp.certificates)
    said = (found.authority, found.time, str(found.serial), found.policy)
    accuracy = found.accuracy.total_seconds() if found.accuracy else None
    if told != (*said, "".join(found.certificates)) or stamp.accuracy_s != accuracy:
        yield "Its row does not say what the authority said."
    if stamp.independent == (WARNING in found.authority):
        yield "It passes for what it is not: whether the authority is independent was changed."


def _wanting(matter: Matter, walk: _Walk, where: str) -> Iterator[Found]:
    last = checkpoints.latest(matter)
    if (ahead := walk.tree.size - (last.size if last else 0)) > 0:
        yield Found("checkpoint", f"{where}, ledger", f"{ahead} {_AHEAD}", grave=False)
    if wanting := stamping.state_of(last).wanting:
        place = f"{where}, {last or 'ledger'}"
        yield Found("time-stamp", place, wanting, grave=False)
