"""The reviewers' record, and the filings that came before."""

from typing import Any

from cases.reports.blocks import Block, Column, Heading, Listing, Paragraph, Section, Text
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

_UNFILED = (
    "Nobody has reviewed this: the software printed it by itself, and no filing was drafted on it."
)
_NONE = "No review is entered."
_NOT_BLIND = (
    "No review is blind: whoever reviews sees who is suspect, teacher and control, and what came "
    "out. Listed are the reviews of the text as it stands; earlier ones are among the steps below."
)
# What changes where a filing stands, by the act under which it is entered into custody.
_STEPS = {
    "drafted": "drafted",
    "review asked": "review asked for",
    "reviewed": "reviewed",
    "finalise asked": "finalising asked for",
    "finalised": "finalised",
    "discarded": "discarded",
}


def review(document: Row) -> Section:
    """Return who reviewed what, and the history of filings on the finding."""
    filing = document["filing"]
    blocks = (Paragraph(_UNFILED),) if filing is None else _reviews(filing["reviews"])
    return Section(
        "review",
        "Review and revisions",
        (*blocks, Heading("Revision history"), *_history(document)),
    )


def _reviews(reviews: list[Row]) -> tuple[Block, ...]:
    if not reviews:
        return (Paragraph(_NONE),)
    rows = tuple(
        (
            moment(one["at"]),
            on_one_line(one["by"]),
            on_one_line(one["kind"]),
            on_one_line(one["outcome"]),
        )
        for one in reviews
    )
    columns = (
        Column("When", "36mm"),
        Column("Who"),
        Column("Kind", "28mm"),
        Column("Outcome", "28mm"),
    )
    return (Listing("reviews", columns, rows), Paragraph(_NOT_BLIND, "note"))


def _history(document: Row) -> tuple[Block, ...]:
    """Return the steps of every filing on the finding; what was written in a draft is in none."""
    entries = _entries(document)
    rows = tuple(_row(one) for one in entries if one["act"] in _STEPS)
    if not rows:
        return (Paragraph("No step of a filing on this finding stands in the chain of custody."),)
    columns = (
        Column("When", "36mm"),
        Column("Filing", "14mm", "right"),
        Column("Step"),
        Column("Who", "40mm"),
        Column("Entry", "14mm", "right"),
    )
    written = sum(one["act"] == "written" for one in entries)
    note = Paragraph(f"Changes of text between these steps: {written:,}.", "note")
    return (Listing("revisions", columns, rows), note)


def _entries(document: Row) -> list[Row]:
    number = document["finding"]["number"]
    about = [one for one in document["custody"] if "filing" in one["facts"]]
    ours = {
        one["facts"]["filing"]
        for one in about
        if one["act"] == "drafted" and one["facts"].get("finding") == number
    }
    return [one for one in about if one["facts"]["filing"] in ours]


def _row(entry: Row) -> tuple[Text, ...]:
    facts = entry["facts"]
    outcome = ": ".join(str(facts[name]) for name in ("kind", "outcome") if name in facts)
    step = _STEPS[entry["act"]]
    return (
        moment(entry["at"]),
        str(facts["filing"]),
        f"{step}, {on_one_line(outcome)}" if outcome else step,
        on_one_line(entry["actor"]),
        str(entry["number"]),
    )
