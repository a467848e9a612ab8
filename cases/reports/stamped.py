"""Checkpoints and time-stamps as a report tells of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

NONE = (
    "There is no independent time-stamp. The times in this report are those of the clock of the "
    "computer that ran the software, and no outside authority has confirmed them. The chain of "
    "custody shows the order of the acts and any later change of a single entry; whoever "
    "controls the whole database could write the whole chain anew."
)
_CLOCK = (
    "All other times in this report are those of the clock of the computer that ran the software."
)
_OURS = "The test authority that the site runs itself has stamped it, which proves nothing."


@dataclass(frozen=True, slots=True)
class StampFacts:
    """What one authority vouched for; `at` is ISO 8601 with an offset."""

    authority: str
    at: str
    serial: str
    policy: str
    independent: bool


@dataclass(frozen=True, slots=True)
class CheckpointFacts:
    """A signed checkpoint over the first `size` entries, its stamps, what is wanting of them."""

    size: int
    made_at: str
    note: str
    stamps: tuple[StampFacts, ...]
    wanting: str


def time_stamp_of(ledger: CheckpointFacts | None, plan: CheckpointFacts | None) -> str:
    """Return what the report says of time-stamps: of its ledger, and of its sealed plan."""
    if ledger is None:
        return NONE
    told = [one for one in ledger.stamps if one.independent]
    if not told:
        ours = [_OURS] if ledger.stamps else []
        return " ".join((NONE, *ours))
    by = "; ".join(f"{one.authority}, {_moment(one.at)}, number {one.serial}" for one in told)
    fixed = (
        f"The first {ledger.size} entries of the ledger are fixed in a signed checkpoint, which "
        f"was time-stamped from outside (RFC 3161): {by}."
    )
    wanting = [ledger.wanting] if ledger.wanting else []
    return " ".join((fixed, *wanting, _of_plan(plan), _CLOCK))


def in_short(ledger: CheckpointFacts | None) -> str:
    """Return who stamped the ledger first and when, or that nobody outside did."""
    told = [one for one in ledger.stamps if one.independent] if ledger else []
    if not told:
        return "none from outside"
    return f"{told[0].authority}, {_moment(told[0].at)}"


def _of_plan(plan: CheckpointFacts | None) -> str:
    told = [one for one in plan.stamps if one.independent] if plan else []
    if plan is None or not told:
        return "The checkpoint over the sealed plan has no time-stamp from outside of its own."
    return (
        f"The sealed plan is covered by the checkpoint over the first {plan.size} entries, "
        f"stamped from outside at {_moment(told[0].at)}."
    )


def _moment(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
