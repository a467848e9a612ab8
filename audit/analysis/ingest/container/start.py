"""Text of a file: UTF-8 checked as it passes, and where its first character stands."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audit.analysis.errors import UnreadableSourceError

WHITE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Start:
    """The first character that is not white space, and the bytes from it on.

    `byte` and `line` say where it stands, counted from 1 in the unpacked file.
    """

    first: int
    byte: int
    line: int
    chunks: Iterator[bytes]

    @property
    def place(self) -> str:
        """The place as it is told to a reader."""
        return f"line {self.line}, byte {self.byte}"


def start_of(chunks: Iterable[bytes], *, name: str) -> Start:
    """Skip white space and a byte order mark; raises UnreadableSourceError if there is no more."""
    checked = _utf8(chunks, name)
    byte, line, mark = 1, 1, codecs.BOM_UTF8
    for chunk in checked:
        rest = chunk.removeprefix(mark).lstrip(WHITE)
        mark = b""
        skipped = chunk[: len(chunk) - len(rest)]
        byte, line = byte + len(skipped), line + skipped.count(b"\n")
        if rest:
            return Start(rest[0], byte, line, _chain(rest, checked))
    raise UnreadableSourceError(
        name, "whole file", "it holds only white space", "Upload a file with at least one record"
    )


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _utf8(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Pass the chunks on, cut between characters, up to the first that is not UTF-8."""
    byte, line, held = 1, 1, b""
    for chunk in chunks:
        text = held + chunk
        whole = _whole_characters(text, byte, line, name)
        held = text[whole:]
        if whole:
            yield text[:whole]
        byte, line = byte + whole, line + text.count(b"\n", 0, whole)
    if held:
        raise _not_utf8(name, byte, line)


def _whole_characters(text: bytes, byte: int, line: int, name: str) -> int:
    """Return how many bytes are whole characters; the rest may be completed by the next chunk."""
    try:
        return codecs.utf_8_decode(text, "strict", False)[1]  # noqa: FBT003 - it takes no keywords
    except UnicodeDecodeError as error:
        skipped = text.count(b"\n", 0, error.start)
        raise _not_utf8(name, byte + error.start, line + skipped) from error


def _not_utf8(name: str, byte: int, line: int) -> UnreadableSourceError:
    return UnreadableSourceError(
        name,
        f"line {line}, byte {byte}",
        "the text is not valid UTF-8",
        "Save the file as UTF-8 and upload it again",
    )
