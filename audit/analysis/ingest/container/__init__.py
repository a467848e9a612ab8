"""From the bytes of a file to the JSON value of each of its records, whatever their fields.

A file is a JSON array of records, or has one record on each line (JSON Lines); plain or gzip, in
UTF-8. It is read in a stream, and nothing in it is trusted: see `Limits`. Arrays are cut here and
not by ijson, whose yajl backend changes text (half a surrogate pair becomes a question mark) and
ends the process on an integer of thousands of digits; the standard library reads each record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container.arrays import array_rows
from audit.analysis.ingest.container.limits import Limits
from audit.analysis.ingest.container.lines import line_rows
from audit.analysis.ingest.container.rows import Row
from audit.analysis.ingest.container.start import start_of
from audit.analysis.ingest.container.unpacking import unpacked
from audit.analysis.transcripts import LeftOut

__all__ = ["Container", "Limits", "Row", "open_container"]


@dataclass(frozen=True, slots=True)
class Container:
    """The rows of a file; each is a value, or is left out because it holds none."""

    is_array: bool
    compressed: bool
    rows: Iterator[Row | LeftOut]


def open_container(stream: BinaryIO, *, name: str, limits: Limits) -> Container:
    """Open a file up to its first character; raises UnreadableSourceError, then or while reading.

    `stream` is read forward only and is left open.
    """
    bytes_in = unpacked(stream, name=name, limits=limits)
    start = start_of(bytes_in.chunks, name=name)
    if start.first not in b"[{":
        raise UnreadableSourceError(
            name,
            start.place,
            "the text is not JSON: it starts with neither [ nor {",
            "Upload a JSON array of records, or JSON Lines with one record on each line",
        )
    is_array = start.first == ord("[")
    rows = array_rows if is_array else line_rows
    return Container(is_array, bytes_in.compressed, rows(start, name=name, limits=limits))
