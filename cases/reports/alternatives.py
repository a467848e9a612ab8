"""The other explanations of likeness in words: which teacher each is about, and how it stands."""

from dataclasses import dataclass
from typing import Any

_STATUSES = {
    "not_excluded": "not excluded",
    "not_testable": "not testable with this material, not excluded",
    "reduced": "reduced by the controls, not excluded",
    "supported": "fits the material as well as H1",
}
_CLOSED = frozenset({"excluded", "tested"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """One explanation; `teacher` is empty where there is no choice, `needs` where nothing is."""

    name: str
    teacher: str
    status: str
    why: str
    needs: str


def alternatives_of(result: dict[str, Any]) -> tuple[Alternative, ...]:
    """Return the other explanations of a result as they are printed."""
    several = len(result["teachers"]) > 1
    return tuple(
        Alternative(
            name=one["name"],
            teacher=one.get("teacher", "") if several else "",
            status=_STATUSES.get(one["status"], one["status"]),
            why=one["why"],
            needs=one.get("needs", ""),
        )
        for one in result["alternatives"]
    )


def not_excluded(result: dict[str, Any]) -> list[str]:
    """Return the names of the explanations that are not excluded for some teacher, each once."""
    return list(
        dict.fromkeys(
            one["name"] for one in result["alternatives"] if one["status"] not in _CLOSED
        )
    )
