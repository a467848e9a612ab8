"""What both certificates have: who certifies, custody, stamps, notice, limits, declaration."""

from collections.abc import Iterable
from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from cases.reports.artefacts import Artefact, Attachment, about, software_of
from cases.reports.blocks import (
    Blanks,
    Block,
    Boxed,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Section,
    Text,
    digest,
    quiet,
    strong,
)
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

# The results of a finding are no part of a certificate, and are not attached to it.
SOURCE = "certification.json"
_FACTS = "Every fact of this certificate, as canonical JSON (RFC 8785)"
_TEMPLATE = (
    "Draft for a person to sign. The text is a template: counsel edits it, and the person who "
    "signs reads each statement and strikes what is not so."
)
_DOMESTIC = (
    "I declare under penalty of perjury that the foregoing is true and correct. Executed on the "
    "date written below."
)
_FOREIGN = (
    "I declare under penalty of perjury under the laws of the United States of America that the "
    "foregoing is true and correct. Executed on the date written below."
)
_AUTHENTICITY = (
    "This certificate goes to authenticity only. Other objections stay open.",
    "It says nothing of what the items or records show, and holds no opinion.",
    "It is for civil proceedings.",
)
_HOLDS = (
    "Each act is entered into a ledger and sealed onto the one before it. When these facts were "
    "taken, no entry was missing, changed or out of place."
)
_OUTSIDE = (
    "To be stated by the person who signs: transfers and storage outside the software, and any "
    "gap."
)
_LOOKS = "Entries that record only that someone looked at something are not printed here."


def artefact(document: Row, rule: str, about_it: str, sections: Iterable[Section]) -> Artefact:
    """Return a certificate under Rule 902 with the frozen facts that it was made from attached."""
    asked, filing = document["certification"], document["filing"]
    frozen = canonical_json(asked)
    return Artefact(
        kind=f"certificate_{rule}",
        title=f"Certificate under Rule 902({rule}), Federal Rules of Evidence",
        matter=on_one_line(document["matter"]["name"]),
        head=f"Certification {asked['number']}",
        about=about(
            ("Subject", about_it),
            ("Certified by", on_one_line(asked["name"])),
            ("Record of", f"certification {asked['number']}, {moment(asked['asked_at'])}"),
        ),
        issued_at=document["issued_at"],
        software=software_of(document),
        source_sha256=sha256_hex(frozen),
        sections=tuple(sections),
        mark="" if filing and filing["status"] == "final" else "DRAFT, not signed",
        designation=document["designation"],
        source=SOURCE,
        attachments=(Attachment(SOURCE, frozen.decode(), "application/json", _FACTS),),
    )


def certifier(document: Row, as_what: str) -> Section:
    """Return who certifies, in the person's own words."""
    asked = document["certification"]
    return Section(
        "certifier",
        "Who certifies",
        (
            Paragraph(quiet(_TEMPLATE), "note"),
            Facts(
                (
                    ("Name", on_one_line(asked["name"])),
                    ("Position, and why qualified", asked["capacity"]),
                    ("Relation to the party", asked["relation"] or "to be stated"),
                    ("Account in the software", on_one_line(asked["account"])),
                    ("Matter", on_one_line(document["matter"]["name"])),
                    ("Those who handed in", ", ".join(map(on_one_line, asked["parties"]))),
                )
            ),
            Paragraph(as_what),
        ),
    )


def events(document: Row) -> Section:
    """Return what was done with the items up to the recomputation, as the ledger has it."""
    asked = document["certification"]
    printed, all_of_them = asked["events"], asked["events_in_all"]
    left_out = ""
    if len(printed) < all_of_them:
        left_out = (
            f" The first {len(printed)} of {all_of_them} are printed; all are in the bundle."
        )
    return Section(
        "custody",
        "Custody from receipt to recomputation",
        (
            *_chain(asked["custody_problems"]),
            Paragraph(f"{_LOOKS}{left_out} {_OUTSIDE}"),
            Listing(
                "custody",
                (
                    Column("No.", "11mm"),
                    Column("When", "32mm"),
                    Column("Who", "48mm"),
                    Column("Act"),
                ),
                tuple(map(_event, printed)),
                size=8,
            ),
        ),
    )


def _chain(problems: list[str]) -> tuple[Block, ...]:
    """Return whether the ledger holds."""
    if problems:
        told = Paragraph(strong("The chain of custody does not hold:"))
        return (told, Bullets(tuple(problems)))
    return (Paragraph(_HOLDS),)


def _event(one: Row) -> tuple[Text, ...]:
    who = f"{on_one_line(one['actor'])}, {one['way']}" if one["way"] else one["actor"]
    return (str(one["number"]), moment(one["at"]), who, one["act"])


def stamps(document: Row) -> Section:
    """Return the checkpoint over the ledger, and who vouches for its time."""
    last = document["certification"]["checkpoint"]
    title = "Time-stamps and checkpoint"
    clock = (
        "All other times are those of the clock of the computer that ran the software, in UTC. "
        "How that clock is set is to be stated by the person who signs."
    )
    if last is None:
        told = "No checkpoint covers the ledger, and no authority has stamped it."
        return Section("stamps", title, (Paragraph(told), Paragraph(clock)))
    return Section(
        "stamps",
        title,
        (
            Facts(
                (
                    ("Checkpoint over", f"the first {last['size']:,} entries of the ledger"),
                    ("Root of its tree", digest(last["root"])),
                    ("SHA-256 of its note", digest(last["note_sha256"])),
                    ("Made", moment(last["made_at"])),
                )
            ),
            _stamped(last["stamps"]),
            *((Paragraph(last["wanting"]),) if last["wanting"] else ()),
            Paragraph(clock),
        ),
    )


def _stamped(found: list[Row]) -> Block:
    if not found:
        return Paragraph("No time-stamping authority has stamped this checkpoint.")
    return Listing(
        "stamps",
        (
            Column("Authority"),
            Column("Time", "32mm"),
            Column("Serial number", "36mm"),
            Column("Policy", "30mm"),
            Column("Independent", "20mm"),
        ),
        tuple(
            (
                on_one_line(one["authority"]),
                moment(one["at"]),
                one["serial"],
                one["policy"],
                "yes" if one["independent"] else "no: proves nothing",
            )
            for one in found
        ),
        size=8,
    )


def notice() -> Section:
    """Return the lines for the notice that Rule 902(11) asks for."""
    return Section(
        "notice",
        "Notice",
        (
            Paragraph(
                "Before the trial or hearing the proponent gives an adverse party reasonable "
                "written notice of the intent to offer the record, and makes the record and this "
                "certificate available for inspection, so that the party has a fair opportunity "
                "to challenge them."
            ),
            Blanks(
                (
                    "Notice given to",
                    "On (date)",
                    "In which way",
                    "Record and certificate may be inspected at",
                )
            ),
        ),
    )


def limits(*more: str) -> Section:
    """Return what the certificate does not reach."""
    return Section("limits", "Limits of this certificate", (Bullets((*_AUTHENTICITY, *more)),))


def declaration() -> Section:
    """Return both forms of an unsworn declaration, and the lines to sign on."""
    return Section(
        "declaration",
        "Declaration",
        (
            Paragraph(
                "One of the two forms of 28 U.S.C. 1746 stands; the other is struck. A person who "
                "signs outside the United States also states that a false declaration would "
                "expose them to criminal penalty in the country where it is signed (Rule "
                "902(12)).",
                "note",
            ),
            # In a frame, which stays on one page: nobody signs a page without the words.
            Boxed(
                (
                    Heading("Signed within the United States"),
                    Paragraph(_DOMESTIC),
                    Heading("Signed outside the United States"),
                    Paragraph(_FOREIGN),
                    Blanks(("Signature", "Name", "Date", "Place")),
                )
            ),
        ),
    )
