"""One record's bytes into its JSON value, strictly: what is ambiguous is refused."""

import json
import math
import re
from collections import Counter
from functools import partial

from audit.analysis.errors import TouchstoneError
from audit.analysis.ingest.container.limits import Limits

# A string, or one mark that opens, closes or parts values.
# The closing quote may be missing, or an open string would be tried again from each of its quotes.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_SHOWN = 40


class UnfitValueError(TouchstoneError):
    """The record is JSON but cannot be taken; the text is the reason."""


def decode(raw: bytes, limits: Limits) -> object:
    """Return the value; raises json.JSONDecodeError if it is no JSON, else UnfitValueError."""
    _refuse_wide_and_deep(raw, limits)
    return json.loads(
        raw.decode("utf-8"),
        parse_constant=_refuse_constant,
        parse_float=partial(_finite, digits=limits.number_digits),
        parse_int=partial(_integer, digits=limits.number_digits),
        object_pairs_hook=_each_once,
    )


def shown(text: str) -> str:
    """Return a short form of text from a file that is safe to print and to store."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in short)


def too_long(limits: Limits) -> str:
    """Return the reason for leaving out a record that is too long to be held."""
    return f"it is longer than {limits.record_bytes:,} bytes"


def _refuse_wide_and_deep(raw: bytes, limits: Limits) -> None:
    """Refuse what would blow the stack, or fill the memory with empty values."""
    opened = raw.count(b"[") + raw.count(b"{")
    if opened <= limits.record_depth and opened + raw.count(b",") <= limits.record_values:
        return
    values = depth = 0
    for found in _TOKEN.finditer(raw):
        mark = found[0]
        values += mark in b"[{,"
        depth += (mark in b"[{") - (mark in b"]}")
        if depth > limits.record_depth:
            raise UnfitValueError(f"it is nested more than {limits.record_depth} levels deep")
    if values > limits.record_values:
        raise UnfitValueError(f"it holds more than {limits.record_values:,} values")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counts = Counter(name for name, _ in pairs)
    twice = next(name for name, count in counts.items() if count > 1)
    raise UnfitValueError(f'it gives "{shown(twice)}" more than once in one object')


def _refuse_constant(word: str) -> object:
    raise UnfitValueError(f"it holds {word}, which is not JSON")


def _finite(text: str, *, digits: int) -> float:
    _refuse_long(text, digits)
    number = float(text)
    if not math.isfinite(number):
        raise UnfitValueError(f"it holds the number {shown(text)}, which is too large")
    return number


def _integer(text: str, *, digits: int) -> int:
    _refuse_long(text, digits)
    return int(text)


def _refuse_long(number: str, digits: int) -> None:
    if len(number) > digits:
        raise UnfitValueError(f"it holds a number of {len(number):,} digits")
