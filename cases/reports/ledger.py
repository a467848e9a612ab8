"""The ledger of tests in words: every test, count and signal, and what came of it."""

from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals

Row = dict[str, Any]

_OUTCOMES = {
    "reached": "at or below the plan's level",
    "not_reached": "above the plan's level",
    "reported": "reported, no level of its own",
    "abstains": "no answer is given",
    "inside": "inside the usual range",
    "outside": "outside the usual range",
    "not_run": "not run",
    "tested": "tested",
    "excluded": "excluded",
    "reduced": "reduced, not excluded",
    "not_excluded": "not excluded",
    "supported": "fits the material as well as H1",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; `p_value` is empty where there is none."""

    group: str
    name: str
    about: str
    hypothesis: str
    trials: str
    p_value: str
    outcome: str
    figures: str
    why: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines, and how many of them are what, in a sentence."""

    told: str
    entries: tuple[Entry, ...]


def ledger_of(result: Row) -> Ledger | None:
    """Return the ledger of a result; None for one from before there was a ledger."""
    rows = result.get("tests")
    if rows is None:
        return None
    with_p = [one for one in rows if one["p_value"] is not None]
    reached = sum(one["outcome"] == "reached" for one in with_p)
    not_run = sum(one["outcome"] == "not_run" for one in rows)
    told = (
        f"{len(rows):,} entries: {len(with_p):,} with a p-value, of which {reached:,} "
        f"{'is' if reached == 1 else 'are'} at or below the plan's level, and {not_run:,} that "
        "could not be run. The more are tried, the more come out small by chance alone."
    )
    return Ledger(told, tuple(map(_entry, rows)))


def _entry(one: Row) -> Entry:
    return Entry(
        group=one["group"],
        name=one["name"],
        about=one["about"],
        hypothesis=one["hypothesis"],
        trials=", ".join(_trials(one)),
        p_value="" if one["p_value"] is None else decimals(one["p_value"]),
        outcome=_OUTCOMES[one["outcome"]],
        figures="; ".join(f"{each['name']} {_number(each['value'])}" for each in one["figures"]),
        why=one["why"],
    )


def _trials(one: Row) -> list[str]:
    told = [] if one["trials"] is None else [f"{one['trials']:,} {one['unit']}"]
    if one["rounds"]:
        told.append(f"{one['rounds']:,} rounds")
    if one["seed"] is not None:
        told.append(f"seed {one['seed']}")
    return told


def _number(value: float | None) -> str:
    if value is None:
        return "not defined"
    return f"{value:,}" if isinstance(value, int) else decimals(value)
