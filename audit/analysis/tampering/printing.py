"""Another number in the text of a PDF, all else left as it is."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ByteStringObject, ContentStream, NameObject

from audit.analysis.tampering.draft import DoesNotApplyError

_CODE = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]{4})>")
# A measured number within one run of glyphs, such as 0.412.
_NUMBER = re.compile(r"(?<![\d.])\d\.\d{3}(?!\d)")


def with_another_number(pdf: bytes) -> bytes:
    """Return the PDF with the last digit of one printed number changed.

    Raises DoesNotApplyError if no number stands in one run of glyphs.
    """
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    for page in reversed(writer.pages):
        stream = ContentStream(page["/Contents"].get_object(), writer)
        if _changed(stream, _alphabets(page)):
            page[NameObject("/Contents")] = writer._add_object(stream)  # noqa: SLF001 - no other way
            target = BytesIO()
            writer.write(target)
            return target.getvalue()
    raise DoesNotApplyError("no PDF prints a number in one run of glyphs")


def _alphabets(page: Any) -> dict[str, dict[int, str]]:
    """Return for each font of a page what character each of its codes stands for."""
    fonts = page["/Resources"].get("/Font", {})
    found = {}
    for name, font in fonts.items():
        table = font.get_object().get("/ToUnicode")
        codes = _CODE.findall(table.get_object().get_data()) if table else []
        found[name] = {int(code, 16): chr(int(letter, 16)) for code, letter in codes}
    return found


def _changed(stream: ContentStream, alphabets: dict[str, dict[int, str]]) -> bool:
    """Change the first number that one run of glyphs shows; say whether there was one."""
    letters: dict[int, str] = {}
    for operands, operator in stream.operations:
        if operator == b"Tf":
            letters = alphabets.get(operands[0], {})
        elif operator == b"TJ":
            for place, data in _runs(operands[0]):
                other = _with_another_digit(data, letters)
                if other is not None:
                    operands[0][place] = ByteStringObject(other)
                    return True
    return False


def _runs(shown: Any) -> Iterator[tuple[int, bytes]]:
    for place, one in enumerate(shown):
        data = getattr(one, "original_bytes", None)
        if isinstance(data, bytes):
            yield place, data


def _with_another_digit(data: bytes, letters: dict[int, str]) -> bytes | None:
    codes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
    text = "".join(letters.get(code, "?") for code in codes)
    match = _NUMBER.search(text)
    if match is None:
        return None
    last = match.end() - 1
    others = [
        code for code, letter in letters.items() if letter.isdigit() and letter != text[last]
    ]
    if not others:
        return None
    codes[last] = others[0]
    return b"".join(code.to_bytes(2, "big") for code in codes)
