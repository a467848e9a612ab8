"""Measures of likeness beside the ratio, in words: how each teacher ranks by them."""

from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Likeness:
    """One measure of one teacher as it is printed."""

    title: str
    source: str
    teacher: str
    excess: str
    rank: str
    p_value: str
    floor: str
    closest: str


@dataclass(frozen=True, slots=True)
class Likenesses:
    """All measures, and in a sentence what came of them."""

    told: str
    rows: tuple[Likeness, ...]


def likenesses_of(result: Row) -> Likenesses | None:
    """Return the measures of a result; None where there are none."""
    rows = result.get("likenesses")
    if not rows:
        return None
    return Likenesses(_told(rows), tuple(map(_likeness, rows)))


def _told(rows: list[Row]) -> str:
    weighed = [one for one in rows if not one["is_negative_control"]]
    first = sum(one["rank"] == 1 for one in weighed)
    layout = sorted(
        {one["teacher"] for one in rows if one["is_negative_control"] and one["rank"] == 1}
    )
    told = (
        f"In {first} of {len(weighed)} a teacher ranks first among the controls. By chance alone "
        f"that happens under H2 in 1 of {rows[0]['of']}."
    )
    if layout:
        told += (
            f" By length and layout alone {', '.join(layout)} ranks first too, so likeness may "
            "come of how long and in what shape the answers are."
        )
    return told


def _likeness(one: Row) -> Likeness:
    return Likeness(
        title=one["title"],
        source=one["source"],
        teacher=one["teacher"],
        excess=decimals(one["candidates"][0]["excess"]),
        rank=f"{one['rank']} of {one['of']}",
        p_value=decimals(one["p_value"]),
        floor=decimals(one["floor"]),
        closest=one["closest_control"],
    )
