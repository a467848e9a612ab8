"""Blocks as plain JSON values, as templates draw them."""

from dataclasses import fields
from typing import Any

from cases.reports.blocks import (
    Answered,
    Block,
    Column,
    Listing,
    Section,
    Text,
    plain,
    spans,
)
from cases.reports.chart import Chart


def as_json(value: Any) -> Any:
    """Return blocks as the plain value that templates draw; each block says its kind.

    A text is a list of strings and of [text, style, to]; a plain one is a string.
    """
    if isinstance(value, Chart):
        return {"key": value.key, "title": value.title, "alt": value.alt}
    if isinstance(value, Block | Column | Answered | Section):
        found = {one.name: _field(one.name, getattr(value, one.name)) for one in fields(value)}
        whole = {"whole": fits(value)} if isinstance(value, Listing) else {}
        return {"kind": type(value).__name__.lower()} | found | whole
    if isinstance(value, tuple):
        return [as_json(one) for one in value]
    return value


# A row of so many characters and lines stands on one page, however narrow its columns.
_MOST_IN_ROW, _MOST_LINES_IN_ROW = 600, 25


def fits(listing: Listing) -> bool:
    """Say whether each row of a table stands on one page; one that does not must be broken."""
    rows = ("".join(map(plain, row)) for row in listing.rows)
    return all(len(row) < _MOST_IN_ROW and row.count("\n") < _MOST_LINES_IN_ROW for row in rows)


# Fields whose value is a text, wherever they stand.
_TEXTS = frozenset({"text", "caption", "title", "head", "prompt", "answer"})


def _field(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return _text(value)
    if name == "rows":
        return [[_text(cell) for cell in row] for row in value]
    if name == "items":
        return [_text(item) for item in value]
    return as_json(value)


def _text(text: Text) -> Any:
    if isinstance(text, str):
        return text
    found = [[one.text, one.style, one.to] if one.style else one.text for one in spans(text)]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else found
