"""Reading JSON that a stranger sent: whatever is not as documented is left out, never guessed."""

import json
import math
from collections.abc import Iterable, Mapping

from audit.analysis.capture import UnreadableBodyError, header, plain, text_at
from audit.collect.values import Reply

OK = 200
# No name, number or message of a provider is longer.
_MOST_SHOWN = 500
# Servers that do not tell thought and answer apart leave the marks of the model's template.
_THOUGHT_BEGINS, _THOUGHT_ENDS = "<think>", "</think>"
_REDIRECTS = range(300, 400)
# Nobody is believed who asks to be left alone for longer.
LONGEST_S = 366 * 86400.0


def body_with(fields: Mapping[str, object], extra: Mapping[str, object]) -> bytes:
    """Return a JSON body of these fields, with `extra` over them; what is None is left out."""
    found = {name: value for name, value in {**fields, **extra}.items() if value is not None}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def parsed(reply: Reply) -> tuple[dict[str, object], str]:
    """Return the JSON object of a body, or {} and what is wrong with it."""
    try:
        value = json.loads(plain(reply.body, reply.headers))
    except UnreadableBodyError as error:
        return {}, str(error)
    except (ValueError, RecursionError):
        return {}, "its body is not JSON"
    return (value, "") if isinstance(value, dict) else ({}, "its body is not a JSON object")


def part(value: object, *path: str | int) -> object:
    """Return what stands at a path of names and places, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: object) -> list[object]:
    """Return a list as it is, and [] for anything else."""
    return value if isinstance(value, list) else []


def word(value: object) -> str:
    """Return a short text such that it can be kept in a database; "" for anything else."""
    if not isinstance(value, str):
        return ""
    short = value[:_MOST_SHOWN].encode("utf-8", "replace").decode("utf-8")
    return short.replace("\0", "\N{REPLACEMENT CHARACTER}")


def count(value: object) -> int | None:
    """Return a number of tokens, or None where there is none that can be believed."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    return None


def total(*values: object) -> int | None:
    """Return the sum of the numbers among the values, or None where there is none."""
    found = [number for number in map(count, values) if number is not None]
    return sum(found) if found else None


def seconds_in(text: str) -> float | None:
    """Return a number of seconds, at most a year; None for what is none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return None if math.isnan(found) else min(max(0.0, found), LONGEST_S)


def texts(value: object, pointers: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the answer at these pointers, and those of them at which there is text."""
    held = tuple(one for one in pointers if text_at(value, [one]))
    return text_at(value, held), held


def without_thought(text: str) -> tuple[str, str]:
    """Return the answer in a text that may begin with what was thought, and the mark between."""
    if not text.lstrip().startswith(_THOUGHT_BEGINS):
        return text, ""
    return text.partition(_THOUGHT_ENDS)[2].lstrip(), _THOUGHT_ENDS


def failure(reply: Reply, problem: str, *messages: object) -> str:
    """Return the error of a reply in words, or "" where it is none."""
    if reply.status == OK and not problem:
        return ""
    if reply.status in _REDIRECTS:
        where = told(reply, "location") or "nowhere"
        return f"HTTP {reply.status}: it redirects to {where}, which is not followed"
    said = next((shown for message in messages if (shown := word(message))), problem)
    return f"HTTP {reply.status}: {said}" if said else f"HTTP {reply.status}"


def told(reply: Reply, *names: str) -> str:
    """Return the first of these headers that is there."""
    return next((shown for name in names if (shown := word(header(reply.headers, name)))), "")
