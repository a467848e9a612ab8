"""Files of transcripts into exchanges: the door of the readers.

AlpacaEval, ShareGPT, OpenAI chat and OpenAI fine-tuning records, and captures of our collectors,
each in a JSON array or as JSON Lines, plain or gzip. Every record is yielded once, in order, as an
Exchange or as a LeftOut; text is passed on as it stands. Of a conversation of many turns the first
prompt and the first answer are taken; system prompts are passed over. Bytes in messages are
counted from 1 after unpacking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container import Container, Limits, Row, open_container
from audit.analysis.ingest.container.decoding import shown
from audit.analysis.ingest.formats import (
    Format,
    UnfitRecordError,
    alpaca_eval,
    captured,
    chat,
    fine_tuning,
    sharegpt,
)
from audit.analysis.transcripts import Exchange, LeftOut

__all__ = ["Limits", "Reading", "open_source", "read"]

# Chat before fine-tuning: a line with messages and a response beside them is a request. Captures
# before chat, since they have requests and responses as well.
_FORMATS: tuple[Format, ...] = (captured, alpaca_eval, sharegpt, chat, fine_tuning)
_KNOWN = "AlpacaEval, ShareGPT, OpenAI chat or OpenAI fine-tuning records"
_STANDARD = Limits()
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """A file whose format is known: `format` is that of its first record of a known shape.

    `records` reads on as it is iterated, once; it may raise UnreadableSourceError at any point.
    """

    format: str
    compressed: bool
    records: Iterator[Exchange | LeftOut]

    @property
    def description(self) -> str:
        """The format in words, for example "AlpacaEval JSON, gzip"."""
        return f"{self.format}, gzip" if self.compressed else self.format


def read(
    stream: BinaryIO, *, name: str, limits: Limits = _STANDARD
) -> Iterator[Exchange | LeftOut]:
    """Yield every record of a file; raises UnreadableSourceError if the whole cannot be read."""
    yield from open_source(stream, name=name, limits=limits).records


def open_source(stream: BinaryIO, *, name: str, limits: Limits = _STANDARD) -> Reading:
    """Open a file as far as its first record of a known shape; `name` is for messages only.

    `stream` is read forward only and is left open. Raises UnreadableSourceError.
    """
    container = open_container(stream, name=name, limits=limits)
    passed, first, known = _first_known(container, name, limits)
    layout = "JSON" if container.is_array else "JSONL"
    taken = (_taken(row) for row in chain([first], container.rows))
    records = _some_taken(chain(passed, taken), name)
    return Reading(f"{known.NAME} {layout}", container.compressed, records)


def _first_known(
    container: Container, name: str, limits: Limits
) -> tuple[list[LeftOut], Row, Format]:
    """Return the records before the first of a known shape, that record, and its format."""
    passed: list[LeftOut] = []
    fields = ""
    for row in islice(container.rows, limits.unknown_records):
        if isinstance(row, LeftOut):
            passed.append(row)
            continue
        known = _format_of(row.value)
        if known is not None:
            return passed, row, known
        fields = fields or _fields(row.value)
        passed.append(_unknown(row))
    if fields:
        raise UnreadableSourceError(
            name, "whole file", f"its format is not known ({fields})", f"Upload {_KNOWN}"
        )
    raise _nothing_taken(name, passed[0])


def _format_of(value: object) -> Format | None:
    if not isinstance(value, dict):
        return None
    return next((each for each in _FORMATS if each.knows(value)), None)


def _fields(value: object) -> str:
    """Tell what stands in place of a known record."""
    if not isinstance(value, dict):
        return "its records are not JSON objects"
    names = [f'"{shown(name)}"' for name in value]
    more = ", ..." if len(names) > _NAMES_SHOWN else ""
    return f"the fields of a record are: {', '.join(names[:_NAMES_SHOWN]) or 'none'}{more}"


def _unknown(row: Row) -> LeftOut:
    reason = f"it is not a record of a known format ({_fields(row.value)})"
    return LeftOut(
        row.record, row.place, reason, f"Replace it by one of {_KNOWN}, or leave it out"
    )


def _taken(row: Row | LeftOut) -> Exchange | LeftOut:
    """Return the exchange of a record, or why there is none."""
    if isinstance(row, LeftOut):
        return row
    record = row.value if isinstance(row.value, dict) else {}
    known = _format_of(record)
    if known is None:
        return _unknown(row)
    try:
        found = known.found(record)
    except UnfitRecordError as error:
        return LeftOut(row.record, row.place, error.reason, error.mend)
    return Exchange(row.record, found.prompt, found.answer, found.model)


def _some_taken(records: Iterator[Exchange | LeftOut], name: str) -> Iterator[Exchange | LeftOut]:
    """Pass the records on; refuse the whole file at its end if not one could be taken."""
    first_left_out: LeftOut | None = None
    any_taken = False
    for record in records:
        any_taken = any_taken or isinstance(record, Exchange)
        if first_left_out is None and isinstance(record, LeftOut):
            first_left_out = record
        yield record
    if first_left_out is not None and not any_taken:
        raise _nothing_taken(name, first_left_out)


def _nothing_taken(name: str, first: LeftOut) -> UnreadableSourceError:
    reason = f"no record could be taken; {first.place}: {first.reason}"
    return UnreadableSourceError(name, "whole file", reason, first.mend)
