"""Prompts out of a file: one on each line, as text or as JSON."""

import json
from pathlib import PurePath

from audit.analysis.errors import UnreadableSourceError

# The fields that hold the prompt in the files of prompts that people have, ours first.
_FIELDS = ("text", "prompt", "instruction")
_FORMS = ".jsonl or .txt"


def prompts_of(name: str, data: bytes) -> tuple[str, ...]:
    """Return the prompts of a file by its ending; raises UnreadableSourceError.

    Of JSON Lines each line is a text, or an object with the text in `text` (as in an export of
    the battery), `prompt` or `instruction`. Of plain text each line is a prompt.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(
            name, f"byte {error.start + 1}", "this is not UTF-8", "Save the file as UTF-8"
        ) from error
    read = {".jsonl": _of_json, ".txt": _of_text}.get(PurePath(name).suffix)
    if read is None:
        raise UnreadableSourceError(
            name, "whole file", f"its name does not end in {_FORMS}", f"Give a file {_FORMS}"
        )
    numbered = enumerate(lines, start=1)
    return tuple(read(name, number, line) for number, line in numbered if line.strip())


def _of_text(name: str, number: int, line: str) -> str:
    del name, number
    return line.strip()


def _of_json(name: str, number: int, line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError(
            name, f"line {number}", "this is not JSON", "Put one JSON value on each line"
        ) from error
    found = (value.get(field) for field in _FIELDS) if isinstance(value, dict) else (value,)
    prompt = next((one for one in found if isinstance(one, str) and one.strip()), None)
    if prompt is None:
        raise UnreadableSourceError(
            name,
            f"line {number}",
            "it has no prompt",
            f"Give a text, or an object with one of {', '.join(_FIELDS)}",
        )
    return prompt
