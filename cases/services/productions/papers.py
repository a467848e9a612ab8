"""Papers of final filings as documents: printed PDFs on their own numbers, other files on one."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from typing import BinaryIO

from django.db.models import QuerySet
from pypdf import PdfReader

from audit.services.sources import store
from cases.models import BatesRange, FilingPaper, Matter
from cases.reports import docx
from cases.services import designations
from cases.services.bates import Wanted
from cases.services.productions.documents import Document, Native, NotProduced, Source
from cases.services.productions.profiles import Value
from cases.services.productions.quality import ProductionFailedError

_GROUP = 100
_CHUNK = 65_536
# What a paper may be; whatever else it is, its name becomes no ending.
_ENDINGS = (".pdf", ".json", ".csv", ".html", ".docx", ".zip")
# Elements of a page whose text nobody reads, and those after which a line ends.
_UNREAD = frozenset({"script", "style", "title"})
_LINES = frozenset({"p", "div", "li", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "caption", "br"})


def _all(matter: Matter) -> QuerySet[FilingPaper]:
    found = FilingPaper.objects.filter(filing__matter=matter).select_related(
        "filing__finalised_by", "filing__finding"
    )
    return found.order_by("filing__number", "kind", "media")


def _papers(matter: Matter) -> Iterator[FilingPaper]:
    """Yield what is produced: nothing on a finding that somebody redacted.

    A passage that was redacted in one paper may stand in every other on the same finding.
    """
    return _all(matter).filter(filing__finding__redactions__isnull=True).iterator(_GROUP)


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
        # The report is there in several forms.
        "TITLE": f"Filing {filing.number}: {paper.kind} ({paper.filename})",
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
    """Yield the text of a paper, piece by piece; nothing of a kind of file that has none."""
    read = _READERS.get(paper.media)
    if read is not None:
        with store().open(paper.sha256) as stream:
            yield from read(stream)


def _of_pdf(stream: BinaryIO) -> Iterator[str]:
    """Yield page by page."""
    for page in PdfReader(io.BytesIO(stream.read())).pages:
        yield f"{page.extract_text()}\n\f"


def _plain(stream: BinaryIO) -> Iterator[str]:
    with io.TextIOWrapper(stream, "utf-8", errors="replace", newline="") as text:
        while piece := text.read(_CHUNK):
            yield piece


class _Read(HTMLParser):
    """What a person reads of a page, with lines where blocks end."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Leave out what follows, if nobody reads it."""
        self._unread += tag in _UNREAD

    def handle_endtag(self, tag: str) -> None:
        """End a line after a block, and a cell with a tab."""
        self._unread -= tag in _UNREAD
        self.said += "\n" if tag in _LINES else "\t" if tag in {"td", "th"} else ""

    def handle_data(self, data: str) -> None:
        """Keep text; a line of the source ends no line of the page."""
        if not self._unread and data.strip():
            self.said.append(data.replace("\n", " "))


def _of_page(stream: BinaryIO) -> Iterator[str]:
    page = _Read()
    page.feed(stream.read().decode())
    page.close()
    yield from page.said


def _of_docx(stream: BinaryIO) -> Iterator[str]:
    for part in docx.parts_of(stream.read()):
        yield f"{part.text}\n"


def _of_tables(stream: BinaryIO) -> Iterator[str]:
    """Yield the texts that lie in a ZIP, each under its name."""
    with zipfile.ZipFile(io.BytesIO(stream.read())) as packed:
        for one in packed.infolist():
            yield f"[{one.filename}]\n"
            with packed.open(one) as inside:
                yield from _plain(io.BytesIO(inside.read()))
            yield "\n"


# By media type, as the papers of a filing are kept.
_READERS: dict[str, Callable[[BinaryIO], Iterator[str]]] = {
    "application/pdf": _of_pdf,
    "application/json": _plain,
    "text/html": _of_page,
    docx.MEDIA_TYPE: _of_docx,
    "application/zip": _of_tables,
}


def _not_produced(matter: Matter) -> Iterator[NotProduced]:
    """Yield the papers on findings that were redacted."""
    redacted = _all(matter).filter(filing__finding__redactions__isnull=False).distinct()
    for one in redacted.iterator(_GROUP):
        number = one.filing.finding.number
        reason = (
            f"there is a redacted version of what was printed on finding {number}, and this is "
            "not redacted; hand the redacted version out"
        )
        yield NotProduced(_name(one), one.filename, one.sha256, reason)


PAPERS = Source(
    kind="papers of filings",
    to_number=_to_number,
    documents=_documents,
    not_produced=_not_produced,
    counted=lambda matter: FilingPaper.objects.filter(filing__matter=matter).count(),
)
