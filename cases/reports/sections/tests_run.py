"""Every test that was run, those that speak against H1 included, and all of them in one list."""

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
    section,
    strong,
)
from cases.reports.figures import test_rows
from cases.reports.ledger import Entry, ledger_of
from cases.reports.names import lines, two_lines
from cases.reports.sections.comparison import with_range

Row = dict[str, Any]


def tests_run(document: Row) -> Section:
    """Return the tests of each teacher, then the ledger of all."""
    return Section("tests", "All tests", tuple(_blocks(document["result"])))


def _blocks(result: Row) -> Iterator[Block]:
    confidence = result["teachers"][0]["views"]["embedding"]["lead"]["confidence"]
    yield Paragraph(
        "Every test that was run stands here, those that speak against H1 included. Lead is the "
        "excess of the teacher less that of the closest control; its interval has confidence "
        f"{confidence:g} over prompts."
    )
    for teacher in test_rows(result["teachers"]):
        yield from _teacher(teacher)
    yield from _ledger(result)


def _teacher(teacher: Row) -> Iterator[Block]:
    yield Heading(f"{teacher['label']}, {teacher['model']}")
    numbers = ("Rank", "p", "Floor of p", "p (Holm)", "Lead")
    yield Listing(
        f"tests-{teacher['label']}",
        (
            Column("View"),
            *(Column(one, "auto", "right") for one in numbers),
            Column("Closest control", "44mm"),
        ),
        tuple(
            (
                *(one[name] for name in ("view", "rank", "p_value", "floor", "holm")),
                with_range(one["lead"]),
                one["closest"],
            )
            for one in teacher["tests"]
        ),
        rule=Rule.SUMMARY,
    )
    for one in teacher["tests"]:
        if one["without"]:
            yield Paragraph((*strong(f"{one['view']}."), f" {' '.join(one['without'])}"))


def _ledger(result: Row) -> Iterator[Block]:
    found = ledger_of(result)
    if found is None:
        return
    yield Heading("Every test, count and signal in one list")
    yield Paragraph(
        (
            found.told,
            " A small p speaks against the hypothesis of its line. Plans sealed before are in ",
            section("custody"),
            ".",
        )
    )
    yield Listing(
        "ledger-of-tests",
        (
            Column("Test and hypothesis", "1.5fr"),
            Column("Teacher", "13mm"),
            Column("Trials", "30mm"),
            Column("p", "11mm", "right"),
            Column("What came of it"),
        ),
        tuple(map(_entry, found.entries)),
        rule=Rule.SUMMARY,
        size=7.5,
    )


def _entry(one: Entry) -> tuple[Text, ...]:
    name = (*strong(f"{one.group}:"), f" {one.name}")
    outcome: Text = one.outcome
    for more in (one.figures, one.why):
        outcome = two_lines(outcome, more)
    return (
        two_lines(name, one.hypothesis if one.hypothesis != one.name else ""),
        one.about,
        lines(one.trials),
        one.p_value,
        outcome,
    )
