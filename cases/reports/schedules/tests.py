"""Schedule 4: the numbers of the ledger of tests, each with its place in results.json."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import Column, Listing, Paragraph, Rule, Section, Text
from cases.reports.names import two_lines
from cases.reports.pointers import json_pointer
from cases.reports.schedules.common import PLACES, facts_of

Row = dict[str, Any]


def schedule_4(document: Row) -> Section:
    """Return every number of every test, whatever it showed."""
    rows = _rows(document["result"]["tests"])
    return Section(
        "schedule-4",
        "Schedule 4: the numbers of every test",
        (
            facts_of(
                document,
                f"the numbers of {len(document['result']['tests']):,} tests, counts and signals, "
                "whatever each showed",
                document["result"]["matched_prompts"] * len(document["plan"]["inputs"]),
                "rows of Schedule 2",
            ),
            Paragraph(
                f"{PLACES} The result itself, the value at /result, has the SHA-256 "
                "that stands under the title."
            ),
            Listing(
                "schedule-4",
                (
                    Column("Test"),
                    Column("Number", "46mm"),
                    Column("Value", "22mm", "right"),
                    Column("Place in results.json", "52mm"),
                ),
                rows,
                rule=Rule.SUMMARY,
                size=8,
            ),
        ),
    )


def _rows(tests: list[Row]) -> tuple[tuple[Text, ...], ...]:
    """Return a row for each number: of which test, which number, its value, its place."""
    return tuple(row for place, one in enumerate(tests) for row in _numbers(place, one))


def _numbers(place: int, one: Row) -> Iterator[tuple[Text, ...]]:
    named = two_lines(one["name"], ", ".join(filter(None, (one["group"], one["about"]))))
    at = ("result", "tests", place)
    yield (named, "outcome", one["outcome"].replace("_", " "), json_pointer(*at, "outcome"))
    for name in ("p_value", "trials", "rounds", "seed"):
        if one[name] is not None:
            yield (named, name.replace("_", "-"), _written(one[name]), json_pointer(*at, name))
    for number, figure in enumerate(one["figures"]):
        where = json_pointer(*at, "figures", number, "value")
        yield (named, figure["name"], _written(figure["value"]), where)


def _written(value: float | None) -> str:
    """Return a number as it was computed, to its six decimals."""
    if value is None:
        return "not defined"
    return f"{value:.6f}" if value % 1 else f"{value:,.0f}"
