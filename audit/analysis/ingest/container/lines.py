"""JSON Lines: one record on each line; a bad line costs that record, not the file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from audit.analysis.ingest.container.decoding import UnfitValueError, decode, too_long
from audit.analysis.ingest.container.limits import Limits
from audit.analysis.ingest.container.rows import Row
from audit.analysis.ingest.container.start import WHITE, Start
from audit.analysis.transcripts import LeftOut

_CUT_OFF = "the line is cut off", "Upload the file again, whole"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line; `data` is None if it is too long, `ended` false if no line end follows."""

    number: int
    data: bytes | None
    ended: bool


def line_rows(start: Start, *, name: str, limits: Limits) -> Iterator[Row | LeftOut]:
    """Yield the value of each line; empty lines are no records but are counted as lines."""
    del name  # no line can make the whole file unreadable
    record = 0
    for line in _lines(start, limits.record_bytes):
        if line.data is None or line.data.strip(WHITE):
            record += 1
            yield _row(record, line, limits)


def _lines(start: Start, most: int) -> Iterator[_Line]:
    number, held, fits = start.line, bytearray(), True
    for chunk in start.chunks:
        *whole, last = chunk.split(b"\n")
        for part in whole:
            fits = fits and len(held) + len(part) <= most
            yield _Line(number, bytes(held + part) if fits else None, ended=True)
            number, fits = number + 1, True
            held.clear()
        fits = fits and len(held) + len(last) <= most
        held = held if fits else bytearray()
        held += last if fits else b""
    if held or not fits:
        yield _Line(number, bytes(held) if fits else None, ended=False)


def _row(record: int, line: _Line, limits: Limits) -> Row | LeftOut:
    place = f"line {line.number}"
    if line.data is None:
        return LeftOut(record, place, too_long(limits), "Shorten the record, or leave it out")
    try:
        return Row(record, place, decode(line.data, limits))
    except UnfitValueError as error:
        reason, mend = str(error), "Correct the record, or leave it out"
    except json.JSONDecodeError as error:
        reason, mend = _broken(error) if line.ended else _CUT_OFF
    return LeftOut(record, place, reason, mend)


def _broken(error: json.JSONDecodeError) -> tuple[str, str]:
    reason = f"the JSON is broken at character {error.colno} ({error.msg})"
    return reason, "Put one whole JSON object on each line, or leave this record out"
