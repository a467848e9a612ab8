"""The prompts themselves: what one is, how they are read, and the digest that names them."""

import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Self

from audit.analysis.digests import digest_of
from audit.analysis.errors import IntegrityError
from audit.analysis.text import normalise, text_key

# Any change of prompts.jsonl is another version: answers to two versions are not one battery.
VERSION = "1"
LANGUAGES = ("en", "de", "fr", "es", "pt", "id")
_FILE = "prompts.jsonl"
_ID = re.compile(r"b\d{3}")
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA_MARKS = ("=", "+", "-", "@")


class Kind(StrEnum):
    """What a prompt is to bring out; BATTERY.md gives the reason for each."""

    OPEN_ENDED = "open_ended"
    ARBITRARY_CHOICE = "arbitrary_choice"
    STYLE_REVEALING = "style_revealing"
    KNOWLEDGE_EDGE = "knowledge_edge"
    REASONING_NARRATED = "reasoning_narrated"
    REFUSAL_EDGE = "refusal_edge"
    TOPIC_SURVEY = "topic_survey"


class Length(StrEnum):
    """The length of the answer that a prompt asks for, as its author meant it."""

    SHORT = "short"
    PARAGRAPH = "paragraph"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class BatteryPrompt:
    """One prompt; `language` is its ISO 639-1 code, `topic` one lower-case word.

    Raises ValueError if a field does not hold what its column may hold.
    """

    id: str
    kind: Kind
    topic: str
    length: Length
    language: str
    text: str

    def __post_init__(self) -> None:
        """Refuse what would be ambiguous in a file of prompts or unsafe in a spreadsheet."""
        if not _ID.fullmatch(self.id):
            raise ValueError(f"the id {self.id!r} is not b and three digits")
        if not (self.topic.isalpha() and self.topic.islower()):
            raise ValueError(f"the topic {self.topic!r} is not one lower-case word")
        if self.language not in LANGUAGES:
            raise ValueError(f"the language {self.language!r} is not one of {LANGUAGES}")
        if not self.text or normalise(self.text) != self.text:
            raise ValueError("the text is empty or not normalised")
        if self.text.startswith(_FORMULA_MARKS):
            raise ValueError("the text starts as a formula does")

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return the prompt of one line; raises ValueError or TypeError for any other value."""
        return cls(**(value | {"kind": Kind(value["kind"]), "length": Length(value["length"])}))

    def as_dict(self) -> dict[str, str]:
        """Return the prompt as the JSON object that stands in a file."""
        return asdict(self)


@cache
def load() -> tuple[BatteryPrompt, ...]:
    """Return every prompt of the battery, in the order of their ids.

    Raises IntegrityError if the file in the package is missing or is not a battery.
    """
    try:
        lines = files("audit.analysis.battery").joinpath(_FILE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityError(
            f"{_FILE}: the prompts of the battery cannot be read ({error}). Install the package "
            "again."
        ) from error
    return parse(lines)


def parse(lines: list[str]) -> tuple[BatteryPrompt, ...]:
    """Return the prompts of JSON Lines; raises IntegrityError for a bad or a repeated one."""
    prompts: list[BatteryPrompt] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        try:
            prompt = BatteryPrompt.from_dict(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise _damaged(number, str(error)) from error
        names = {prompt.id, text_key(prompt.text)}
        if names & seen:
            raise _damaged(number, "its id or its text stands there already")
        seen |= names
        prompts.append(prompt)
    return tuple(prompts)


def digest() -> str:
    """Return the SHA-256 (hex) of the canonical JSON of the version and all its prompts."""
    return digest_of({"version": VERSION, "prompts": [one.as_dict() for one in load()]})


def _damaged(number: int, reason: str) -> IntegrityError:
    return IntegrityError(
        f"{_FILE}, line {number}: this is not a prompt of the battery: {reason}. Install the "
        "package again."
    )
