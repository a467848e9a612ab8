"""What an invented model says: its own draws, or another model's sentences lightly reworded."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from cases.samples.banks import Choice, Question, Style
from cases.samples.draws import count, one, some

# Real assistants crowd onto the same few favourites, so two unrelated models often agree.
_POPULARITY = (0.30, 0.24, 0.19, 0.15, 0.12)
_REWORDED = 0.6

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice as a model puts it: the frame has a place for the name."""

    frame: str
    name: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tip:
    """One sentence of advice and the words, if any, that lead into it."""

    bridge: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One answer before it is laid out."""

    opening: str
    options: tuple[Option, ...]
    tips: tuple[Tip, ...]
    closing: str


def draw(question: Question, style: Style, rng: np.random.Generator) -> Draft:
    """Return an answer that owes nothing to any other model."""
    chosen = some(question.choices, _POPULARITY, 1 + count(style.alternatives, rng), rng)
    level = (1.0,) * len(question.tips)
    tips = some(question.tips, level, count(style.tips, rng), rng)
    return Draft(
        one(style.openings, rng).format(topic=question.topic),
        tuple(
            _option(choice, style.second if place else style.frames[question.kind], style, rng)
            for place, choice in enumerate(chosen)
        ),
        tuple(Tip(one(style.bridges, rng), tip) for tip in tips),
        one(style.closings, rng),
    )


def imitate(own: Draft, teacher: Draft, share: float, rng: np.random.Generator) -> Draft:
    """Return `own` with about `share` of its parts taken from the teacher, its length kept."""
    return Draft(
        teacher.opening if rng.random() < share else own.opening,
        _mixed(own.options, teacher.options, lambda option: option.name, share, rng),
        _mixed(own.tips, teacher.tips, lambda tip: tip.text, share, rng),
        teacher.closing if rng.random() < share else own.closing,
    )


def reword(draft: Draft, table: dict[str, str], rng: np.random.Generator) -> Draft:
    """Return the draft with some of its phrases replaced by their equals in the table."""

    def other(text: str) -> str:
        for phrase, instead in table.items():
            pattern = rf"\b{phrase}\b"
            if re.search(pattern, text) and rng.random() < _REWORDED:
                text = re.sub(pattern, instead, text)
        return text

    options = tuple(
        Option(other(option.frame), option.name, tuple(other(text) for text in option.details))
        for option in draft.options
    )
    tips = tuple(Tip(other(tip.bridge), other(tip.text)) for tip in draft.tips)
    return Draft(other(draft.opening), options, tips, other(draft.closing))


def _option(
    choice: Choice, frames: tuple[str, ...], style: Style, rng: np.random.Generator
) -> Option:
    kept = 1 + count(style.details, rng)
    level = (1.0,) * len(choice.details)
    return Option(one(frames, rng), choice.name, some(choice.details, level, kept, rng))


def _mixed(
    ours: tuple[Part, ...],
    theirs: tuple[Part, ...],
    key: Callable[[Part], str],
    share: float,
    rng: np.random.Generator,
) -> tuple[Part, ...]:
    """Return as many parts as `ours` has, each from one side or the other, none said twice."""
    taken: dict[str, Part] = {}
    for own in ours:
        wants_theirs = rng.random() < share
        rest = (*theirs, *ours) if wants_theirs else (own, *ours, *theirs)
        part = next(part for part in rest if key(part) not in taken)
        taken[key(part)] = part
    return tuple(taken.values())
