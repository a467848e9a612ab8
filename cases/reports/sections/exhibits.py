"""The exhibits: what was received, and what its party asserts it to be."""

from typing import Any

from cases.reports.blocks import Column, Listing, Paragraph, Rule, Section, Text, digest, strong
from cases.reports.courses import counted
from cases.reports.names import lines, moment, on_one_line, two_lines

_COLUMNS = (
    Column("No.", "9mm"),
    Column("Model, role and party", "1fr"),
    Column("File, size and format", "1fr"),
    Column("SHA-256", "34mm"),
    Column("Records taken", "15mm", "right"),
    Column("Left out", "12mm", "right"),
    Column("Received", "25mm"),
)


def exhibits(document: dict[str, Any]) -> Section:
    """Return the table of exhibits."""
    return Section(
        "exhibits",
        "The exhibits",
        (
            Paragraph(
                "Role and model are what the party asserts; the SHA-256 is that of the file as it "
                "was received. Records left out are listed with their reasons in the matter."
            ),
            *counted(document),
            Listing(
                "exhibits",
                _COLUMNS,
                tuple(map(_row, document["exhibits"])),
                rule=Rule.SUMMARY,
                size=8,
            ),
        ),
    )


def _row(one: dict[str, Any]) -> tuple[Text, ...]:
    return (
        strong(one["label"]),
        two_lines(on_one_line(one["model"]), f"{one['role']}, {on_one_line(one['party'])}"),
        two_lines(
            on_one_line(one["filename"], 255),
            f"{one['size']:,} bytes, {on_one_line(one['format'])}",
        ),
        digest(one["sha256"]),
        f"{one['taken']:,}",
        f"{one['left_out']:,}",
        lines(f"{moment(one['received_at'])}, {on_one_line(one['received_by'])}"),
    )
