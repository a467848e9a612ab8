"""What can be checked of a PDF here: PDF/A-3a, PDF/UA-1, nothing that acts, and by which program.

Our own checks read the file with pypdf and cover what machines can see of ISO 19005-3 level A and
ISO 14289-1. Programs of others are asked where they are installed, and named where they are not.
"""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

_ACTING = ("/OpenAction", "/AA")
_FORBIDDEN = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Movie", "/Sound"}
)
_PROGRAMS = {
    "pdfua": (sys.executable, "-m", "pdfua", "check"),
    "qpdf": ("qpdf", "--check"),
    "pdfinfo": ("pdfinfo",),
    "pdfsig": ("pdfsig",),
    "pdftotext": ("pdftotext", "-q"),
    "veraPDF 3a": ("verapdf", "--flavour", "3a", "--format", "text"),
    "veraPDF ua1": ("verapdf", "--flavour", "ua1", "--format", "text"),
}
_TOLD = 300


@dataclass(frozen=True, slots=True)
class Check:
    """One check and what it found; `passed` is None where what would check is not installed."""

    name: str
    passed: bool | None
    told: str


def inspect(path: Path) -> list[Check]:
    """Return every check of a file, our own first."""
    return [*_own(path), *(_program(name, words, path) for name, words in _PROGRAMS.items())]


def _own(path: Path) -> Iterator[Check]:
    try:
        reader = PdfReader(path)
        for name, look in _LOOKS.items():
            problems = list(look(reader))
            yield Check(name, not problems, "; ".join(problems[:5]))
    except (PyPdfError, OSError, ValueError) as error:
        yield Check("can be read", passed=False, told=str(error))


def _program(name: str, words: tuple[str, ...], path: Path) -> Check:
    if not _is_there(words):
        return Check(name, None, "not installed here")
    end = ["-"] if name == "pdftotext" else []
    done = subprocess.run([*words, str(path), *end], capture_output=True, check=False)  # noqa: S603
    told = (done.stderr or done.stdout).decode(errors="replace").strip()
    unsigned = name == "pdfsig" and "does not contain any signatures" in told
    passed = unsigned or (done.returncode == 0 and not told.startswith("FAIL"))
    return Check(name, passed, "not signed" if unsigned else _first_lines(told, passed=passed))


def _first_lines(told: str, *, passed: bool) -> str:
    return "" if passed else told[:_TOLD]


def _is_there(words: tuple[str, ...]) -> bool:
    if words[0] == sys.executable:
        return importlib.util.find_spec(words[2]) is not None
    return shutil.which(words[0]) is not None


def _says_what_it_is(reader: PdfReader) -> Iterator[str]:
    held: Any = reader.root_object["/Metadata"]
    metadata = held.get_data().decode()
    for claim in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ):
        if claim not in metadata:
            yield f"the metadata lack {claim}"
    if reader.is_encrypted:
        yield "it is encrypted"


def _has_its_frame(reader: PdfReader) -> Iterator[str]:
    root = reader.root_object
    for key in ("/Lang", "/StructTreeRoot", "/Outlines", "/OutputIntents"):
        if key not in root:
            yield f"the catalogue lacks {key}"
    for key, part, what in (
        ("/MarkInfo", "/Marked", "it is not marked as tagged"),
        ("/ViewerPreferences", "/DisplayDocTitle", "viewers show a file's name, not its title"),
    ):
        if not root.get(key, {}).get(part):
            yield what
    yield from _orders_of_pages(reader)


def _orders_of_pages(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, start=1):
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"page {number} is not gone through in the order of its structure"


def _does_nothing(reader: PdfReader) -> Iterator[str]:
    for key in _ACTING:
        if key in reader.root_object:
            yield f"the catalogue has {key}"
    for one in _objects(reader):
        if one.get("/S") in _FORBIDDEN or (one.get("/Type") == "/Filespec" and "/EF" not in one):
            yield f"an object acts: {one.get('/S', 'a file elsewhere')}"
    fields = reader.root_object.get("/AcroForm", {}).get("/Fields", [])
    if any(field.get_object().get("/FT") != "/Sig" for field in fields):
        yield "a form field is no signature"


def _embeds_its_fonts(reader: PdfReader) -> Iterator[str]:
    for one in _objects(reader):
        if one.get("/Type") == "/FontDescriptor" and not {
            "/FontFile",
            "/FontFile2",
            "/FontFile3",
        } & set(one):
            yield f"the font {one.get('/FontName')} is not embedded"


def _names_its_attachments(reader: PdfReader) -> Iterator[str]:
    for one in _objects(reader):
        if one.get("/Type") == "/Filespec":
            file = one.get("/EF", {}).get("/F")
            if "/AFRelationship" not in one or file is None or "/Subtype" not in file.get_object():
                yield f"the attachment {one.get('/UF')} lacks its relationship or its kind"


def _is_tagged(reader: PdfReader) -> Iterator[str]:
    headings = 0
    for one in _objects(reader):
        kind = one.get("/S")
        if kind == "/Figure" and not one.get("/Alt"):
            yield "a figure has no alternative text"
        if kind == "/TH" and "/Scope" not in _attributes(one):
            yield "a head of a table does not say what it heads"
        headings += kind == "/H1"
    if not headings:
        yield "there is no heading"


def _attributes(one: DictionaryObject) -> dict[str, Any]:
    held: Any = one.get("/A", [])
    held = held.get_object() if isinstance(held, IndirectObject) else held
    parts = held if isinstance(held, list) else [held]
    return {key: value for part in parts for key, value in part.get_object().items()}


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Yield every dictionary of the file that an object number stands for."""
    for number in sorted({*reader.xref.get(0, {}), *reader.xref_objStm}):
        one = reader.get_object(number)
        if isinstance(one, DictionaryObject):
            yield one


_LOOKS: dict[str, Callable[[PdfReader], Iterator[str]]] = {
    "says that it is PDF/A-3a and PDF/UA-1": _says_what_it_is,
    "has language, title, structure, outline and output intent": _has_its_frame,
    "starts nothing and asks for nothing": _does_nothing,
    "embeds every font": _embeds_its_fonts,
    "names what is attached": _names_its_attachments,
    "has headings, heads of tables and alternative texts": _is_tagged,
}
