"""Tamperings with the ledger and with what vouches for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.tampering import remaking
from audit.analysis.tampering.draft import DoesNotApplyError, Draft
from audit.analysis.tampering.trials import Trial

Rows = list[dict[str, Any]]


def _flip(draft: Draft) -> None:
    draft.flip(layout.ENTRIES)


def _changed(act: Callable[[Draft, Rows], Rows], *, whole: bool) -> Callable[[Draft], None]:
    """Return what changes the entries; with `whole` the chain is then sealed anew throughout."""

    def tamper(draft: Draft) -> None:
        entries = act(draft, draft.entries())
        draft.write_entries(remaking.chain(entries) if whole else entries)

    return tamper


def _drop_last(_draft: Draft, rows: Rows) -> Rows:
    return rows[:-1]


def _drop_middle(_draft: Draft, rows: Rows) -> Rows:
    return rows[:2] + rows[3:]


def _drop_failed_look(_draft: Draft, rows: Rows) -> Rows:
    return rows[:-2] + rows[-1:]


def _reorder(_draft: Draft, rows: Rows) -> Rows:
    return [rows[0], rows[2], rows[1], *rows[3:]]


def _insert(_draft: Draft, rows: Rows) -> Rows:
    return [*rows[:2], rows[1] | {"act": "approved", "facts": {}}, *rows[2:]]


def _back_date(draft: Draft, rows: Rows) -> Rows:
    """Date the sealing of the first plan back by a day."""
    place = draft.entry("planned")
    at = datetime.fromisoformat(rows[place]["at"]) - timedelta(days=1)
    rows[place]["at"] = at.isoformat(timespec="microseconds")
    return rows


def _change_actor(_draft: Draft, rows: Rows) -> Rows:
    rows[1]["actor"] = "somebody-else"
    return rows


def _change_digest(draft: Draft, rows: Rows) -> Rows:
    """Have the ledger receive another file than it did."""
    rows[draft.entry("received")]["facts"]["sha256"] = "0" * 64
    return rows


def _other_matter(_draft: Draft, rows: Rows) -> Rows:
    return [one | {"matter": one["matter"] + 1} for one in rows]


def _flip_checkpoint(draft: Draft) -> None:
    draft.flip(draft.names("data/ledger/checkpoints/")[0], 0.4)


def _remove_checkpoint(draft: Draft) -> None:
    draft.remove(_checkpoints(draft)[-1])


def _swap_checkpoints(draft: Draft) -> None:
    one, other = _two(_checkpoints(draft), "checkpoint")
    draft.swap(one, other)


def _change_proof(draft: Draft) -> None:
    def changed(proofs: dict[str, Any]) -> None:
        proofs["inclusion"][0]["proof"][0] = "00" * 32

    draft.edit(layout.PROOFS, changed)


def _remove_proof(draft: Draft) -> None:
    draft.edit(layout.PROOFS, lambda proofs: proofs.update(consistency=[]))


def _flip_stamp(draft: Draft) -> None:
    draft.flip(draft.names("data/ledger/stamps/", ".tsr")[0], 0.9)


def _remove_stamps(draft: Draft) -> None:
    for name in draft.names("data/ledger/stamps/"):
        draft.remove(name)


def _remove_stamp(draft: Draft) -> None:
    draft.remove(draft.names("data/ledger/stamps/", ".tsr")[0])


def _swap_stamps(draft: Draft) -> None:
    """Put the stamps of two checkpoints of one authority in each other's place."""
    rows = draft.json(layout.INDEX)["stamps"]
    pair = _pair(rows, "authority", "checkpoint")
    draft.swap(_stamp(pair[0]), _stamp(pair[1]))


def _swap_authorities(draft: Draft) -> None:
    """Put the stamps of two authorities on one checkpoint in each other's place."""
    rows = draft.json(layout.INDEX)["stamps"]
    pair = _pair(rows, "checkpoint", "authority")
    draft.swap(_stamp(pair[0]), _stamp(pair[1]))


def _rename_authority(draft: Draft) -> None:
    def renamed(index: dict[str, Any]) -> None:
        index["stamps"][0]["authority"] = "CN=Another Authority"

    draft.edit(layout.INDEX, renamed)


def _change_time(draft: Draft) -> None:
    """Have the index say that a stamp is a day older than it is."""

    def changed(index: dict[str, Any]) -> None:
        row = index["stamps"][0]
        row["at"] = (datetime.fromisoformat(row["at"]) - timedelta(days=1)).isoformat()

    draft.edit(layout.INDEX, changed)


def _pair(rows: Rows, same: str, other: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for one in rows:
        for another in rows:
            if one[same] == another[same] and one[other] != another[other]:
                return one, another
    raise DoesNotApplyError(f"no two stamps have one {same} and another {other}")


def _stamp(row: dict[str, Any]) -> str:
    return layout.stamp(row["checkpoint"], row["number"], "tsr")


def _checkpoints(draft: Draft) -> list[str]:
    return sorted(draft.names("data/ledger/checkpoints/"), key=lambda one: (len(one), one))


def _two(found: list[str], what: str) -> tuple[str, str]:
    if len(found) == 1:
        raise DoesNotApplyError(f"the bundle has one {what}")
    return found[0], found[1]


def _again(act: Callable[[Draft, Rows], Rows]) -> Callable[[Draft], None]:
    """Return what changes the entries and seals the chain anew throughout."""
    return _changed(act, whole=True)


_LEDGER = layout.ENTRIES
_NOTES = "data/ledger/checkpoints/"
_STAMPS = "data/ledger/stamps/"
# Where a ledger shows that was sealed anew: in what was signed over it, or in who stamped that.
_VOUCHED = f"{_NOTES}|{_STAMPS}"

TRIALS = (
    Trial("flip a bit in the ledger", _flip, _LEDGER),
    Trial("drop the last entry", _changed(_drop_last, whole=False), f"{_LEDGER}|{_STAMPS}"),
    Trial("drop an entry from the middle", _changed(_drop_middle, whole=False), _LEDGER),
    Trial("drop an entry, chain sealed anew", _again(_drop_middle), _VOUCHED),
    Trial(
        "drop the last but one, chain sealed anew",
        _again(_drop_failed_look),
        "ledger",
    ),
    Trial("reorder two entries", _changed(_reorder, whole=False), _LEDGER),
    Trial("reorder two entries, chain sealed anew", _again(_reorder), _VOUCHED),
    Trial("insert an entry", _changed(_insert, whole=False), _LEDGER),
    Trial("insert an entry, chain sealed anew", _again(_insert), _VOUCHED),
    Trial("back-date the sealing of a plan", _changed(_back_date, whole=False), _LEDGER),
    Trial("back-date it, chain sealed anew", _again(_back_date), _LEDGER),
    Trial("change who acted", _changed(_change_actor, whole=False), _LEDGER),
    Trial("change who acted, chain sealed anew", _again(_change_actor), _VOUCHED),
    Trial("receive another file, chain sealed anew", _again(_change_digest), "/native"),
    Trial("pass off as another matter, sealed anew", _again(_other_matter), _LEDGER),
    Trial("flip a bit in a checkpoint", _flip_checkpoint, _NOTES, own=True),
    Trial("remove the last checkpoint", _remove_checkpoint, "ledger", own=True),
    Trial("swap two checkpoints", _swap_checkpoints, _NOTES, own=True),
    Trial("change a proof of inclusion", _change_proof, layout.PROOFS, own=True),
    Trial("remove the proofs of consistency", _remove_proof, layout.PROOFS, own=True),
    Trial("flip a bit in a time-stamp", _flip_stamp, _STAMPS),
    Trial("remove a time-stamp", _remove_stamp, _STAMPS),
    Trial("remove every time-stamp", _remove_stamps, _STAMPS),
    Trial("swap the time-stamps of two checkpoints", _swap_stamps, _STAMPS),
    Trial("swap the time-stamps of two authorities", _swap_authorities, _STAMPS),
    Trial("name another authority for a time-stamp", _rename_authority, _STAMPS),
    Trial("state another time for a time-stamp", _change_time, _STAMPS),
)
