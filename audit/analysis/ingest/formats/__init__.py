"""From the JSON value of a record to its first prompt and answer: one module for each format.

A format module has NAME, `knows(record)` (are the fields mine?) and `found(record)`, which raises
UnfitRecordError if the record has no prompt or no answer that can be used. It changes no text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from audit.analysis.errors import TouchstoneError

USER, ASSISTANT, SYSTEM = "user", "assistant", "system"
Record = Mapping[str, object]
_ROLES = {"user": USER, "assistant": ASSISTANT, "system": SYSTEM, "developer": SYSTEM}
_TEXT_PARTS = frozenset({"text", "input_text", "output_text"})


class UnfitRecordError(TouchstoneError):
    """A record cannot be taken: the reason, and what would mend it."""

    def __init__(self, reason: str, mend: str) -> None:
        self.reason = reason
        self.mend = mend
        super().__init__(f"{reason}. {mend}.")


@dataclass(frozen=True, slots=True)
class Found:
    """What a record says: exactly the text that stands in the file."""

    prompt: str
    answer: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation; `role` is USER, ASSISTANT, SYSTEM or a word that is neither."""

    role: str
    content: object


class Format(Protocol):
    """What every module of a format offers."""

    NAME: str

    def knows(self, record: Record) -> bool:
        """Tell whether the fields are those of this format."""

    def found(self, record: Record) -> Found:
        """Return the first prompt and answer; raises UnfitRecordError."""


def turns_of(messages: object) -> list[Turn]:
    """Return the turns of [{"role", "content"}], the list that chat and fine-tuning share."""
    if not isinstance(messages, list):
        raise UnfitRecordError(
            'its "messages" is not a list of messages',
            'Give each message as {"role", "content"}, or leave this record out',
        )
    return [_turn(message) for message in messages]


def _turn(message: object) -> Turn:
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(role, str):
        raise UnfitRecordError(
            'a message has no "role"',
            'Give each message as {"role", "content"}, or leave this record out',
        )
    return Turn(_ROLES.get(role, role), message.get("content"))


def first_exchange(turns: Iterable[Turn]) -> tuple[str, str]:
    """Return the first prompt and its answer; system turns before them are passed over."""
    said = (turn for turn in turns if turn.role != SYSTEM)
    asked, told = next(said, None), next(said, None)
    if asked is None or asked.role != USER:
        raise UnfitRecordError(
            "it does not start with a prompt of the user",
            "Begin the record with the user's turn, or leave it out",
        )
    if told is None:
        raise UnfitRecordError("it has no answer", "Add the answer, or leave this record out")
    if told.role != ASSISTANT:
        raise UnfitRecordError(
            "its first prompt is not followed by an answer of the assistant",
            "Put one prompt and its answer at the start of the record, or leave it out",
        )
    return text_of(asked.content, "prompt"), text_of(told.content, "answer")


def text_of(value: object, what: str) -> str:
    """Return text that says something and can be stored; `what` is "prompt" or "answer"."""
    text = _joined(value, what) if isinstance(value, list) else value
    if text is None:
        raise UnfitRecordError(f"it has no {what}", f"Add the {what}, or leave this record out")
    if not isinstance(text, str):
        raise UnfitRecordError(
            f"its {what} is not text",
            f"Give the {what} as a JSON string, or leave this record out",
        )
    if not text.strip():
        raise UnfitRecordError(
            f"its {what} is empty", f"Fill in the {what}, or leave this record out"
        )
    _refuse_unstorable(text, what)
    return text


def _joined(parts: list[object], what: str) -> str | None:
    """Return the text of content given in parts, joined by line ends; None if there is none."""
    texts = [_text_of_part(part, what) for part in parts]
    return "\n".join(texts) if texts else None


def _text_of_part(part: object, what: str) -> str:
    if isinstance(part, dict) and part.get("type") in _TEXT_PARTS:
        text = part.get("text")
        if isinstance(text, str):
            return text
    raise UnfitRecordError(
        f"its {what} has a part that is not text",
        "Leave out records with images, sound, files or tool calls",
    )


def _refuse_unstorable(text: str, what: str) -> None:
    if "\0" in text:
        raise UnfitRecordError(
            f"its {what} holds a NUL character, which cannot be stored",
            f"Take the \\u0000 out of the {what}, or leave this record out",
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnfitRecordError(
            f"its {what} holds half a surrogate pair at character {error.start + 1}",
            f"Write the {what} as whole characters, or leave this record out",
        ) from error


def name_of(*values: object) -> str:
    """Return the first usable name of a model, or ""; a name is told, never relied on."""
    names = (value.strip() for value in values if isinstance(value, str))
    return next((name for name in names if name and name.isprintable()), "")
