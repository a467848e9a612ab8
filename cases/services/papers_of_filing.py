"""The papers of a filing, printed in one go from its frozen document."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from audit.analysis.digests import canonical_json
from cases.reports.artefacts import Artefact, Bates
from cases.reports.report import report_of
from cases.reports.signing import SignerFacts
from cases.services import press, signing

PDF = "application/pdf"
# Gives a paper of this kind, with so many pages, its first number; None where none is to be had.
Numbers = Callable[[str, int], Bates | None]
RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class Paper:
    """One printed file: what it is, in which form, under which name, and its bytes."""

    kind: str
    media: str
    filename: str
    data: bytes
    pages: int | None = None
    bates_first: str = ""
    signed: bool = False


def print_all(document: dict[str, Any], numbers: Numbers | None = None) -> list[Paper]:
    """Return every paper of a filing; the frozen document that they are printed from is one.

    With `numbers` each page of a PDF bears its Bates number. PDFs are signed as their covers say.
    """
    return [
        Paper("document", "application/json", RESULTS, canonical_json(document)),
        _numbered("report", report_of(document), document, numbers),
    ]


def _numbered(
    kind: str, artefact: Artefact, document: dict[str, Any], numbers: Numbers | None
) -> Paper:
    """Return a PDF, printed twice where it is numbered: how many pages it has shows only then."""
    printed = press.printed(artefact)
    pages = pages_of(printed)
    first = numbers(kind, pages) if numbers else None
    if first is not None:
        printed = press.printed(artefact, bates=first)
    signer = SignerFacts(**document["signature"]) if document["signature"] else None
    signed = signing.signed(printed, signer)
    said = str(first) if first else ""
    return Paper(kind, PDF, f"{kind}.pdf", signed, pages, said, signed=signer is not None)


def report(document: dict[str, Any]) -> bytes:
    """Return the technical report as PDF."""
    return press.printed(report_of(document))


def pages_of(printed: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(BytesIO(printed)).pages)
