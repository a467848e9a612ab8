"""What was taken out of a redacted version, on which ground, and in how many places."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import Block, Column, Listing, Paragraph, Section, digest
from cases.reports.covering import pattern_of
from cases.reports.names import moment

Row = dict[str, Any]


def redactions(document: Row) -> Section | None:
    """Return the table of redactions; None for a document that is not redacted."""
    if (found := document.get("redaction")) is None:
        return None
    return Section("redactions", "Redactions", tuple(_redactions(found)))


def _redactions(found: Row) -> Iterator[Block]:
    yield Paragraph(
        f"This is redacted version {found['number']}, made {moment(found['at'])}. A mark such as "
        f"{pattern_of(1)} stands wherever a passage stood, whatever its length; the original is "
        "kept unchanged."
    )
    yield Paragraph(_made_from(found))
    if found["withheld_digests"]:
        yield Paragraph(
            "Digests and checkpoints that cover what is redacted are withheld: whoever has one "
            "can find a short passage by trying. So the chain of custody and the numbers are "
            "checked with the original, not with this version."
        )
    yield Listing(
        "redactions",
        (Column("Mark", "24mm"), Column("Ground"), Column("Places", "18mm", "right")),
        tuple(
            (pattern_of(one["number"]), one["ground"], str(one["places"]))
            for one in found["passages"]
        ),
    )


def _made_from(found: Row) -> Any:
    origin = found["origin"]
    name = origin["name"] if origin["name"] == "report" else f"report of {origin['name']}"
    if not origin["report_sha256"]:
        return (
            f"It was made from the {name} issued {moment(origin['issued_at'])}. The digest of "
            "that report is on record with who issued it and is not printed here, since with it "
            "a passage could be found by trying."
        )
    return (
        f"It was made from the {name} issued {moment(origin['issued_at'])} with the SHA-256 ",
        *digest(origin["report_sha256"]),
        ", whose results.json has the SHA-256 ",
        *digest(origin["results_sha256"]),
        ".",
    )
