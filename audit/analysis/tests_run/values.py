"""What the ledger says of one test, count or signal."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from audit.analysis.plan import Plan

Row = dict[str, Any]


class Outcome(StrEnum):
    """What came of a test; alternatives have their status as their outcome instead.

    REACHED: the p-value, adjusted where it is adjusted, is at or below the plan's level; REPORTED:
    a number without a level of its own.
    """

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    REPORTED = "reported"
    ABSTAINS = "abstains"
    INSIDE = "inside"
    OUTSIDE = "outside"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a test and what it is."""

    name: str
    value: float | int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One test, count or signal, whatever came of it.

    `about` is the label of a teacher, empty where it is about none alone. `hypothesis` is the one
    under test, which a small p-value speaks against. `trials` are so many of `unit`; `rounds` are
    those of a bootstrap or a permutation test, drawn by `seed`. `why` says why it was not run, or
    why no answer is given.
    """

    group: str
    name: str
    about: str
    hypothesis: str
    trials: int | None
    unit: str
    outcome: str
    rounds: int | None = None
    seed: int | None = None
    p_value: float | None = None
    figures: tuple[Figure, ...] = ()
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return asdict(self)


def at_level(plan: Plan, p_value: float | None) -> Outcome:
    """Return what a p-value comes to at the level of the plan."""
    if p_value is None:
        return Outcome.REPORTED
    return Outcome.REACHED if p_value <= plan.parameters.alpha else Outcome.NOT_REACHED


def figures(row: Row, *names: str) -> tuple[Figure, ...]:
    """Return some numbers of a JSON object under their names there, those that there are."""
    found = ((name, row[name]) for name in names if row[name] is not None)
    return tuple(Figure(name.replace("_", " "), value) for name, value in found)
