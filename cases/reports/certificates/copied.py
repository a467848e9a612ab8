"""The certificate under Rule 902(14): data copied, authenticated by digest."""

from typing import Any

from audit.analysis.errors import InsufficientDataError
from cases.reports.artefacts import Artefact
from cases.reports.blocks import (
    Blanks,
    Block,
    Bullets,
    Column,
    Listing,
    Paragraph,
    Section,
    Text,
    digest,
    strong,
)
from cases.reports.certificates import common
from cases.reports.names import lines, moment, on_one_line, two_lines

Row = dict[str, Any]

_AS_WHAT = (
    "I make this certificate as a qualified person under Rule 902(14) and (11) of the Federal "
    "Rules of Evidence. I had the digest of each item below recomputed from its bytes, on the "
    "date and with the tool stated, and compared it with the digest recorded when the item was "
    "received."
)
_WHAT_A_DIGEST_IS = (
    "The algorithm is SHA-256 (FIPS 180-4). It makes of any sequence of bytes a number of 256 "
    "bits, written as 64 hexadecimal digits. Two files with one digest are, for all that is known "
    "of the algorithm, the same bytes. The digest of receipt was computed while they came in, "
    "before anything was read of them; the recomputation read the stored bytes whole."
)
_REFERENCE = (
    "The digest recorded at receipt is the reference. It stands in a ledger whose entries are "
    "sealed onto one another; the sections on custody and time-stamps say what shows that it was "
    "not changed since. Nothing here shows what became of a file before it was received."
)
_UNKNOWN = (
    "The software knows what is in the table. From which device, storage medium, account or "
    "endpoint the data came, and how they were copied, is stated by a person who knows:"
)


def why_not_14(exhibits: list[Row]) -> str:
    """Return why there is no certificate; an empty text where one can be made."""
    if not exhibits:
        return "No exhibit was certified, only findings."
    if not any(one["identical"] for one in exhibits):
        return "None of the recomputed digests is identical to the one on record."
    return ""


def certificate_14(document: Row) -> Artefact:
    """Return the certificate; raises InsufficientDataError if no item is identical."""
    items = document["certification"]["exhibits"]
    if why := why_not_14(items):
        raise InsufficientDataError(f"There is no certificate under Rule 902(14): {why}")
    many = len(items)
    return common.artefact(
        document,
        "14",
        "1 item copied" if many == 1 else f"{many} items copied",
        (
            common.certifier(document, _AS_WHAT),
            _items(items),
            _source(items),
            _digests(items),
            _identity(items),
            common.events(document),
            common.stamps(document),
            common.notice(),
            common.limits(
                "It does not say that what stands in the files is true, nor whose answers they "
                "are. Names of models are what the parties assert.",
            ),
            common.declaration(),
        ),
    )


def _items(items: list[Row]) -> Section:
    columns = (
        Column("Item", "14mm"),
        Column("Bates number", "32mm"),
        Column("File name"),
        Column("Bytes", "26mm", "right"),
        Column("Format", "42mm"),
    )
    rows = tuple(
        (
            strong(one["label"]),
            one["bates"] or "none",
            on_one_line(one["filename"], 255),
            f"{one['bytes']:,}",
            on_one_line(one["format"]) or "not read",
        )
        for one in items
    )
    return Section("items", "The items", (Listing("items", columns, rows),))


def _source(items: list[Row]) -> Section:
    columns = (
        Column("Item", "14mm"),
        Column("Handed in by, as answers of"),
        Column("Received", "34mm"),
        Column("Taken in by"),
        Column("Entry", "14mm", "right"),
    )
    rows = tuple(
        (
            strong(one["label"]),
            two_lines(on_one_line(one["party"]), on_one_line(one["model"])),
            moment(one["received_at"]),
            two_lines(on_one_line(one["received_by"]), one["way"]),
            str(one["entry"] or ""),
        )
        for one in items
    )
    blanks = (
        "Device, medium, account or endpoint",
        "Copied by, and when",
        "Method, tool and version",
        "Digest of the tool",
    )
    return Section(
        "source",
        "Source and acquisition",
        (Listing("source", columns, rows), Paragraph(_UNKNOWN), Blanks(blanks)),
    )


def _digests(items: list[Row]) -> Section:
    columns = (
        Column("Item", "14mm"),
        Column("SHA-256 at receipt, and as recomputed"),
        Column("Bytes read", "24mm", "right"),
        Column("Recomputed", "34mm"),
        Column("Identical", "16mm"),
    )
    tools = sorted({one["tool"] for one in items if one["tool"]})
    return Section(
        "digests",
        "The digests",
        (
            Paragraph(_WHAT_A_DIGEST_IS),
            Listing("digests", columns, tuple(map(_compared, items)), size=8),
            Paragraph(f"Recomputed with: {'; '.join(tools)}."),
            Paragraph(_REFERENCE),
        ),
    )


def _compared(one: Row) -> tuple[Text, ...]:
    again: Text = digest(one["computed"]) if one["computed"] else one["problem"]
    return (
        strong(one["label"]),
        lines(digest(one["recorded"]), again),
        "" if one["computed_bytes"] is None else f"{one['computed_bytes']:,}",
        moment(one["at"]) if one["at"] else "not done",
        "yes" if one["identical"] else strong("no"),
    )


def _identity(items: list[Row]) -> Section:
    same = [one for one in items if one["identical"]]
    others = [one for one in items if not one["identical"]]
    left_out: tuple[Block, ...] = ()
    if others:
        left_out = (
            Paragraph(strong("For these items the statement is not made:")),
            Bullets(tuple(map(_not_identical, others))),
        )
    return Section(
        "identity", "Statement of identity", (Bullets(tuple(map(_identical, same))), *left_out)
    )


def _identical(one: Row) -> Text:
    return (
        (
            f"Item {one['label']}: on {moment(one['at'])} I had all {one['computed_bytes']:,} "
            "bytes of the stored file read and their SHA-256 computed. It is "
        ),
        *digest(one["computed"]),
        f". The SHA-256 recorded when the file was received on {moment(one['received_at'])} is ",
        *digest(one["recorded"]),
        ". I compared the two; they are identical.",
    )


def _not_identical(one: Row) -> Text:
    if one["computed"]:
        why = "the recomputed digest differs from the one recorded at receipt"
    else:
        why = f"its bytes could not be read. {one['problem']}"
    return f"Item {one['label']}: {why}"
