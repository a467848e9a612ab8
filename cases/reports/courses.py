"""How what a report rests on came about: by a watch in the ordinary course, or as a person asked.

Frozen into the document. A record of the ordinary course (Rule 803(6)) and one made for a dispute
are never told as one.
"""

from dataclasses import asdict, dataclass
from typing import Any

from cases.reports.blocks import Block, Facts, Paragraph, Text, digest
from cases.reports.names import moment

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """The run of a watch that made a finding; `number` is its place among the watch's audits."""

    ordinary_course: bool
    watch: int
    release: int
    due_at: str
    version: int
    plan_sha256: str
    number: int
    alpha: float

    def as_dict(self) -> Row:
        """Return it as it is frozen, with what its place among many means in words."""
        return asdict(self) | {"among": of_many(self.number, self.alpha)}


def of_many(audits: int, alpha: float) -> str:
    """Return what is to be said of one result among many: each audit had its own chance to err."""
    if audits == 1:
        return "It is the first audit of this watch."
    return (
        f"It is audit {audits} of this watch: if no release was trained on a teacher's outputs, at"
        f" least one among so many ranks first at the level {alpha:g} by chance in up to"
        f" {min(1.0, audits * alpha):.0%} of cases (Bonferroni)."
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
    before = course["number"] - 1
    rows: tuple[tuple[str, Text], ...] = (
        ("Kind of record", kind),
        ("Made by", f"watch {course['watch']}, release {course['release']} of its line"),
        ("Slot" if course["ordinary_course"] else "Asked at", moment(course["due_at"])),
        ("Plan of the watch", (f"version {course['version']}, ", *digest(course["plan_sha256"]))),
        ("Audits before it", f"{before} of the same watch"),
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
