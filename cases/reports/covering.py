"""The pen that covers passages in a frozen document, in every text and in names that are data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audit.analysis.errors import TouchstoneError
from cases.reports.folding import fold, places

# Texts that decide what a report says, or by which its parts find one another.
CODES = frozenset(
    {"format", "role", "roles", "code", "status", "outcome", "kind", "measure", "label", "labels"}
    | {"teacher_label", "act", "way", "unit", "state", "step", "group", "tie", "of"}
)
# Under these names the names themselves are data, such as the labels of exhibits.
_OPEN = frozenset({"facts", "environment", "files", "encoder"})


class RedactionError(TouchstoneError):
    """A passage cannot be redacted; says which and what to do, and never what it says."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A stretch of a text that is covered, and the number of the passage whose mark it gets."""

    start: int
    end: int
    number: int


def pattern_of(number: int) -> str:
    """Return the mark that stands for a passage."""
    return f"[redacted {number}]"


class Pen:
    """Covers passages, given folded, and counts in how many places each stood."""

    def __init__(self, folded: Sequence[str]) -> None:
        self._folded = folded
        self.counts = [0] * len(folded)

    def document(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        """Return a JSON value with the passages covered; raises RedactionError."""
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self.document(one, (*path, str(place))) for place, one in enumerate(value)]
        if isinstance(value, dict):
            return self._mapping(value, path)
        return value

    def _mapping(self, value: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        if "passages" in value and "suspect_answer" in value:
            value = value | {"passages": self._moved(value)}
        names = [self._name(one, path) for one in value]
        if len(set(names)) < len(names):
            raise RedactionError(
                f"Two names in {_place(path)} would become one. Redact more of one of them."
            )
        return {
            name: self.document(one, (*path, key))
            for name, (key, one) in zip(names, value.items(), strict=True)
        }

    def _name(self, name: str, path: tuple[str, ...]) -> str:
        if not any(one in fold(name) for one in self._folded):
            return name
        if _OPEN.isdisjoint(path):
            raise RedactionError(
                f"Passage {self._first_in(name)} is also the name of a part of results.json, "
                f"{_place(path)}. Give more of the text around it."
            )
        return self._covered(name)

    def _text(self, text: str, path: tuple[str, ...]) -> str:
        covered = self._covered(text)
        if covered == text:
            return text
        name = next((one for one in reversed(path) if not one.isdigit()), "")
        if name in CODES and _OPEN.isdisjoint(path):
            raise RedactionError(
                f"Passage {self._first_in(text)} stands in {_place(path)}, which decides what the "
                "report says. Give more of the text around it."
            )
        return covered

    def _first_in(self, text: str) -> int:
        return next(place for place, one in enumerate(self._folded, 1) if one in fold(text))

    def _covered(self, text: str) -> str:
        covers = self.covers(text)
        for one in reversed(covers):
            text = text[: one.start] + pattern_of(one.number) + text[one.end :]
        return text

    def covers(self, text: str, *, counted: bool = True) -> list[Cover]:
        """Return what is covered in a text, in order; passages that overlap are one stretch."""
        found = sorted(self._found(text), key=lambda one: (one.start, -one.end))
        merged: list[Cover] = []
        for one in found:
            self.counts[one.number - 1] += counted
            if merged and one.start < merged[-1].end:
                last = merged[-1]
                merged[-1] = Cover(last.start, max(last.end, one.end), last.number)
            else:
                merged.append(one)
        return merged

    def _found(self, text: str) -> Iterator[Cover]:
        for number, folded in enumerate(self._folded, start=1):
            for start, end in places(text, folded):
                yield Cover(start, end, number)

    def _moved(self, pair: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the shared passages of a pair at the places that they have once it is covered."""
        left = self.covers(pair["suspect_answer"], counted=False)
        right = self.covers(pair["teacher_answer"], counted=False)
        return [
            one
            | {f"left_{end}": _moved(one[f"left_{end}"], left) for end in ("start", "end")}
            | {f"right_{end}": _moved(one[f"right_{end}"], right) for end in ("start", "end")}
            for one in pair["passages"]
        ]


def _moved(place: int, covers: list[Cover]) -> int:
    """Return where a place of a text is once it is covered; within a cover, at its end."""
    shift = 0
    for one in covers:
        mark = len(pattern_of(one.number))
        if place <= one.start:
            break
        if place < one.end:
            return one.start + shift + mark
        shift += mark - (one.end - one.start)
    return place + shift


def _place(path: tuple[str, ...]) -> str:
    return ".".join(path) or "its outermost part"
