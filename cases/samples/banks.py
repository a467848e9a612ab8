"""The written material of the sample answers: prompts, styles and the table of rewordings."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The order of the prompts in every file; a listing of the folder would depend on the machine.
_TOPICS = (
    "travel",
    "food",
    "naming",
    "home",
    "work",
    "study",
    "explaining",
    "nature",
    "stories",
    "habits",
)
_STYLES = ("suspects", "teachers", "controls")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that can be chosen, and two sentences in its favour."""

    name: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt with everything that any model may say about it."""

    ask: str
    kind: str
    topic: str
    choices: tuple[Choice, ...]
    tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one invented model; the weights of a count n stand at place n."""

    openings: tuple[str, ...]
    frames: dict[str, tuple[str, ...]]
    second: tuple[str, ...]
    bridges: tuple[str, ...]
    closings: tuple[str, ...]
    headings: tuple[str, ...]
    layouts: dict[str, float]
    bold: float
    alternatives: tuple[float, ...]
    details: tuple[float, ...]
    tips: tuple[float, ...]


def questions(folder: Path) -> tuple[Question, ...]:
    """Return the sixty prompts in the order in which every file gives them."""
    topics = (_read(folder / "banks" / f"{topic}.json") for topic in _TOPICS)
    return tuple(_question(entry) for entries in topics for entry in entries)


def styles(folder: Path) -> dict[str, Style]:
    """Return the style of each invented model by its name."""
    files = (_read(folder / "styles" / f"{name}.json") for name in _STYLES)
    return {model: _style(entry) for entries in files for model, entry in entries.items()}


def rewordings(folder: Path) -> dict[str, str]:
    """Return phrases and what may stand in their place in any of the sentences."""
    table: dict[str, str] = _read(folder / "rewording.json")
    return table


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _question(entry: dict[str, Any]) -> Question:
    choices = tuple(Choice(name, tuple(details)) for name, *details in entry["choices"])
    return Question(entry["ask"], entry["kind"], entry["topic"], choices, tuple(entry["tips"]))


def _style(entry: dict[str, Any]) -> Style:
    kinds = ("pick", "compare", "advise")
    rest: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value
        for field, value in entry.items()
        if field not in kinds
    }
    return Style(frames={kind: tuple(entry[kind]) for kind in kinds}, **rest)
