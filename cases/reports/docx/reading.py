"""Reading a DOCX that somebody has written in: all of its text, and which of it is quoted."""

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.opc.part import Part as Piece
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from cases.reports.docx.text import OF_OTHERS
from cases.reports.texts_read import Part, UnreadableFileError

_MOST_UNPACKED = 300_000_000
_WITH_TEXT = ("document", "header", "footer", "footnotes", "endnotes", "comments")
# Between cells, so that a name stands before its value.
_CELLS = ": "
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}


def read(data: bytes) -> tuple[Part, ...]:
    """Return the text of a DOCX by paragraphs and rows; raises UnreadableFileError.

    What was put in with tracked changes is in it, what was struck out is not.
    """
    try:
        _require_small(data)
        document = docx.Document(BytesIO(data))
        quoting = {one.style_id for one in document.styles if one.name in OF_OTHERS}
        return tuple(_parts(document, quoting))
    except (OpcError, zipfile.BadZipFile, SyntaxError, KeyError, ValueError) as error:
        # lxml's error of syntax is one of Python's.
        raise UnreadableFileError(f"This cannot be read as DOCX: {error}") from error


def _require_small(data: bytes) -> None:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        size = sum(one.file_size for one in packed.infolist())
    if size > _MOST_UNPACKED:
        raise UnreadableFileError(
            f"Unpacked, this DOCX has {size:,} bytes; {_MOST_UNPACKED:,} are read."
        )


def _parts(document: Document, quoting: set[str]) -> Iterator[Part]:
    for piece in document.part.package.iter_parts():
        name = piece.partname.filename.removesuffix(".xml")
        if name.rstrip("0123456789") in _WITH_TEXT:
            for number, lines in enumerate(_lines(_root(piece)), start=1):
                text, quoted = _text(lines, quoting)
                if text.strip():
                    yield Part(f"{name}, paragraph or row {number}", text, quoted)


def _root(piece: Piece) -> BaseOxmlElement:
    found = getattr(piece, "element", None)
    return parse_xml(piece.blob) if found is None else found


def _lines(root: BaseOxmlElement) -> Iterator[list[BaseOxmlElement]]:
    """Yield paragraphs that stand alone, and those of one row of a table together."""
    for one in root.iter(qn("w:p"), qn("w:tr")):
        if one.tag == qn("w:tr"):
            if not any(True for _ in one.iter(qn("w:tbl"))):
                yield list(one.iter(qn("w:p")))
        elif not _in_plain_row(one):
            yield [one]


def _in_plain_row(paragraph: BaseOxmlElement) -> bool:
    row = next(paragraph.iterancestors(qn("w:tr")), None)
    return row is not None and not any(True for _ in row.iter(qn("w:tbl")))


def _text(
    paragraphs: Iterable[BaseOxmlElement], quoting: set[str]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, quoted = "", []
    for one in paragraphs:
        text += _CELLS if text else ""
        for run in one.iter(qn("w:r")):
            said = "".join(_said(each) for each in run)
            if run.style in quoting:
                quoted.append((len(text), len(text) + len(said)))
            text += said
    return text, tuple(quoted)


def _said(child: BaseOxmlElement) -> str:
    if child.tag == qn("w:t"):
        return child.text or ""
    return _BREAKS.get(child.tag, "")
