"""Prompts as a person hands them in: a file, or lines of text; bounded."""

import json

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from audit.analysis.errors import UnreadableSourceError
from audit.collect.prompts import prompts_of

MOST_BYTES = 1_000_000
MOST_PROMPTS = 2_000


def prompts_in(text: str, name: str = "what is written here") -> tuple[str, ...]:
    """Return one prompt for each line; a line that begins with { is JSON, as in a battery file."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    found: list[str] = []
    for number, line in enumerate(lines, start=1):
        form = ".jsonl" if line.startswith("{") else ".txt"
        try:
            found += prompts_of(f"line{form}", line.encode())
        except UnreadableSourceError as error:
            raise ValidationError(
                f"Line {number} of {name} begins with {{ and is no JSON object with a prompt in"
                " text, prompt or instruction."
            ) from error
    return _bounded(tuple(found))


def prompts_of_file(file: "UploadedFile[bytes]") -> tuple[str, ...]:
    """Return the prompts of a file that collect reads: .txt or .jsonl."""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(f"The file is larger than {MOST_BYTES // 1000:,} kB: hand in less.")
    try:
        return _bounded(prompts_of(file.name or "", file.read()))
    except UnreadableSourceError as error:
        raise ValidationError(str(error)) from error


def as_lines(prompts: tuple[str, ...]) -> str:
    """Return prompts as the text that `prompts_in` reads."""
    return "\n".join(map(_line, prompts))


def _line(prompt: str) -> str:
    plain = len(prompt.splitlines()) == 1 and not prompt.startswith("{")
    return prompt if plain else json.dumps({"text": prompt}, ensure_ascii=False)


def _bounded(prompts: tuple[str, ...]) -> tuple[str, ...]:
    if len(prompts) > MOST_PROMPTS:
        raise ValidationError(f"These are {len(prompts):,} prompts: at most {MOST_PROMPTS:,}.")
    if not prompts:
        raise ValidationError("There is no prompt in it.")
    return prompts
