"""Papers of final filings as documents: printed PDFs on their own numbers, other files on one."""

import io
from collections.abc import Iterator, Sequence

from pypdf import PdfReader

from audit.services.sources import store
from cases.models import BatesRange, FilingPaper, Matter
from cases.services import designations
from cases.services.bates import Wanted
from cases.services.productions.documents import Document, Native, NotProduced, Source
from cases.services.productions.profiles import Value
from cases.services.productions.quality import ProductionFailedError

_GROUP = 100
_PDF = "application/pdf"
_CHUNK = 65_536
# What a paper may be; whatever else it is, its name becomes no ending.
_ENDINGS = (".pdf", ".json", ".csv", ".html", ".docx")


def _papers(matter: Matter) -> Iterator[FilingPaper]:
    found = FilingPaper.objects.filter(filing__matter=matter).select_related(
        "filing__finalised_by", "filing__finding"
    )
    return found.order_by("filing__number", "kind", "media").iterator(_GROUP)


def _name(paper: FilingPaper) -> str:
    return f"filing {paper.filing.number}, {paper.filename}"


def _to_number(matter: Matter) -> Sequence[Wanted]:
    """Name the papers that bear no number: as files, each takes one."""
    return [(_name(one), 1) for one in _papers(matter) if not one.bates_first]


def _documents(matter: Matter) -> Iterator[Document]:
    """Yield the papers in the order of their numbers, as overlaps are looked for in it."""
    found = [(_numbers(matter, one), one) for one in _papers(matter)]
    for numbers, paper in sorted(found, key=lambda one: (one[0].series_id, one[0].first)):
        yield _document(numbers, paper)


def _numbers(matter: Matter, paper: FilingPaper) -> BatesRange:
    ranges = BatesRange.objects.select_related("series").filter(series__matter=matter)
    prefix = paper.bates_first.rstrip("0123456789")
    if prefix:
        first = int(paper.bates_first.removeprefix(prefix))
        found = ranges.filter(series__prefix=prefix, first=first).first()
    else:
        found = ranges.filter(paper=_name(paper)).first()
    if found is None:
        raise ProductionFailedError(
            f"{_name(paper)} bears the number {paper.bates_first or 'none'}, of which nothing is"
            " on record. Nothing was kept."
        )
    return found


def _document(numbers: BatesRange, paper: FilingPaper) -> Document:
    filing, mark = paper.filing, designations.of_finding(paper.filing.finding)
    ending = next((one for one in _ENDINGS if paper.filename.endswith(one)), ".bin")
    values: dict[str, Value] = {
        "CUSTODIAN": filing.finalised_by.get_username() if filing.finalised_by else "",
        "DOCTYPE": paper.kind,
        "TITLE": f"Filing {filing.number}: {paper.kind}",
        "FILENAME": paper.filename,
        "FILEEXT": ending[1:],
        "FILESIZE": paper.size,
        "SHA256": paper.sha256,
        "DATERECEIVED": filing.finalised_at or "",
        "AUTHORTYPE": "software",
        "DESIGNATION": mark,
        "CONFIDENTIALITY": mark,
        "REDACTED": "No",
    }
    return Document(
        numbers, values, Native(paper.sha256, paper.size, ending), lambda: _text(paper)
    )


def _text(paper: FilingPaper) -> Iterator[str]:
    """Yield the text of a PDF page by page, and of a file of text all of it."""
    with store().open(paper.sha256) as stream:
        if paper.media == _PDF:
            for page in PdfReader(io.BytesIO(stream.read())).pages:
                yield f"{page.extract_text()}\n\f"
        elif paper.media.startswith(("text/", "application/json")):
            with io.TextIOWrapper(stream, "utf-8", errors="replace", newline="") as text:
                while piece := text.read(_CHUNK):
                    yield piece


def _not_produced(_matter: Matter) -> Iterator[NotProduced]:
    """Yield nothing: a paper that is final stays so."""
    yield from ()


PAPERS = Source(
    kind="papers of filings",
    to_number=_to_number,
    documents=_documents,
    not_produced=_not_produced,
    counted=lambda matter: FilingPaper.objects.filter(filing__matter=matter).count(),
)
