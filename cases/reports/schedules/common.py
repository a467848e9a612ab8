"""What Rule 1006 asks of every summary: what it summarises, what it rests on, where that is."""

from typing import Any

from cases.reports.artefacts import software_of
from cases.reports.blocks import Blanks, Facts, Paragraph, Section, section
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

PLACES = (
    "A place such as /result/matched_prompts is a JSON pointer (RFC 6901) into results.json, "
    "whose SHA-256 stands under the title; it leads to the number as it was computed."
)
_BUNDLE = (
    "The native files, all records, vectors and results are in the bundle of the matter, for "
    "examination and copying as said in"
)


def made_by(document: Row) -> str:
    """Return which software made the summary, and who asked for it when."""
    issued = f"{on_one_line(document['issued_by'])}, {moment(document['issued_at'])}"
    return f"{software_of(document)}, asked for by {issued}"


def facts_of(document: Row, summarised: str, records: int, kind: str) -> Facts:
    """Return what Rule 1006 asks of each summary."""
    exhibits = document["exhibits"]
    all_of_them = sum(one["taken"] + one["left_out"] for one in exhibits)
    bates = [one["bates"] for one in exhibits if one.get("bates")]
    numbers = f"Bates {bates[0]} to {bates[-1]}" if bates else "Bates numbers: none are given yet"
    where = f"{numbers}. {_BUNDLE} "
    return Facts(
        (
            ("Summarises", summarised),
            ("Rests on", f"{records:,} {kind}, of {all_of_them:,} records in the exhibits"),
            ("Available at", (where, section("notice"), ".")),
            ("Made by", made_by(document)),
        ),
        30,
    )


def notice() -> Section:
    """Return the notice, with lines to be filled in."""
    return Section(
        "notice",
        "Notice under Rule 1006(b)",
        (
            Paragraph(
                "The proponent makes the originals or duplicates of what is summarised available "
                "for examination or copying, or both, by other parties at a reasonable time and "
                "place. The court may order that they be produced in court."
            ),
            Blanks(("Available at (place)", "From (date and time)", "Contact", "Notice given on")),
            Paragraph(
                "Tables marked Rule 1006 are offered to prove the content of the records that "
                "they name. A chart marked Rule 107 is an illustrative aid and not evidence; none "
                "stands in these schedules."
            ),
        ),
    )
