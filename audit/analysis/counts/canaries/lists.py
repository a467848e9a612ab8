"""Lists of planted canaries: JSON Lines, CSV or plain lines."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from audit.analysis.asserted import Canary
from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container import Limits, open_container
from audit.analysis.text import is_storable
from audit.analysis.transcripts import LeftOut

FIELDS = ("identity", "text")
MOST_BYTES = 64 * 1024 * 1024
_STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of a list as it stands there; a text that is missing is empty."""

    place: str
    identity: object
    text: object


def read_canaries(stream: BinaryIO, *, name: str) -> tuple[Canary, ...]:
    """Return the canaries of a list in order; the ending of `name` says how it is written.

    `.jsonl` and `.json`: objects with "identity" and "text". `.csv`: a first line
    `identity,text`. `.txt`: one canary a line, named by its line. Raises UnreadableSourceError at
    the first entry that cannot be taken: a canary left out would change every count.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in _READERS:
        raise UnreadableSourceError(
            name,
            "its name",
            "the ending does not say how the list is written",
            "Name it .jsonl, .csv or .txt, whichever it is",
        )
    found: dict[str, Canary] = {}
    for entry in _READERS[ending](stream, name):
        canary = _canary(entry, name)
        if canary.identity in found:
            raise _refused(name, entry.place, f'the identity "{canary.identity}" stands twice')
        found[canary.identity] = canary
    if not found:
        raise _refused(name, "whole file", "it holds no canary")
    return tuple(found.values())


def _json_entries(stream: BinaryIO, name: str) -> Iterator[_Entry]:
    for row in open_container(stream, name=name, limits=_STANDARD).rows:
        if isinstance(row, LeftOut):
            raise UnreadableSourceError(name, row.place, row.reason, row.mend)
        if not isinstance(row.value, dict):
            raise _refused(name, row.place, "it is not a JSON object")
        _require_fields(name, row.place, row.value.keys())
        yield _Entry(row.place, row.value["identity"], row.value["text"])


def _csv_entries(stream: BinaryIO, name: str) -> Iterator[_Entry]:
    rows = csv.DictReader(io.StringIO(_text(stream, name), newline=""), strict=True)
    try:
        _require_fields(name, "line 1", rows.fieldnames or ())
        for row in rows:
            place = f"line {rows.line_num}"
            if None in row:
                raise _refused(name, place, "it has more columns than the first line")
            yield _Entry(place, row["identity"], row["text"])
    except csv.Error as error:
        place = f"line {rows.reader.line_num}"
        raise _refused(name, place, f"the CSV is broken ({error})") from error


def _lines(stream: BinaryIO, name: str) -> Iterator[_Entry]:
    for number, line in enumerate(_text(stream, name).splitlines(), 1):
        if line.strip():
            yield _Entry(f"line {number}", f"line {number}", line)


_READERS = {".jsonl": _json_entries, ".json": _json_entries, ".csv": _csv_entries, ".txt": _lines}


def _text(stream: BinaryIO, name: str) -> str:
    raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise _refused(name, "whole file", f"it is longer than {MOST_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableSourceError(
            name, f"line {line}", "it is not UTF-8", "Save the list as UTF-8 text"
        ) from error


def _require_fields(name: str, place: str, fields: Collection[str]) -> None:
    missing = [field for field in FIELDS if field not in fields]
    if missing:
        raise _refused(name, place, f'there is no "{missing[0]}"')


def _canary(entry: _Entry, name: str) -> Canary:
    for field, value in zip(FIELDS, (entry.identity, entry.text), strict=True):
        if not isinstance(value, str) or not value.strip():
            raise _refused(name, entry.place, f'its "{field}" is empty or is no text')
        if not is_storable(value):
            raise _refused(name, entry.place, f'its "{field}" holds a character that no text has')
    return Canary(str(entry.identity).strip(), str(entry.text).strip())


def _refused(name: str, place: str, reason: str) -> UnreadableSourceError:
    mend = 'Give each canary an "identity" of its own and the "text" that was planted'
    return UnreadableSourceError(name, place, reason, mend)
