"""Schedules 1 and 2: the items, and every record that was compared."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from audit.analysis.results import Compared
from cases.reports.blocks import Column, Listing, Paragraph, Rule, Section, Text, digest, strong
from cases.reports.names import on_one_line, two_lines
from cases.reports.pointers import record_pointer
from cases.reports.schedules.common import facts_of

Row = dict[str, Any]
Rows = tuple[tuple[Text, ...], ...]

# More rows of Schedule 2 than this are in the attached file and not printed: 10,000 take the
# press nearly 1 GB of memory.
PRINTED = 10_000
ALL_ROWS = "schedule-2.csv"
_COLUMNS = ("prompt", "exhibit", "record", "sha256", "characters", "cosine_with_suspect")
_POINTER = (
    "A pointer names exhibit and record: B:17 is record 17 of exhibit B. The SHA-256 is that of "
    "the answer's text in UTF-8, brought into Unicode NFC, with LF as line end and without outer "
    "white space, as it stands in the bundle in data/exhibits/B/exchanges.jsonl on the line of "
    "that record."
)


def written(rows: Iterator[Compared]) -> tuple[str, Rows, int]:
    """Return all rows as CSV (RFC 4180), those to be printed, and how many there are."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    printed: list[tuple[Text, ...]] = []
    many = 0
    for many, row in enumerate(rows, start=1):
        cosine = "" if row.cosine is None else f"{row.cosine:.6f}"
        told = (row.prompt, row.label, row.record, row.sha256, row.characters, cosine)
        writer.writerow(told)
        if many <= PRINTED:
            pointer = f"{row.prompt} \u00b7 {record_pointer(row)}"
            printed.append((pointer, row.sha256, f"{row.characters:,}", cosine or "the suspect"))
    return target.getvalue(), tuple(printed), many


def schedule_1(document: Row) -> Section:
    """Return the exhibits with Bates number, digest and counts."""
    exhibits = document["exhibits"]
    taken = sum(one["taken"] for one in exhibits)
    return Section(
        "schedule-1",
        "Schedule 1: the items",
        (
            facts_of(document, "the exhibits that the finding rests on", taken, "records taken"),
            Listing(
                "schedule-1",
                (
                    Column("Exhibit", "14mm"),
                    Column("Bates number", "26mm"),
                    Column("File and model, as asserted"),
                    Column("SHA-256 of the file", "40mm"),
                    Column("Bytes", "20mm", "right"),
                    Column("Taken", "15mm", "right"),
                    Column("Left out", "13mm", "right"),
                ),
                tuple(map(_item, exhibits)),
                rule=Rule.SUMMARY,
                size=8,
            ),
        ),
    )


def _item(one: Row) -> tuple[Text, ...]:
    return (
        strong(one["label"]),
        one.get("bates") or "none",
        two_lines(
            on_one_line(one["filename"], 255), f"{on_one_line(one['model'])}, {one['role']}"
        ),
        digest(one["sha256"]),
        f"{one['size']:,}",
        f"{one['taken']:,}",
        f"{one['left_out']:,}",
    )


def schedule_2(document: Row, printed: Rows, many: int) -> Section:
    """Return the answers that were compared, each with pointer, digest and cosine."""
    asked = document["result"]["matched_prompts"]
    if len(printed) < many:
        told = (
            f"The first {len(printed):,} of {many:,} rows are printed; all of them are in "
            f"{ALL_ROWS}, which is attached inside this PDF."
        )
    else:
        told = (
            f"All {many:,} rows are printed; {ALL_ROWS}, attached inside this PDF, has them too."
        )
    summarised = f"every answer to the {asked:,} matched prompts"
    return Section(
        "schedule-2",
        "Schedule 2: the records compared",
        (
            facts_of(document, summarised, many, "answers"),
            Paragraph(_POINTER),
            Paragraph(f"Prompts are numbered as the analysis takes them. {told}"),
            Listing(
                "schedule-2",
                (
                    Column("Prompt \u00b7 exhibit:record", "34mm"),
                    Column("SHA-256 of the answer", mono=True),
                    Column("Characters", "19mm", "right"),
                    Column("Cosine with suspect's", "29mm", "right"),
                ),
                printed,
                rule=Rule.SUMMARY,
                size=7.5,
                dense=True,
            ),
        ),
    )
