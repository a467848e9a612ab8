"""The control page: what this document is, where it stands, and how it may be verified."""

from itertools import islice
from typing import Any

from audit.analysis.digests import digest_of
from cases.reports.artefacts import software_of
from cases.reports.blocks import (
    Block,
    Boxed,
    Facts,
    Heading,
    Paragraph,
    Section,
    Span,
    Steps,
    Text,
    digest,
    section,
    strong,
)
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

_NOT_REVIEWED = (
    "Not reviewed. The software printed this by itself after the finding; nobody has drafted, "
    "reviewed or finalised a report on it."
)
_STATUS = {
    "draft": "Draft. It may still change, and nobody may rely on it.",
    "final": "Final. It cannot change; a correction would be another filing.",
}
_UNSIGNED = "none: this file bears no electronic signature"


def control(document: Row) -> Section:
    """Return the control page."""
    return Section(
        "control",
        "Control page",
        (
            Facts((*_status(document), *_versions(document)), 44),
            Heading("What this document is, and what it is not"),
            *map(Paragraph, _kinds()),
            Boxed(_verification(document)),
        ),
        new_page=True,
    )


def _status(document: Row) -> tuple[tuple[str, Text], ...]:
    filing = document["filing"]
    rows: list[tuple[str, Text]] = [("Designation", document["designation"] or "none")]
    if filing is None:
        return (("Status", _NOT_REVIEWED), *rows)
    return (
        ("Status", _STATUS[filing["status"]]),
        ("Filing", f"{filing['number']} of this matter"),
        ("Author", _by(filing["drafted_by"], filing["drafted_at"])),
        ("Reviewed by", _reviewers(filing["reviews"])),
        ("Finalised by", _by(filing["finalised_by"], filing["finalised_at"])),
        *rows,
    )


def _by(person: str, at: str) -> str:
    if not person:
        return "nobody yet"
    return on_one_line(person) + (f", {moment(at)}" if at else "")


def _reviewers(reviews: list[Row]) -> Text:
    if not reviews:
        return "nobody yet"
    names = dict.fromkeys(on_one_line(one["by"]) for one in reviews)
    return ("; ".join(names), "; see ", section("review"))


def _versions(document: Row) -> tuple[tuple[str, Text], ...]:
    rows: list[tuple[str, Text]] = [
        ("Software", on_one_line(software_of(document))),
        ("Version of the method", on_one_line(document["plan"]["method"])),
    ]
    if scale := document.get("scale"):
        rows.append(("Scale of words", scale["version"]))
    if wording := document.get("wording"):
        rows.append(("Rules of wording", on_one_line(str(wording))))
    return (
        *rows,
        ("Signature", _signature(document)),
        ("Time-stamp", document["stamped_by"]),
    )


def _signature(document: Row) -> str:
    signer = document["signature"]
    if not signer:
        return _UNSIGNED
    return (
        f"the PDF alone, by {on_one_line(signer['subject'])} (PAdES {signer['level']}, "
        f"certificate of {on_one_line(signer['issuer'])}); pdfsig FILE shows whether it holds"
    )


def _verification(document: Row) -> tuple[Block, ...]:
    return (
        Paragraph(strong("How to verify this report")),
        Facts(
            (
                ("results.json", digest(digest_of(document))),
                ("Sealed plan", digest(document["plan_sha256"])),
                ("Result", digest(document["result_sha256"])),
                ("Last checkpoint", _checkpoint(document["checkpoint"])),
            ),
            30,
        ),
        Steps(
            (
                _step("Take results.json out of the PDF report:", "pdfdetach -saveall FILE"),
                _step("Hold its SHA-256 against the one above:", "sha256sum results.json"),
                _step(
                    "With the bundle of the matter, check ledger, stamps, files and every figure, "
                    "and compute the statistics again:",
                    "python -m audit.analysis verify PATH",
                ),
            )
        ),
        Paragraph(
            (
                (
                    "No account on the site and no network is needed for it. With --note it "
                    "takes a checkpoint that you were given earlier. The steps from the files "
                    "alone stand in "
                ),
                section("reproduction"),
                ".",
            ),
            "note",
        ),
    )


def _step(what: str, command: str) -> Text:
    return (f"{what} ", Span(command, "code"))


def _checkpoint(one: Row | None) -> Text:
    if one is None:
        return "none; the ledger of this matter was not fixed in a checkpoint before this print"
    size, root = f"over {one['size']:,} entries, made {moment(one['made_at'])}", _root(one["note"])
    return (f"{size}; root ", Span(root, "code")) if root else size


def _root(note: str) -> str:
    """Return the root of a signed checkpoint (C2SP tlog-checkpoint): line three of its note."""
    return next(islice(note.split("\n"), 2, None), "")


def _kinds() -> tuple[Text, ...]:
    return (
        (
            "This is the technical report on one finding: what was computed from the exhibits, "
            "how, and how far it goes. It is a basis for the report of an expert, and becomes no "
            "opinion before an expert adopts it."
        ),
        (
            (
                "Certificates under Rule 902(13) and (14) and schedules under Rule 1006 of the "
                "Federal Rules of Evidence are documents of their own and are not part of this "
                "one. It says nothing of direction, of access or of breach. What it leaves to "
                "others stands in "
            ),
            section("standards"),
            ".",
        ),
    )
