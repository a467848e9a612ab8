"""The list of exhibits as an annex: each with Bates number and digest, and lines for counsel."""

from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from cases.reports.artefacts import Artefact, about, mark_of, software_of
from cases.reports.blocks import Column, Listing, Paragraph, Rule, Section, Text, digest, strong
from cases.reports.names import lines, moment, on_one_line, two_lines

Row = dict[str, Any]

_COLUMNS = (
    Column("Exhibit", "14mm"),
    Column("Bates number", "30mm"),
    Column("Description"),
    Column("File, size and SHA-256", "64mm"),
    Column("Received", "34mm"),
    Column("Sponsoring witness", "30mm"),
    Column("Offered", "18mm"),
    Column("Admitted", "18mm"),
)


def exhibit_list(document: Row) -> Artefact:
    """Return the list of the exhibits that a finding rests on."""
    frozen, number = sha256_hex(canonical_json(document)), document["finding"]["number"]
    exhibits = document["exhibits"]
    return Artefact(
        kind="exhibit_list",
        title="Exhibit list",
        matter=on_one_line(document["matter"]["name"]),
        head=f"Exhibit list, finding {number}",
        about=about(
            ("Exhibits", f"{len(exhibits)}, on which finding {number} rests"),
            ("SHA-256 of results.json", digest(frozen)),
        ),
        issued_at=document["issued_at"],
        software=software_of(document),
        source_sha256=frozen,
        sections=(_exhibits(exhibits),),
        mark=mark_of(document),
        designation=document["designation"],
    )


def _exhibits(exhibits: list[Row]) -> Section:
    told = (
        "Role and model are what the party asserts. Witness, offer and admission are for counsel "
        "to fill in."
    )
    rows = tuple(map(_row, exhibits))
    listing = Listing("exhibit-list", _COLUMNS, rows, rule=Rule.SUMMARY, size=8, wide=True)
    return Section("exhibits", "The exhibits", (Paragraph(told), listing))


def _row(one: Row) -> tuple[Text, ...]:
    return (
        strong(one["label"]),
        one.get("bates") or "none yet",
        two_lines(
            f"Answers of {on_one_line(one['model'])}, {one['role']}",
            f"{one['taken']:,} records taken, {one['left_out']:,} left out; handed in by "
            f"{on_one_line(one['party'])}",
        ),
        lines(
            on_one_line(one["filename"], 255),
            f"{one['size']:,} bytes, {on_one_line(one['format'])}",
            digest(one["sha256"]),
        ),
        moment(one["received_at"]),
        "",
        "",
        "",
    )
