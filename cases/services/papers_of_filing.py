"""The papers of a filing, printed in one go from its frozen document."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from audit.analysis.digests import canonical_json
from cases.reports.report import report_of
from cases.services import press

PDF = "application/pdf"
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


def print_all(document: dict[str, Any]) -> list[Paper]:
    """Return every paper of a filing; the frozen document that they are printed from is one."""
    printed = report(document)
    return [
        Paper("document", "application/json", RESULTS, canonical_json(document)),
        Paper("report", PDF, "report.pdf", printed, pages_of(printed)),
    ]


def report(document: dict[str, Any]) -> bytes:
    """Return the technical report as PDF."""
    return press.printed(report_of(document))


def pages_of(printed: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(BytesIO(printed)).pages)
