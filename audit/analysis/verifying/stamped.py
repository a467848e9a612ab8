"""Steps on time-stamps: each holds for its checkpoint at its own time, by a known authority."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody import stamps
from audit.analysis.custody.stamps import Stamp
from audit.analysis.errors import TouchstoneError
from audit.analysis.verifying.chain import opened
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle

# What is sound needs two authorities that cannot both be in one hand.
_WANTED = 2
# Between two clocks that are both kept right.
_SLACK = timedelta(minutes=5)
_NONE = (
    "there is no independent time-stamp: the times in the ledger are those of the site's own "
    "clock, and nobody else confirms them"
)


def time_stamps(bundle: Bundle, found: Found) -> None:
    """Check every stamp against its checkpoint and the certificates that came with it."""
    rows = _rows(bundle)
    _hold_files(bundle, rows, found)
    if not rows:
        raise NotCheckedError(_NONE)
    for row in rows:
        name = layout.stamp(row["checkpoint"], row["number"], "tsr")
        pem = bundle.path(layout.stamp(row["checkpoint"], row["number"], "pem")).read_bytes()
        try:
            stamp = _checked(bundle, row, stamps.trusted_from(pem)[-1:])
        except TouchstoneError as error:
            found.wrong(name, str(error))
        else:
            _hold(bundle, row, stamp, found)
            found.say(f"checkpoint {row['checkpoint']}: {stamp.time} by {stamp.authority}")
    unstamped = opened(bundle, found).keys() - {row["checkpoint"] for row in rows}
    if unstamped:
        found.say(f"no time-stamp on the checkpoints over {sorted(unstamped)} entries")


def _hold_files(bundle: Bundle, rows: list[dict[str, Any]], found: Found) -> None:
    """Hold the stamps that are listed against those that are there, both ways."""
    listed = {layout.stamp(row["checkpoint"], row["number"], "tsr") for row in rows}
    there = {
        name
        for name in bundle.on_disk
        if name.endswith(".tsr") and not name.startswith("data/captures/")
    }
    for name in sorted(listed ^ there):
        is_there = name in there
        found.wrong(name, f"is not in {layout.INDEX}" if is_there else "is missing")


def known_authorities(bundle: Bundle, found: Found) -> None:
    """Hold every stamp against the root certificates that the checker trusts."""
    rows = _rows(bundle)
    _require_roots(bundle, rows)
    roots, authorities = stamps.trusted_from(bundle.trust.roots), set()
    for row in rows:
        name = layout.stamp(row["checkpoint"], row["number"], "tsr")
        try:
            authorities.add(_checked(bundle, row, roots).authority)
        except TouchstoneError as error:
            found.wrong(name, str(error))
    found.say(f"{len(authorities)} authorities: {'; '.join(sorted(authorities))}")
    if len(authorities) < _WANTED:
        found.say("fewer than two authorities: one that is deceived or dishonest is not noticed")


def _require_roots(bundle: Bundle, rows: list[dict[str, Any]]) -> None:
    if not rows:
        raise NotCheckedError(_NONE)
    if not any(row["independent"] for row in rows):
        raise NotCheckedError(f"{_NONE}; the stamps here are of the site's own test authority")
    if not bundle.trust.roots:
        raise NotCheckedError(
            "the root certificates are those of the bundle itself: anyone can make an authority. "
            "Get the authorities' root certificates from them and give these with --roots"
        )


def stated_times(bundle: Bundle) -> dict[int, datetime]:
    """Return for each checkpoint the earliest time of its stamps, as the bundle states them.

    What stands behind them the steps on time-stamps say; those of the site's own are left out.
    """
    times: dict[int, datetime] = {}
    for row in filter(lambda one: one["independent"], _rows(bundle)):
        at = datetime.fromisoformat(row["at"])
        times[row["checkpoint"]] = min(at, times.get(row["checkpoint"], at))
    return times


def _rows(bundle: Bundle) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = bundle.index["stamps"]
    return rows


def _checked(bundle: Bundle, row: dict[str, Any], roots: list[Any]) -> Stamp:
    message = bundle.text(layout.checkpoint(row["checkpoint"])).encode()
    answer = bundle.path(layout.stamp(row["checkpoint"], row["number"], "tsr")).read_bytes()
    return stamps.checked(answer, message, roots, nonce=None)


def _hold(bundle: Bundle, row: dict[str, Any], stamp: Stamp, found: Found) -> None:
    """Hold what the bundle says of a stamp against the stamp, and its time against the ledger."""
    name = layout.stamp(row["checkpoint"], row["number"], "tsr")
    stated = (row["authority"], row["serial"], datetime.fromisoformat(row["at"]))
    real = (stamp.authority, str(stamp.serial), stamp.time)
    found.unless(stated == real, name, f"is {_words(*real)}; the bundle says {_words(*stated)}")
    last = _last_time(bundle, row["checkpoint"])
    if last is not None and stamp.time < last - _SLACK:
        found.wrong(
            name,
            f"was made at {stamp.time}, before the last entry that its checkpoint covers ({last})",
        )


def _words(authority: str, serial: str, at: datetime) -> str:
    return f"number {serial} of {authority} at {at.astimezone(UTC).isoformat()}"


def _last_time(bundle: Bundle, size: int) -> datetime | None:
    for entry, _ in bundle.entries():
        if entry.number == size:
            return datetime.fromisoformat(entry.at)
    return None
