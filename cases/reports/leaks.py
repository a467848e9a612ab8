"""Does a printed PDF still hold a passage? Looked for by three programs, in whatever it holds.

Sentences name the passage by its number and the place, never by what it says. Bytes that are no
text, such as fonts and the codes of glyphs, are searched for passages of six characters or more:
shorter ones stand in them by chance.
"""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdf
from pypdf.errors import PyPdfError

from cases.reports.covering import RedactionError
from cases.reports.folding import fold

_LEAST_IN_BYTES = 6
_MOST_SECONDS = 120
_SHORT = 500
# As glyphs.printable names a character that cannot be seen.
_NAMED = re.compile("<U\\+[0-9A-F]{4,6}>")
_BROKEN = re.compile(r"[-\u00ad\u2010]\s*\n\s*")
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf")
_TEXT_MODES = ((), ("-raw",), ("-layout",))


@dataclass(frozen=True, slots=True)
class Hay:
    """Something to be searched: where it stands, what it says, and whether it is bytes alone."""

    place: str
    text: str
    is_bytes: bool = False


def check(pdf: bytes, passages: Sequence[str]) -> list[str]:
    """Return a sentence for each place that still holds a passage; none means that none was found.

    Raises RedactionError where the PDF cannot be looked through.
    """
    if pdf.count(b"startxref") != 1:
        raise RedactionError("The redacted PDF has an earlier revision in it. Print it anew.")
    needles = [_reads(one) for one in passages]
    found: dict[str, None] = {}
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            for hay in _once(_everything(pdf, opened)):
                found |= dict.fromkeys(_found(needles, hay))
    except (pikepdf.PdfError, PyPdfError) as error:
        raise RedactionError(f"The redacted PDF cannot be looked through: {error}") from error
    return list(found)


def _once(hays: Iterator[Hay]) -> Iterator[Hay]:
    """Yield what is to be searched without what was before: a file repeats names by thousands."""
    seen: set[tuple[str, bool]] = set()
    for one in hays:
        if (key := (one.text, one.is_bytes)) not in seen:
            if len(one.text) < _SHORT:
                seen.add(key)
            yield one


def _reads(passage: str) -> tuple[str, str]:
    """Return a passage as it is searched, forwards and backwards."""
    folded = fold(passage)
    return folded, folded[::-1]


def _found(needles: list[tuple[str, str]], hay: Hay) -> Iterator[str]:
    unbroken = _BROKEN.sub("", hay.text)
    texts = {fold(one) for one in {hay.text, unbroken, _NAMED.sub("", unbroken)}}
    for number, reads in enumerate(needles, start=1):
        if hay.is_bytes and len(reads[0]) < _LEAST_IN_BYTES:
            continue
        if any(one in text for one in reads for text in texts):
            yield f"Passage {number} still stands in {hay.place}."


def _everything(pdf: bytes, opened: pikepdf.Pdf) -> Iterator[Hay]:
    yield from _pages(pdf)
    yield from _printed(pdf)
    yield from _objects(opened)
    yield _bytes("the bytes of the file", pdf)


def _pages(pdf: bytes) -> Iterator[Hay]:
    """Yield the text of each page by pypdf, its runs of glyphs also in reverse order."""
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(pdf)).pages, start=1):
        runs: list[str] = []
        page.extract_text(visitor_text=lambda text, *_rest, runs=runs: runs.append(text))
        yield Hay(f"the text of page {number}", "".join(runs))
        yield Hay(f"the text of page {number}, read backwards", "".join(reversed(runs)))


def _printed(pdf: bytes) -> Iterator[Hay]:
    program = shutil.which("pdftotext")
    if program is None:
        raise RedactionError(
            "The program pdftotext is not installed, and no redaction is kept that it has not "
            "looked through. Have the package poppler-utils installed."
        )
    for mode in _TEXT_MODES:
        try:
            done = subprocess.run(  # noqa: S603 - our own words, the PDF through a pipe
                [program, *mode, "-enc", "UTF-8", "-", "-"],
                input=pdf,
                capture_output=True,
                check=True,
                timeout=_MOST_SECONDS,
            )
        except (subprocess.SubprocessError, OSError) as error:
            said = type(error).__name__
            raise RedactionError(f"pdftotext cannot read the redacted PDF ({said}).") from error
        yield Hay("the text as pdftotext reads it", done.stdout.decode(errors="replace"))


def _objects(opened: pikepdf.Pdf) -> Iterator[Hay]:
    """Yield every text, name and stream of the file, whether a page uses it or not."""
    for one in opened.objects:
        where = f"object {one.objgen[0]}"
        yield from _within(one, where)
        if isinstance(one, pikepdf.Stream):
            yield from _stream(one, where)
    yield from _within(opened.trailer, "the trailer")
    for number, page in enumerate(opened.pages, start=1):
        yield from _drawn(page, f"the content of page {number}")


def _within(value: Any, where: str) -> Iterator[Hay]:
    """Yield texts and names under an object that are not objects of their own."""
    if isinstance(value, pikepdf.String):
        yield Hay(where, str(value))
        yield _bytes(where, bytes(value))
    elif isinstance(value, pikepdf.Name):
        yield _bytes(where, str(value).encode())
    else:
        for key, one in _parts(value):
            yield _bytes(f"a name in {where}", key.encode())
            yield from _direct(one, f"{key} of {where}")


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, pikepdf.Array):
        yield from ((f"part {place}", one) for place, one in enumerate(value, start=1))
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        yield from value.items()


def _direct(value: Any, where: str) -> Iterator[Hay]:
    if not (isinstance(value, pikepdf.Object) and value.is_indirect):
        yield from _within(value, where)


def _stream(stream: pikepdf.Stream, where: str) -> Iterator[Hay]:
    kind = str(stream.get("/Subtype", stream.get("/Type", ""))).removeprefix("/")
    where = f"the stream of {where}"
    data = stream.read_bytes(pikepdf.StreamDecodeLevel.all)
    if str(stream.get("/Type")) == "/EmbeddedFile":
        yield from _attached(data, f"an attachment, {where}")
    elif str(stream.get("/Type")) == "/Metadata":
        yield Hay(f"the metadata, {where}", data.decode(errors="replace"))
    elif kind == "Form":
        yield from _drawn(stream, where)
    elif kind == "Image":
        raise RedactionError("The redacted PDF has a picture, which cannot be looked into.")
    yield _bytes(where, data)


def _attached(data: bytes, where: str) -> Iterator[Hay]:
    if data.startswith(_PACKED):
        raise RedactionError("A packed file is attached, which cannot be looked into.")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield Hay(where, data.decode(encoding, errors="replace"))
    try:
        value = json.loads(data)
    except ValueError:
        return
    yield from (Hay(where, text) for text in _leaves(value))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _drawn(content: Any, where: str) -> Iterator[Hay]:
    """Yield the texts that go with what is drawn, and the codes of its glyphs as bytes."""
    codes: list[bytes] = []
    for one in pikepdf.parse_content_stream(content):
        if str(one.operator) in {"BDC", "DP"}:
            yield from (hay for each in one.operands for hay in _within(each, where))
        codes.extend(code for each in one.operands for code in _strings(each))
    yield _bytes(where, b"".join(codes))


def _strings(value: Any) -> Iterator[bytes]:
    if isinstance(value, pikepdf.String):
        yield bytes(value)
    elif isinstance(value, pikepdf.Array):
        for one in value:
            yield from _strings(one)


def _bytes(where: str, data: bytes) -> Hay:
    return Hay(f"{where}, as bytes", data.decode("latin-1"), is_bytes=True)
