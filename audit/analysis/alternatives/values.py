"""What the alternatives are examined on, and what is said of each."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import WrongSettingError
from audit.analysis.plan import Parameters

Floats = NDArray[np.float64]


class Status(StrEnum):
    """What the material says of an alternative.

    The burdens differ on purpose. EXCLUDED needs a test at the plan's level, because it speaks
    against the suspect; REDUCED is the most where only asserted controls stand against the
    alternative. SUPPORTED needs no level: the material fits the alternative at least as well as
    H1, and to leave it open can accuse nobody.
    """

    EXCLUDED = "excluded"
    REDUCED = "reduced"
    NOT_EXCLUDED = "not_excluded"
    SUPPORTED = "supported"
    NOT_TESTABLE = "not_testable"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative to H1: its status, its number, why, and what material would say more.

    What `statistic` is stands in the module of the alternative; `needs` is empty where nothing is
    missing. The p-value is that of one alternative and one teacher, adjusted for no other.
    """

    name: str
    status: Status
    statistic: float | None
    p_value: float | None
    why: str
    needs: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the alternative as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the parties assert of models beside their roles, by place; dates are of release."""

    rerun_of_teacher: tuple[int, ...] = ()
    same_base_as_suspect: tuple[int, ...] = ()
    versions_of_teacher: tuple[int, ...] = ()
    suspect_released: date | None = None
    teacher_released: date | None = None

    @property
    def places(self) -> tuple[int, ...]:
        """The places of all models that something is declared of."""
        return self.rerun_of_teacher + self.same_base_as_suspect + self.versions_of_teacher


@dataclass(frozen=True, slots=True)
class Places:
    """The names of m models, and which of them is what, by place."""

    names: tuple[str, ...]
    suspect: int
    teacher: int
    controls: tuple[int, ...]

    def named(self, places: Iterable[int]) -> str:
        """Return the names of the models, with commas."""
        return ", ".join(self.names[place] for place in places)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One answer of each of m models to each of n prompts; all fields have m rows of n.

    `given` is False where a model gave no answer; such a place counts in no test of that model.
    """

    prompts: tuple[tuple[str, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    given: NDArray[np.bool_]

    @classmethod
    def of(cls, prompts: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> Self:
        """Return the answers, of which those that hold only white space count as not given."""
        return cls(
            tuple(map(tuple, prompts)),
            tuple(map(tuple, texts)),
            np.array([[bool(one.strip()) for one in row] for row in texts], dtype=np.bool_),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that an alternative is examined on; `similarity` is (n, m, m), symmetric, any unit.

    Raises ValueError for shapes that do not fit, and WrongSettingError for a model that is said
    to be two things that exclude each other.
    """

    similarity: Floats
    answers: Answers
    places: Places
    declared: Declared
    parameters: Parameters = field(default_factory=Parameters)

    def __post_init__(self) -> None:
        """Refuse what cannot be examined before any number is computed."""
        models, prompts = self.answers.given.shape
        rows = (*self.answers.prompts, *self.answers.texts)
        fits = (
            self.similarity.shape == (prompts, models, models),
            len(self.places.names) == len(self.answers.prompts) == len(self.answers.texts),
            len(self.places.names) == models,
            all(len(row) == prompts for row in rows),
        )
        if not all(fits):
            raise ValueError(
                f"Names, answers and similarity must be of the same {models} models and "
                f"{prompts} prompts; the similarity has the shape {self.similarity.shape}."
            )
        self._require_one_part_each()

    def _require_one_part_each(self) -> None:
        places = self.places
        parts = (places.suspect, places.teacher, *places.controls)
        twice = {one for one in parts if parts.count(one) > 1}
        twice |= {places.suspect, places.teacher}.intersection(self.declared.places)
        twice |= set(self.declared.rerun_of_teacher).intersection(
            self.declared.same_base_as_suspect + self.declared.versions_of_teacher
        )
        if twice:
            raise WrongSettingError(
                f"{places.named(sorted(twice))}: one model cannot be suspect, teacher, control, "
                "second run of the teacher and version of it at once. Declare each model once."
            )

    @property
    def unrelated(self) -> tuple[int, ...]:
        """The controls of which no tie to suspect or teacher is declared."""
        declared = set(self.declared.places)
        return tuple(place for place in self.places.controls if place not in declared)

    def answered_by(self, models: Iterable[int]) -> NDArray[np.intp]:
        """Return the places of the prompts that all of these models answered, ascending."""
        return np.flatnonzero(self.answers.given[list(models)].all(axis=0))

    def too_few(self, prompts: NDArray[np.intp]) -> bool:
        """Say whether the prompts are fewer than the plan asks for."""
        return len(prompts) < self.parameters.least_prompts


def of_shares(count: int, of: int) -> str:
    """Return a count out of a whole in words and, where there is one, as a share."""
    return f"{count} of {of} ({count / of:.2f})" if of else "0 of 0"
