"""Which prompts of the files are one question: the same text or, if asked for, nearly it."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from audit.analysis.errors import TooMuchDataError
from audit.analysis.index import Floats, match_prompts
from audit.analysis.plan import Parameters, Plan
from audit.analysis.transcripts import Role

# Every prompt is held against every other: time grows with the square of this.
MOST_NEAR = 10_000
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Matching:
    """The matched prompts: m rows of n keys, one row an input, in the order of the plan's inputs.

    The keys at one place are one question; those of the suspect are distinct and ascend.
    """

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Wordings:
    """n prompts: their texts, and their vectors as unit rows (n, d)."""

    texts: tuple[str, ...]
    vectors: Floats


Keys = AbstractSet[str]
Look = Callable[[Sequence[str]], Wordings]


def match_inputs(plan: Plan, keys: Sequence[Keys], look: Look) -> Matching:
    """Return the prompts of the suspect that have a partner in every other input, and these.

    `keys` are those of all prompts of each input. `look` gives the wordings of keys, and is asked
    only for those that `unpaired` names, and only if the plan matches nearly equal prompts.
    """
    asked = keys[plan.places(Role.SUSPECT)[0]]
    partners = [_partners(asked, other, plan.parameters.near_prompt, look) for other in keys]
    matched = set(asked).intersection(*partners)
    drawn = draw(matched, plan.parameters)
    return Matching(tuple(tuple(one[key] for key in drawn) for one in partners))


def unpaired(plan: Plan, keys: Sequence[Keys]) -> list[list[str]]:
    """Return for each input its prompts, ascending, that nearness may have to find a partner for.

    Those are prompts of the suspect that some other input lacks, and prompts of another input
    that the suspect lacks.
    """
    suspect = plan.places(Role.SUSPECT)[0]
    everywhere = set(keys[suspect]).intersection(*keys)
    return [
        sorted(own - (everywhere if place == suspect else keys[suspect]))
        for place, own in enumerate(keys)
    ]


def draw(matched: Iterable[str], parameters: Parameters) -> list[str]:
    """Return the keys, ascending: all, or as many as the plan wants, drawn by its seed."""
    order = sorted(matched, key=lambda key: _lot(parameters.seed, key))
    return sorted(order[: parameters.most_prompts])


def require_few_enough(plan: Plan, prompts: Sequence[int]) -> None:
    """Raise TooMuchDataError if nearly equal prompts are asked for among more than can be held."""
    if plan.parameters.near_prompt is None:
        return
    inputs = zip(plan.inputs, prompts, strict=True)
    large = [f"{one.label} has {count:,}" for one, count in inputs if count > MOST_NEAR]
    if large:
        raise TooMuchDataError(
            f"Nearly equal prompts are looked for in files of at most {MOST_NEAR:,} prompts, and "
            f"exhibit {', exhibit '.join(large)}. Ask for the same text only, or hand in files "
            "with fewer prompts."
        )


def numbers(text: str) -> tuple[str, ...]:
    """Return the runs of digits in a text, in order."""
    return tuple(_NUMBER.findall(text))


def _lot(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def _partners(asked: Keys, other: Keys, near: float | None, look: Look) -> dict[str, str]:
    """Return which prompt of the other input stands for which of the suspect's; none for two."""
    same = {key: key for key in asked & other}
    if near is None:
        return same
    return same | _near_partners(sorted(asked - other), sorted(other - asked), near, look)


def _near_partners(left: list[str], right: list[str], near: float, look: Look) -> dict[str, str]:
    """Return mutual nearest neighbours, unless they differ in a number.

    An encoder hardly sees which number stands in a text, and another number is another question.
    """
    if not left or not right:
        return {}
    here, there = look(left), look(right)
    return {
        left[row]: right[other]
        for row, other, _ in match_prompts(here.vectors, there.vectors, threshold=near)
        if numbers(here.texts[row]) == numbers(there.texts[other])
    }
