"""Captures: files of the calls that a collector made to a model, as it made them.

JSON Lines. The first line holds {"capture": ...}: what was asked for, by whom it was authorised,
and what collected it. Each further line is one call, answered or not:

    {"call": {"prompt", "repeat", "attempt", "state", ...},
     "request": {"method", "url", "headers", "body", "prompt_at"},
     "response": {"status", "headers", "body", "answer_at", "thought_at"} or null,
     "facts": {...}}

A body is in base64, byte for byte as it went out or came in, but for secrets, which are masked.
Prompt and answer are not told again beside it: JSON pointers (RFC 6901) say where in the bodies
they stand, so that the raw bytes alone are what is read. Some servers lay what was thought and the
answer into one text: then `answer_after` is the mark after which the answer begins.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.analysis.errors import TouchstoneError

Headers = Iterable[Sequence[str]]
Answers = dict[str, list[str]]
ANSWERED, REFUSED = "answered", "refused"
# No answer of a model is longer when it is unpacked.
MOST_PLAIN = 4 * 1024 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class UnreadableBodyError(TouchstoneError):
    """A body cannot be turned into the bytes that were meant; says why."""


def encoded(body: bytes) -> str:
    """Return a body as it stands in a capture."""
    return base64.b64encode(body).decode("ascii")


def decoded(text: object) -> bytes:
    """Return the bytes of a body; raises UnreadableBodyError where it is not base64."""
    if not isinstance(text, str):
        raise UnreadableBodyError("it has no body in base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableBodyError("its body is not base64") from error


def header(headers: Headers, name: str) -> str:
    """Return the first header of that name, whatever the case it is written in, or ""."""
    return next((pair[1] for pair in headers if pair[0].lower() == name), "")


def plain(body: bytes, headers: Headers) -> bytes:
    """Return a body without the encoding that its headers name; raises UnreadableBodyError."""
    named = header(headers, "content-encoding").strip().lower()
    if named in ("", "identity"):
        return body
    if named not in ("gzip", "x-gzip", "deflate"):
        raise UnreadableBodyError("its body is packed in a way that was not asked for")
    unpacking = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
    try:
        found = unpacking.decompress(body, MOST_PLAIN)
    except zlib.error as error:
        raise UnreadableBodyError("its body is packed and cannot be unpacked") from error
    if unpacking.unconsumed_tail:
        raise UnreadableBodyError(f"its body is longer than {MOST_PLAIN:,} bytes")
    if not unpacking.eof or unpacking.unused_data:
        raise UnreadableBodyError("its body is packed and does not end where it should")
    return found


def resolved(value: object, pointer: str) -> object:
    """Return what a JSON pointer leads to in a value, or None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def text_at(value: object, pointers: Iterable[str]) -> str:
    """Return the texts that pointers lead to, laid end to end; "" where there are none."""
    found = (resolved(value, pointer) for pointer in pointers)
    return "".join(one for one in found if isinstance(one, str))


def statement(plan_digest: str, sha256: str) -> bytes:
    """Return what is stamped of a capture: the digests of the sealed plan and of what came."""
    return f"touchstone capture\nplan {plan_digest}\ncapture {sha256}\n".encode()


def answers_in(lines: Iterable[bytes], first: int, last: int) -> Answers:
    """Return the answers of these repeats by prompt, in the order of prompts and repeats.

    The first line is that of the plan. A refusal counts as an answer, in its words.
    """
    rows = map(json.loads, lines)
    prompts = next(rows)["plan"]["prompts"]
    has = {}
    for row in rows:
        call = row["call"]
        if call["state"] in (ANSWERED, REFUSED) and first <= call["repeat"] < last:
            has[call["prompt"], call["repeat"]] = _said(row)
    found: Answers = {}
    for prompt, repeat in sorted(has):
        found.setdefault(prompts[prompt], []).append(has[prompt, repeat])
    return found


def _said(row: Mapping[str, Any]) -> str:
    if row["call"]["state"] == REFUSED:
        return f"(refused: {row['call']['problem']})"
    response = row["response"]
    return said(decoded(response["body"]), response)


def said(body: bytes, response: Mapping[str, Any]) -> str:
    """Return the answer in a body, from where the facts of its response say that it stands."""
    try:
        value = json.loads(plain(body, response["headers"]))
    except (UnreadableBodyError, ValueError) as error:
        # It was read as an answer when it came; what cannot be read now is another thing.
        return f"(unreadable: {error})"
    return answer_in(value, response["answer_at"], response.get("answer_after", ""))


def answer_in(value: object, pointers: Iterable[str], after: str = "") -> str:
    """Return the answer that pointers lead to, without what stands before a mark and the mark."""
    found = text_at(value, pointers)
    return found.partition(after)[2].lstrip() if after else found
