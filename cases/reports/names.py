"""Names, times and values of others as they stand in a document: short, on one line, still raw."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cases.reports.blocks import Span, Text, digest, quiet

_MOST_NAME = 200
_MOST_VALUE = 400
_MOST_QUESTION = 2000
# In narrow places a long name keeps its beginning and its end, where versions stand.
_FIRST, _LAST = 15, 8
_DIGEST = re.compile(r"[0-9a-f]{64}")


def on_one_line(text: str, most: int = _MOST_NAME) -> str:
    """Return a text on one line; what is longer than `most` ends in an ellipsis."""
    kept = text if len(text) <= most else f"{text[: most - 1]}\u2026"
    return kept.replace("\n", "<U+000A>")


def short(name: str) -> str:
    """Return a name as narrow places have it."""
    if len(name) <= _FIRST + _LAST + 1:
        return on_one_line(name)
    return on_one_line(f"{name[:_FIRST]}\u2026{name[-_LAST:]}")


def question(text: str) -> str:
    """Return a question, cut where it would fill pages."""
    if len(text) <= _MOST_QUESTION:
        return text
    cut = f"cut at {_MOST_QUESTION} of {len(text)} characters, whole in results.json"
    return f"{text[:_MOST_QUESTION]} [{cut}]"


def moment(iso: str) -> str:
    """Return an ISO 8601 time with an offset as date and time in UTC, to the second."""
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and printed value of every leaf of a JSON value, names joined by spaces."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from flat(one, f"{name} {key}".strip())
    elif isinstance(value, list | tuple) and any(isinstance(one, dict | list) for one in value):
        for place, one in enumerate(value, start=1):
            yield from flat(one, f"{name} {place}".strip())
    else:
        yield on_one_line(name).replace("_", " "), chosen(value)


def chosen(value: Any) -> str:
    """Return a value as it was chosen, not as a measurement."""
    if isinstance(value, list | tuple):
        return ", ".join(chosen(one) for one in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return on_one_line(str(value), _MOST_VALUE)


def value(text: str) -> Text:
    """Return a value of unknown kind: a digest as a digest, anything else as it is."""
    return digest(text) if _DIGEST.fullmatch(text) else text


def facts(values: Any) -> tuple[tuple[str, Text], ...]:
    """Return every leaf of a JSON value as name and value."""
    return tuple((name, value(one)) for name, one in flat(values))


def lines(*parts: Text) -> tuple[Span | str, ...]:
    """Return texts as the lines of one cell."""
    out: list[Span | str] = []
    for part in parts:
        out += ["\n"] if out else []
        out += [part] if isinstance(part, str) else part
    return tuple(out)


def two_lines(first: Text, second: str) -> tuple[Span | str, ...]:
    """Return a cell of a text and, standing back under it, another; the first alone if empty."""
    return lines(first, quiet(second)) if second else lines(first)
