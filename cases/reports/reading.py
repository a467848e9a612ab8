"""Reading a file back as text: a print of our own, or a text that a person wrote."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from cases.reports import docx
from cases.reports.report import report_of
from cases.reports.said import quotations_of
from cases.reports.texts_read import Part, UnreadableFileError

MOST_BYTES = 200_000_000
_RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class Read:
    """What stands in a file, and what is known to be quoted somewhere in it."""

    parts: tuple[Part, ...]
    quotations: tuple[str, ...] = ()


def read(name: str, data: bytes) -> Read:
    """Return the text of a file by the ending of its name; raises UnreadableFileError."""
    if len(data) > MOST_BYTES:
        raise UnreadableFileError(f"{name} has {len(data):,} bytes; {MOST_BYTES:,} are read.")
    return _READERS.get(PurePath(name).suffix.lower(), _plain)(name, data)


def _plain(name: str, data: bytes) -> Read:
    try:
        return Read((Part("", data.decode("utf-8-sig")),))
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{name} is no text in UTF-8: byte {error.start} is none. Save it as UTF-8."
        ) from error


def _pdf(name: str, data: bytes) -> Read:
    try:
        reader = PdfReader(BytesIO(data))
        pages = tuple(
            Part(f"page {number}", page.extract_text())
            for number, page in enumerate(reader.pages, start=1)
        )
        attached = dict(reader.attachments).get(_RESULTS, [])
    except (PyPdfError, ValueError, KeyError) as error:
        raise UnreadableFileError(f"{name} cannot be read as a PDF: {error}.") from error
    return Read(pages, _quotations(attached[0]) if attached else ())


def _quotations(results: bytes) -> tuple[str, ...]:
    """Return what a report of ours quotes, as its attached results say; nothing of another's."""
    try:
        document: Any = json.loads(results)
        return quotations_of(report_of(document))
    except (ValueError, KeyError, TypeError):
        return ()


def _docx(name: str, data: bytes) -> Read:
    try:
        return Read(docx.parts_of(data))
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{name}: {error}") from error


_READERS: dict[str, Callable[[str, bytes], Read]] = {".pdf": _pdf, ".docx": _docx}
