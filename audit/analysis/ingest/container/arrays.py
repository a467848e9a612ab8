"""A JSON array of records, cut into its items in a stream."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container.decoding import UnfitValueError, decode, too_long
from audit.analysis.ingest.container.limits import Limits
from audit.analysis.ingest.container.rows import Row
from audit.analysis.ingest.container.start import WHITE, Start
from audit.analysis.transcripts import LeftOut

_MARK = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_MEND = "Export the file again as one whole JSON array"


@dataclass(frozen=True, slots=True)
class _Item:
    """The bytes between two commas; None if too many. `byte` and `line` say where they start."""

    data: bytes | None
    byte: int
    line: int
    is_last: bool


def array_rows(start: Start, *, name: str, limits: Limits) -> Iterator[Row | LeftOut]:
    """Yield the value of each item; raises UnreadableSourceError where the array is broken."""
    cutter = _Cutter(start.byte + 1, start.line, limits.record_bytes)
    record = 0
    for item in _items(start.chunks, cutter, name):
        is_blank = item.data is not None and not item.data.strip(WHITE)
        if is_blank and item.is_last and record == 0:
            raise UnreadableSourceError(
                name, "whole file", "its array is empty", "Upload a file with at least one record"
            )
        record += 1
        yield _row(record, item, name, limits)
    if not cutter.is_closed:
        reason = f"the JSON array is cut off (records before the cut: {record})"
        raise UnreadableSourceError(name, "end of file", reason, _MEND)


def _items(chunks: Iterator[bytes], cutter: "_Cutter", name: str) -> Iterator[_Item]:
    """Feed the chunks, less the bracket that opens the array; only white space may follow it."""
    opening = 1
    for chunk in chunks:
        yield from cutter.feed(chunk[opening:])
        opening = 0
        if cutter.after.strip(WHITE):
            place = f"line {cutter.line}, byte {cutter.byte}"
            raise UnreadableSourceError(name, place, "text follows the end of the array", _MEND)


def _row(record: int, item: _Item, name: str, limits: Limits) -> Row | LeftOut:
    place = f"record {record}"
    if item.data is None:
        return LeftOut(record, place, too_long(limits), "Shorten the record, or leave it out")
    try:
        return Row(record, place, decode(item.data, limits))
    except UnfitValueError as error:
        return LeftOut(record, place, str(error), "Correct the record, or leave it out")
    except json.JSONDecodeError as error:
        byte = item.byte + len(error.doc[: error.pos].encode())
        at = f"{place} (line {item.line + error.lineno - 1}, byte {byte})"
        raise UnreadableSourceError(
            name, at, f"the JSON is broken ({error.msg})", _MEND
        ) from error


class _Cutter:
    """Finds the commas between the items of an array, and its end.

    Between chunks it keeps the item begun (up to `most` bytes), how deeply nested it is, and
    whether a string is open. Whether an item is sound is for the decoder to say.
    """

    def __init__(self, byte: int, line: int, most: int) -> None:
        self.byte, self.line = byte, line
        self.after = b""
        self._most = most
        self._held = bytearray()
        self._fits = True
        self._begun = byte, line
        self._depth = 1
        self._in_string = False
        self._escaped = False

    @property
    def is_closed(self) -> bool:
        """Whether the end of the array was met."""
        return self._depth == 0

    def feed(self, chunk: bytes) -> Iterator[_Item]:
        """Yield the items that end in this chunk; what follows the array goes to `after`."""
        begun = position = 0
        while not self.is_closed and position < len(chunk):
            if self._in_string:
                position = self._through_string(chunk, position)
                continue
            found = _MARK.search(chunk, position)
            position = found.end() if found else len(chunk)
            if found and self._ends_item(found[0]):
                # A brace cannot close an array: it stays in the item, which the decoder refuses.
                cut = position - (found[0] != b"}")
                self._hold(chunk[begun:cut])
                yield self._item()
                self._pass(chunk[cut:position])
                begun = position
                self._begin()
        if self.is_closed:
            self.after = chunk[begun:]
        else:
            self._hold(chunk[begun:])

    def _through_string(self, chunk: bytes, position: int) -> int:
        """Return the position after the string, or the end of the chunk if it goes on there."""
        inside = _IN_STRING.match(chunk, position + self._escaped)
        end = inside.end() if inside else len(chunk)
        self._escaped = chunk[end : end + 1] == b"\\"
        self._in_string = chunk[end : end + 1] != b'"'
        return end + 1

    def _ends_item(self, mark: bytes) -> bool:
        if mark == b'"':
            self._in_string = True
        elif mark in b"[{":
            self._depth += 1
        elif mark in b"]}":
            self._depth -= 1
        return self.is_closed or (mark == b"," and self._depth == 1)

    def _hold(self, part: bytes) -> None:
        self._fits = self._fits and len(self._held) + len(part) <= self._most
        if self._fits:
            self._held += part
        else:
            self._held = bytearray()
        self._pass(part)

    def _pass(self, part: bytes) -> None:
        self.byte += len(part)
        self.line += part.count(b"\n")

    def _item(self) -> _Item:
        byte, line = self._begun
        return _Item(bytes(self._held) if self._fits else None, byte, line, self.is_closed)

    def _begin(self) -> None:
        self._held = bytearray()
        self._fits = True
        self._begun = self.byte, self.line
