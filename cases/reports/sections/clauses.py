"""Clauses in force and what each claim and defence rests on, as the parties entered them."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import (
    Block,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Section,
    Text,
    digest,
    quiet,
    quote,
)
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

_NOTHING = "No clause, element of a claim or defence is held for this report."
_NO_CLAUSE = "No clause is held."
_BEARING = (
    "The statistical evidence of this report bears on one element at most: whether outputs of the "
    "teacher were used to train the suspect. It bears on no other element and on no defence but "
    "that of independent means. Whether a clause applies, is in force, or was not kept is not "
    "computed here and is said nowhere in this report."
)
_ENTERED = (
    "As entered by the author of the filing, for counsel to complete. That a row stands here says "
    "nothing of its merit; an empty one is printed as such."
)
_NONE = quiet("none held")
_MOST_CLAUSE = 6000


def clauses(document: Row) -> Section:
    """Return the clauses and the matrix of claims, or one sentence where nothing is held."""
    filing = document["filing"] or {}
    held, elements = filing.get("clauses", []), filing.get("elements", [])
    blocks = tuple(_blocks(held, elements)) if held or elements else (Paragraph(_NOTHING),)
    return Section("clauses", "Clauses in force, claims and defences", blocks)


def _blocks(held: list[Row], elements: list[Row]) -> Iterator[Block]:
    yield Paragraph(_BEARING)
    if not held:
        yield Paragraph(_NO_CLAUSE)
    for one in held:
        yield from _clause(one)
    if elements:
        yield Heading("Claims and defences")
        yield Paragraph(_ENTERED, "note")
        for kind, title in (("element", "Element"), ("defence", "Defence")):
            yield _matrix(kind, title, [one for one in elements if one["kind"] == kind])


def _clause(one: Row) -> Iterator[Block]:
    yield Heading((*quote(on_one_line(one["instrument"])), *_version(one)))
    yield Facts(
        (
            ("In force", _in_force(one)),
            ("Captured", moment(one["captured_at"]) if one["captured_at"] else "not held"),
            ("Source", quote(on_one_line(one["source"], 400)) if one["source"] else "not held"),
            ("SHA-256 of the capture", digest(one["sha256"]) if one["sha256"] else "not held"),
            ("Gaps", quote(one["gaps"]) if one["gaps"] else "none entered"),
        ),
        40,
    )
    yield Paragraph(_cut(one["text"]) if one["text"] else "Its text is not held.")


def _version(one: Row) -> Text:
    return (", version ", *quote(on_one_line(one["version"]))) if one["version"] else ()


def _in_force(one: Row) -> str:
    start, end = one["effective_from"], one["effective_to"]
    if not (start or end):
        return "no dates held"
    return f"from {start or 'a date not held'} to {end or 'no end held'}"


def _cut(text: str) -> Text:
    if len(text) <= _MOST_CLAUSE:
        return quote(text)
    where = f" [cut at {_MOST_CLAUSE} of {len(text)} characters, whole in results.json]"
    return (*quote(text[:_MOST_CLAUSE]), where)


def _matrix(kind: str, title: str, rows: list[Row]) -> Block:
    if not rows:
        return Paragraph(f"No {kind} is entered.")
    return Listing(
        f"claims-{kind}s",
        (Column("Claim", "38mm"), Column(title, "1.2fr"), Column("Evidence held", "1fr")),
        tuple(
            (
                quote(one["claim"]),
                quote(one["element"]),
                quote(one["evidence"]) if one["evidence"] else _NONE,
            )
            for one in rows
        ),
    )
