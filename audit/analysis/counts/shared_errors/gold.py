"""Files of right answers: JSON Lines or one JSON array."""

from typing import Any, BinaryIO

from audit.analysis.asserted import Gold
from audit.analysis.counts.shared_errors.extraction import extract_choice, extract_number
from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container import Limits, open_container
from audit.analysis.text import is_storable, text_key
from audit.analysis.transcripts import LeftOut

_LEAST_OPTIONS, _MOST_OPTIONS = 2, 26
_MEND = (
    'Give each prompt its "prompt", its "answer" and, where it is a choice among letters, the '
    'number of its "options"'
)


def read_gold(stream: BinaryIO, *, name: str) -> tuple[Gold, ...]:
    """Return the right answers of a file in order.

    Each record is an object with "prompt", "answer" and "options": the letter of a choice among so
    many, or, without "options", a number. All are of one kind. Raises UnreadableSourceError at the
    first record that cannot be taken.
    """
    found: dict[str, Gold] = {}
    for row in open_container(stream, name=name, limits=Limits()).rows:
        if isinstance(row, LeftOut):
            raise UnreadableSourceError(name, row.place, row.reason, row.mend)
        gold = _gold(row.value, name, row.place)
        if gold.prompt in found:
            raise _refused(name, row.place, "the same prompt has an answer already")
        if found and (next(iter(found.values())).options is None) != (gold.options is None):
            raise _refused(name, row.place, "choices and numbers stand in one file")
        found[gold.prompt] = gold
    if not found:
        raise _refused(name, "whole file", "it holds no right answer")
    return tuple(found.values())


def _gold(value: Any, name: str, place: str) -> Gold:
    if not isinstance(value, dict):
        raise _refused(name, place, "it is not a JSON object")
    prompt, answer, options = (value.get(key) for key in ("prompt", "answer", "options"))
    if not isinstance(prompt, str) or not prompt.strip() or not is_storable(prompt):
        raise _refused(name, place, 'its "prompt" is empty or is no text')
    if options is not None and not _is_number_of_options(options):
        raise _refused(name, place, f'its "options" is not a number from {_LEAST_OPTIONS} to 26')
    given = str(answer) if isinstance(answer, str | int | float) else ""
    read = extract_number(given) if options is None else extract_choice(given, options)
    if read is None:
        wanted = "a number" if options is None else f"one of the first {options} letters"
        raise _refused(name, place, f'its "answer" is not {wanted}')
    return Gold(text_key(prompt), read, options)


def _is_number_of_options(value: object) -> bool:
    return type(value) is int and _LEAST_OPTIONS <= value <= _MOST_OPTIONS


def _refused(name: str, place: str, reason: str) -> UnreadableSourceError:
    return UnreadableSourceError(name, place, reason, _MEND)
