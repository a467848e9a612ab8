"""Answers that are the same words: what one model under two names gives, or one file twice."""

import re

from audit.analysis.errors import InsufficientDataError
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.transcripts import Role

# No two of 153 public models gave the same words to more than 8 of 100 prompts (measured).
MOST_SAME = 0.5
_WORD = re.compile(r"\w+")


def require_distinct(plan: Plan, material: Material) -> None:
    """Raise InsufficientDataError if a control repeats the suspect, a teacher or a control.

    Repeated controls would make the smallest p-value smaller than the models that there are.
    """
    words = [_words(answers) for answers in material.answers]
    standing = [place for role in (Role.SUSPECT, Role.TEACHER) for place in plan.places(role)]
    sentences = []
    for control in plan.places(Role.CONTROL):
        same = {other: same_answers(words[other], words[control]) for other in standing}
        repeated = next((other for other in standing if is_one_model(same[other])), None)
        if repeated is None:
            standing.append(control)
        else:
            sentences.append(_repeats(plan, control, repeated, same[repeated]))
    if sentences:
        raise InsufficientDataError(" ".join(sentences))


def of_teachers(plan: Plan, material: Material) -> list[dict[str, int]]:
    """Return for each teacher how many of its answers are the suspect's, word for word."""
    suspect = plan.places(Role.SUSPECT)[0]
    return [of_two(material, suspect, teacher) for teacher in plan.places(Role.TEACHER)]


def of_two(material: Material, left: int, right: int) -> dict[str, int]:
    """Return how many answers of two inputs, by place, are the same words, of how many."""
    return same_answers(_words(material.answers[left]), _words(material.answers[right]))


def same_answers(left: list[str], right: list[str]) -> dict[str, int]:
    """Return how many answers are the same words at the same place, of how many.

    Two empty answers have no word in common.
    """
    same = sum(one == other != "" for one, other in zip(left, right, strict=True))
    return {"count": same, "of": len(left)}


def is_one_model(same: dict[str, int]) -> bool:
    """Say whether so many answers are the same that two files cannot count as two models."""
    return same["count"] >= MOST_SAME * same["of"]


def _words(answers: tuple[str, ...]) -> list[str]:
    """Return the words of each answer; one without words stands as it is."""
    return [" ".join(_WORD.findall(one.casefold())) or one for one in answers]


def _repeats(plan: Plan, control: int, repeated: int, same: dict[str, int]) -> str:
    one, other = plan.inputs[control], plan.inputs[repeated]
    return (
        f"Control {one.label} ({one.model}) gives the same answer as {other.role} {other.label} "
        f"({other.model}), word for word, to {same['count']} of {same['of']} prompts, as one "
        "model under two names does, or answers too short to tell models apart. "
        f"Leave {one.label} out, or hand in the file that was meant."
    )
