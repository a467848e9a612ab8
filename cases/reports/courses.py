"""How what a report rests on came about: by a watch in the ordinary course, or as a person asked.

Frozen into the document. A record of the ordinary course (Rule 803(6)) and one made for a dispute
are never told as one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cases.reports.blocks import Block, Facts, Paragraph, Text, digest
from cases.reports.names import moment

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """The run of a watch that made a finding.

    `levels` are those of all audits by watches of the matter up to this one, each its own plan's.
    """

    ordinary_course: bool
    watch: int
    release: int
    due_at: str
    version: int
    plan_sha256: str
    levels: tuple[float, ...]

    def as_dict(self) -> Row:
        """Return it as it is frozen, with what its place among many means in words."""
        return asdict(self) | {"levels": list(self.levels), "among": of_many(self.levels)}


def of_many(levels: Sequence[float]) -> str:
    """Return what is to be said of one result among many: each audit had its own chance to err.

    The bound holds however the audits hang together (Bonferroni, 1936).
    """
    if len(levels) == 1:
        return "It is the first audit by a watch of this matter."
    low, high = min(levels), max(levels)
    level = f"level {low:g}" if low == high else f"levels {low:g} to {high:g}"
    return (
        f"It is audit {len(levels)} by watches of this matter: if no release was trained on a"
        f" teacher's outputs, at least one among so many ranks first at the {level} by chance in"
        f" up to {min(1.0, sum(levels)):.0%} of cases (Bonferroni)."
    )


def told(document: Row) -> tuple[Block, ...]:
    """Return how the finding came about, where a watch made it; documents of old do not say."""
    course = document["finding"].get("course")
    if not course:
        return ()
    kind = (
        "A record of the ordinary course: made by a schedule, without anyone asking for it"
        if course["ordinary_course"]
        else "Not of the ordinary course: made because a person asked for it"
    )
    before = len(course["levels"]) - 1
    rows: tuple[tuple[str, Text], ...] = (
        ("Kind of record", kind),
        ("Made by", f"watch {course['watch']}, release {course['release']} of its line"),
        ("Slot" if course["ordinary_course"] else "Asked at", moment(course["due_at"])),
        ("Plan of the watch", (f"version {course['version']}, ", *digest(course["plan_sha256"]))),
        ("Audits before it", f"{before} by watches of this matter"),
        ("What that means", course["among"]),
    )
    return (Facts(rows, 40),)


def counted(document: Row) -> tuple[Block, ...]:
    """Return how many exhibits a schedule collected, and how many came because a person acted."""
    kinds: dict[str, list[str]] = {}
    for one in document["exhibits"]:
        kinds.setdefault(one.get("course", ""), []).append(one["label"])
    if set(kinds) <= {""}:
        return ()
    said = [
        f"{words} ({len(kinds[kind])}): {', '.join(kinds[kind])}"
        for kind, words in (
            ("ordinary", "Collected by a watch in the ordinary course"),
            ("asked", "Collected by a watch because a person asked"),
            ("", "Handed in by a person"),
        )
        if kind in kinds
    ]
    return (Paragraph(f"{'. '.join(said)}."),)
