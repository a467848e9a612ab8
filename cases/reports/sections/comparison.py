"""Suspect against every candidate: excess, mean cosines, and other measures."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import (
    Block,
    Column,
    Heading,
    Listing,
    Paragraph,
    Rule,
    Section,
    Text,
    plain,
    strong,
)
from cases.reports.figures import candidates, mean_cosines
from cases.reports.likenesses import likenesses_of
from cases.reports.names import two_lines
from cases.reports.sections import drawn

Row = dict[str, Any]

# So many columns of numbers stand side by side upright, and so many on a page on its side.
_MOST_UPRIGHT, _MOST_WIDE = 12, 24


def comparison(document: Row) -> Section:
    """Return the comparison with each teacher, then of every two exhibits."""
    blocks = (*_teachers(document), *_cosines(document), *_likenesses(document))
    return Section("comparison", "The comparison", blocks)


def _teachers(document: Row) -> Iterator[Block]:
    result = document["result"]
    for teacher, found in zip(candidates(result), result["teachers"], strict=True):
        yield Heading(f"{teacher['label']}, {teacher['model']} as the teacher")
        yield from drawn.of_teacher(document, found)
        yield _candidates(teacher)
        yield from drawn.of_rank(found)


def _candidates(teacher: Row) -> Listing:
    titles = ("Excess", "Excess, layout taken out", "Excess, layout alone")
    return Listing(
        f"candidates-{teacher['label']}",
        (
            Column("No.", "9mm"),
            Column("Candidate"),
            Column("Mean cosine", "15mm", "right"),
            *(Column(title, "25mm", "right") for title in titles),
            Column("Nearest share", "15mm", "right"),
            Column("Base share", "13mm", "right"),
        ),
        tuple(map(_candidate, teacher["rows"])),
        caption=(
            f"Excess over what the cohort makes one expect, with intervals of confidence "
            f"{teacher['confidence']} over prompts."
        ),
        rule=Rule.SUMMARY,
        size=8,
    )


def _candidate(row: Row) -> tuple[Text, ...]:
    """Return the cells of a candidate; those of the teacher stand out."""
    teacher = row["role"] == "teacher"
    name = f"{row['model']} (teacher)" if teacher else row["model"]
    cells: tuple[Text, ...] = (
        row["label"],
        name,
        row["cosine"],
        *(with_range(one) for one in row["excess"]),
        row["share"],
        row["base_share"],
    )
    return tuple(strong(plain(cell)) for cell in cells) if teacher else cells


def with_range(one: Row) -> Text:
    """Return a cell of an estimate with its range under it."""
    return two_lines(one["estimate"], one["range"])


def _cosines(document: Row) -> Iterator[Block]:
    found = mean_cosines(document["result"]["similarity"])
    yield Heading("Mean cosine of every two exhibits")
    yield Paragraph(
        f"Suspect first, then teachers, then controls; from {found['least']} to {found['most']} "
        "between different exhibits."
    )
    yield from drawn.of_everyone(document)
    labels, rows = found["labels"], found["rows"]
    most = _MOST_UPRIGHT if len(labels) <= _MOST_UPRIGHT else _MOST_WIDE
    for start in range(0, len(labels), most):
        chosen = slice(start, start + most)
        yield Listing(
            f"cosines-{labels[start]}",
            (Column("Exhibit", "48mm"), *(Column(one, "1fr", "right") for one in labels[chosen])),
            tuple((row["name"], *row["cells"][chosen]) for row in rows),
            rule=Rule.SUMMARY,
            size=6.8,
            wide=most == _MOST_WIDE,
        )
    yield from drawn.of_releases(document)


def _likenesses(document: Row) -> Iterator[Block]:
    found = likenesses_of(document["result"])
    if found is None:
        return
    yield Heading("Other measures of likeness, not weighed")
    yield Paragraph(
        "Published measures that carry no likelihood ratio here, and length and layout as the "
        "negative control. Each ranks the teacher among the controls by its excess; p is adjusted "
        f"for no other test. {found.told}"
    )
    yield Listing(
        "likenesses",
        (
            Column("Measure"),
            Column("Teacher", "15mm"),
            Column("Rank", "16mm", "right"),
            Column("p", "14mm", "right"),
            Column("Floor of p", "18mm", "right"),
            Column("Excess", "16mm", "right"),
            Column("Closest control", "34mm"),
        ),
        tuple(
            (
                two_lines(one.title, one.source),
                one.teacher,
                one.rank,
                one.p_value,
                one.floor,
                one.excess,
                one.closest,
            )
            for one in found.rows
        ),
        rule=Rule.SUMMARY,
    )
