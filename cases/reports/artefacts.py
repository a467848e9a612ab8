"""A document ready to be printed: its front, its numbered sections, and what is attached to it."""

from dataclasses import dataclass
from typing import Any

from cases.reports.blocks import Facts, Section, Text, digest, numbered, quiet
from cases.reports.names import lines, on_one_line

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF, as text; the relationship is that of PDF/A-3."""

    name: str
    text: str
    media_type: str
    description: str
    relationship: str = "data"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One document of blocks.

    `about` stands under the title, `head` on top of each page beside the matter. `mark` says on
    each page what the document is not, such as a draft; `designation` how it must be handled.
    `source_sha256` is the digest of the frozen facts that it was made from, in the file `source`.
    """

    kind: str
    title: str
    matter: str
    head: str
    about: Facts
    issued_at: str
    software: str
    source_sha256: str
    sections: tuple[Section, ...]
    mark: str = ""
    designation: str = ""
    contents: bool = False
    attachments: tuple[Attachment, ...] = ()
    source: str = "results.json"

    def __post_init__(self) -> None:
        """Give each section its number."""
        object.__setattr__(self, "sections", numbered(self.sections))


@dataclass(frozen=True, slots=True)
class Bates:
    """The Bates number of the first page; each page has the next."""

    prefix: str
    first: int
    digits: int

    def __str__(self) -> str:
        return f"{self.prefix}{self.first:0{self.digits}}"


def software_of(document: Document) -> str:
    """Return name and version of what made a document."""
    software = document["software"]
    return f"{software['name']} {software['version']}"


def mark_of(document: Document) -> str:
    """Return what each page says of a document that nobody has reviewed yet, or nothing."""
    filing = document["filing"]
    if filing is None:
        return "Printed by the software; not reviewed"
    return "" if filing["status"] == "final" else "DRAFT"


def signature_of(document: Document) -> Text:
    """Return who signs what is printed, as every cover says before there is a signature."""
    signer = document["signature"]
    if signer is None:
        return "None: this document is not signed."
    return lines(
        on_one_line(
            f"In the PDF alone: PAdES {signer['level']}, by the certificate of"
            f" {signer['subject']}, serial number {signer['serial']}, issued by"
            f" {signer['issuer']}; its key is in {signer['kept']}"
        ),
        (*quiet("SHA-256 of the certificate "), *digest(signer["sha256"])),
    )


def stamp_of(document: Document) -> str:
    """Return what stands at the foot of each page: how it is handled, and whether it is whole."""
    stamps = (document["designation"], "REDACTED" if document.get("redaction") else "")
    return " \u00b7 ".join(one for one in stamps if one)


def about(*rows: tuple[str, Text]) -> Facts:
    """Return what stands under a title."""
    return Facts(rows, width=40)
