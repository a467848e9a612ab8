"""What a check comes to: each step passes, fails with places, or is not checked for a reason."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

# Of the problems of one step so many are kept; how many more there are is said.
MOST_PROBLEMS = 50


class State(StrEnum):
    """How a step ended."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_CHECKED = "not checked"


class NotCheckedError(Exception):
    """A step cannot be carried out here; says why and what it would need."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be, and the file or row where that shows."""

    where: str
    what: str


@dataclass
class Found:
    """What a step has found so far; `at` is the place that is being read."""

    at: str = ""
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    remarks: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    def wrong(self, where: str, what: str) -> None:
        """Note one problem."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(where, what))
        else:
            self.more += 1

    def unless(self, holds: bool, where: str, what: str) -> bool:  # noqa: FBT001 - the condition
        """Note a problem unless the condition holds; say whether it does."""
        if not holds:
            self.wrong(where, what)
        return holds

    def say(self, remark: str) -> None:
        """Note something worth knowing that is not wrong."""
        self.remarks.append(remark)

    def rest_on(self, limit: str) -> None:
        """Note that what holds here shows less than the step's title; always shown."""
        self.limits.append(limit)


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of a verification as it came out."""

    number: int
    title: str
    state: State
    reason: str
    problems: tuple[Problem, ...]
    more: int
    remarks: tuple[str, ...]
    limits: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Verification:
    """All steps on one bundle."""

    bundle: str
    version: str
    steps: tuple[Step, ...]

    @property
    def failed(self) -> tuple[Step, ...]:
        """The steps that failed."""
        return tuple(one for one in self.steps if one.state is State.FAIL)

    @property
    def exit_code(self) -> int:
        """0 if nothing failed, else 1."""
        return 1 if self.failed else 0

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON holds it."""
        counts = {state.value: self._many(state) for state in State}
        return asdict(self) | {"counts": counts, "exit_code": self.exit_code}

    def _many(self, state: State) -> int:
        return sum(one.state is state for one in self.steps)
