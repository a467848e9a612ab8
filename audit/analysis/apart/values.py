"""The answers that are counted over, and what every separate count says in one shape."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.statistics.proportions import Proportion
from audit.analysis.transcripts import Exchange, Role

# Examples are for reading; the numbers beside them count all.
MOST_EXAMPLES = 3
MOST_SHOWN = 300
LIMITS = (
    (
        "This count is no part of the likelihood ratio or of the comparison by rank, and no other "
        "count is added to it. Its p-value, if it has one, is adjusted for no other test."
    ),
    (
        "Only answers to the matched prompts are counted, so that every model was asked the same; "
        "prompts that a model left without an answer are not."
    ),
)


@dataclass(frozen=True, slots=True)
class File:
    """The answers of one input to the matched prompts, in the order of these, blank ones too."""

    label: str
    model: str
    matched: tuple[Exchange, ...]

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The prompts that the model answered."""
        return tuple(one for one in self.matched if one.answer.strip())

    @property
    def name(self) -> str:
        """The label with the model: two files may be called the same model."""
        return f"{self.label} ({self.model})"

    def passage(self, record: int, start: int, end: int) -> str:
        """Return characters [start, end) of the answer of a record, cut to MOST_SHOWN."""
        answer = next(one.answer for one in self.matched if one.record == record)
        return answer[start : min(end, start + MOST_SHOWN)]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a plan by role."""

    plan: Plan
    suspect: File
    teachers: tuple[File, ...]
    controls: tuple[File, ...]

    @classmethod
    def of(cls, plan: Plan, material: Material) -> "Files":
        """Return the files of a plan with their answers."""
        files = [_file(plan, material, place) for place in range(len(plan.inputs))]
        suspect, teachers, controls = (
            tuple(files[place] for place in plan.places(role)) for role in Role
        )
        return cls(plan, suspect[0], teachers, controls)

    def heard(self) -> dict[str, tuple[Exchange, ...]]:
        """Return the answers of the controls by name."""
        return {one.name: one.exchanges for one in self.controls}

    def named(self, name: str) -> File:
        """Return the file that a count calls by its name, or the suspect's."""
        every = (*self.teachers, *self.controls)
        return next((one for one in every if one.name == name), self.suspect)

    def numbers(self, what: str, counted: Iterable[tuple[str, Proportion]]) -> Iterator["Number"]:
        """Yield one count out of a whole for each file that is called by its name."""
        for name, one in counted:
            file = self.named(name)
            yield Number(
                file.label, file.model, what, one.count, one.of, one.value, one.low, one.high
            )


@dataclass(frozen=True, slots=True)
class Number:
    """One number: `count` out of `of`, or a `value` measured on `of`, with its interval.

    `label` and `model` say whose it is, with " and " between the two of a pair.
    """

    label: str
    model: str
    what: str
    count: int | None
    of: int
    value: float | None
    low: float | None
    high: float | None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A passage of an answer that was counted, or looked at and not counted: `what` says which."""

    label: str
    record: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """A separate count: the hypotheses it is about, its numbers, its test and its limits.

    `why` says why it was not made, and is empty where it was. `teacher` is a label, empty where a
    count is about no single one. `test` names the test of `p_value`; both are empty where there is
    none. `trials` are those of the test, or what the first number is measured on; `rounds` are
    those of a bootstrap.
    """

    kind: str
    title: str
    teacher: str
    hypotheses: dict[str, str]
    why: str = ""
    test: str = ""
    p_value: float | None = None
    trials: int | None = None
    rounds: int | None = None
    confidence: float | None = None
    numbers: tuple[Number, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = LIMITS

    def as_dict(self) -> dict[str, Any]:
        """Return the count as a JSON object."""
        return asdict(self)


def _file(plan: Plan, material: Material, place: int) -> File:
    rows = zip(
        material.records[place], material.prompts[place], material.answers[place], strict=True
    )
    matched = tuple(Exchange(*row) for row in rows)
    return File(plan.inputs[place].label, plan.inputs[place].model, matched)
