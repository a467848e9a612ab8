"""The plan: everything that can change a number, fixed and sealed before any number exists."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from audit.analysis.asserted import NOTHING, Asserted, Tie
from audit.analysis.digests import digest_of
from audit.analysis.errors import WrongSettingError
from audit.analysis.transcripts import Role
from audit.analysis.version import VERSION

QUESTION = "Do these transcripts show that the suspect was trained on the teacher's outputs?"
# Offered where nearly equal prompts are to be matched; METHODS.md has the measurements.
OFFERED_NEAR_PROMPT = 0.95


@dataclass(frozen=True, slots=True)
class PlanInput:
    """One file that the plan rests on: whose answers it is said to hold, and its SHA-256."""

    label: str
    role: Role
    model: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """The choices of method; a change of any of them is another plan.

    `near_prompt` is the least cosine of two prompts that count as one question; None asks for the
    same text. `pack` is the digest of the calibration pack that likelihood ratios come from; None
    asks for none.
    """

    seed: int = 1
    bootstrap_rounds: int = 2000
    confidence: float = 0.95
    alpha: float = 0.05
    least_controls: int = 5
    least_prompts: int = 30
    most_prompts: int = 2000
    near_prompt: float | None = None
    pack: str | None = None
    pairs_shown: int = 10
    least_shared_words: int = 4

    def __post_init__(self) -> None:
        """Raise WrongSettingError for a level or a cosine that says nothing."""
        if not 0 < self.alpha < 1:
            raise WrongSettingError(f"The level is {self.alpha}. Give a number between 0 and 1.")
        if self.near_prompt is not None and not 0 < self.near_prompt < 1:
            raise WrongSettingError(
                f"The cosine of nearly equal prompts is {self.near_prompt}. Give a number between "
                f"0 and 1, such as {OFFERED_NEAR_PROMPT}, or none to match by the same text only."
            )


@dataclass(frozen=True, slots=True)
class Plan:
    """A sealed question: inputs by digest, encoder by digest, parameters, and what is asserted."""

    inputs: tuple[PlanInput, ...]
    encoder: dict[str, Any]
    encoder_digest: str
    parameters: Parameters = field(default_factory=Parameters)
    question: str = QUESTION
    method: str = VERSION
    asserted: Asserted = NOTHING

    def __post_init__(self) -> None:
        """Raise WrongSettingError if something is asserted of a file that has no place for it."""
        teachers, suspects = (
            [self.inputs[place].label for place in self.places(role)]
            for role in (Role.TEACHER, Role.SUSPECT)
        )
        self.asserted.require_among([one.label for one in self.inputs], teachers, suspects)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as the JSON value that its digest is taken of.

        Where nothing is asserted there is no key for it, so that a plan from before there was one
        keeps its digest.
        """
        value = asdict(self) | {"inputs": [asdict(one) for one in self.inputs]}
        asserted = self.asserted.as_dict()
        del value["asserted"]
        return value | ({"asserted": asserted} if asserted else {})

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return the plan that `as_dict` wrote."""
        inputs = tuple(
            PlanInput(one["label"], Role(one["role"]), one["model"], one["sha256"])
            for one in value["inputs"]
        )
        parameters = Parameters(**value["parameters"])
        asserted = Asserted.from_dict(value.get("asserted", {}))
        known = {"inputs": inputs, "parameters": parameters, "asserted": asserted}
        return cls(**(value | known))

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON of the plan."""
        return digest_of(self.as_dict())

    def places(self, role: Role) -> tuple[int, ...]:
        """Return the places of the inputs in one role; a second run of a teacher is in none."""
        return tuple(
            place
            for place, one in enumerate(self.inputs)
            if one.role == role and one.label not in self.asserted.second_runs
        )

    def places_of(self, labels: Iterable[str]) -> tuple[int, ...]:
        """Return the places of the inputs with these labels, ascending."""
        wanted = set(labels)
        return tuple(place for place, one in enumerate(self.inputs) if one.label in wanted)

    @property
    def lines(self) -> tuple[int, ...]:
        """A number for the line of models of each input: versions of a teacher, a family.

        A file of which nothing is declared is a line of its own: the plan asserts that controls
        are independent.
        """
        known = []
        for one in self.inputs:
            family = self.asserted.of(one.label).family
            known.append((family, "") if family else ("", self.asserted.line_of(one.label)))
        numbers = {one: number for number, one in enumerate(dict.fromkeys(known))}
        return tuple(numbers[one] for one in known)

    def without_second_runs(self) -> Self:
        """Return the plan as if the second runs of its teachers had not been handed in."""
        kept = tuple(one for one in self.inputs if one.label not in self.asserted.second_runs)
        declared = tuple(one for one in self.asserted.declared if one.tie is not Tie.SECOND_RUN)
        return replace(self, inputs=kept, asserted=replace(self.asserted, declared=declared))
