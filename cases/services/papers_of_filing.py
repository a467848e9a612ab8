"""The papers of a filing, printed in one go from what was frozen for it.

The technical report, the schedules under Rule 1006 and the certificates under Rule 902 are papers
of their own: none says what another is there to say.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from audit.analysis.digests import canonical_json
from audit.analysis.results import Compared
from cases.reports import certificates
from cases.reports.artefacts import Artefact, Bates
from cases.reports.exhibit_list import exhibit_list
from cases.reports.report import report_of
from cases.reports.schedules import schedules_of
from cases.reports.signing import SignerFacts
from cases.services import press, signing

PDF = "application/pdf"
JSON = "application/json"
RESULTS = "results.json"

Row = dict[str, Any]
# Gives a paper of this kind, with so many pages, its first number; None where none is to be had.
Numbers = Callable[[str, int], Bates | None]


@dataclass(frozen=True, slots=True)
class Frozen:
    """All that the papers of a filing are printed from.

    `compared` are the rows of the schedules; `certification` is the document of the certificates,
    which are printed for each of `rules`.
    """

    document: Row
    compared: Iterable[Compared] = ()
    certification: Row | None = None
    rules: tuple[str, ...] = ()


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


def print_all(frozen: Frozen, numbers: Numbers | None = None) -> list[Paper]:
    """Return every paper of a filing; the frozen documents that they are printed from are among.

    With `numbers` each page of a PDF bears its Bates number. PDFs are signed as their covers say,
    but for certificates, which a person signs.
    """
    document = frozen.document
    signer = SignerFacts(**document["signature"]) if document["signature"] else None
    return [
        Paper("document", JSON, RESULTS, canonical_json(document)),
        _pdf("report", report_of(document), numbers, signer),
        _pdf("schedules", schedules_of(document, frozen.compared), numbers, signer),
        _pdf("exhibit-list", exhibit_list(document), numbers, signer),
        *_certificates(frozen, numbers),
        *(
            Paper("report", media, name, press.written(document, name))
            for name, media in press.FORMS.items()
        ),
    ]


def _certificates(frozen: Frozen, numbers: Numbers | None) -> Iterator[Paper]:
    held = frozen.certification
    if held is None:
        return
    # The same bytes as are attached to each certificate, which names their digest.
    told = canonical_json(held["certification"])
    yield Paper("certification", JSON, certificates.SOURCE, told)
    for rule in frozen.rules:
        yield _pdf(f"certificate-902-{rule}", certificates.RULES[rule](held), numbers, None)


def _pdf(
    kind: str, artefact: Artefact, numbers: Numbers | None, signer: SignerFacts | None
) -> Paper:
    """Return a PDF, printed twice where it is numbered: how many pages it has shows only then."""
    printed = press.printed(artefact)
    pages = press.pages_of(printed)
    first = numbers(kind, pages) if numbers else None
    if first is not None:
        printed = press.printed(artefact, bates=first)
    said = str(first) if first else ""
    signed = signing.signed(printed, signer)
    return Paper(kind, PDF, f"{kind}.pdf", signed, pages, said, signed=signer is not None)


def report(document: Row) -> bytes:
    """Return the technical report as PDF."""
    return press.printed(report_of(document))
