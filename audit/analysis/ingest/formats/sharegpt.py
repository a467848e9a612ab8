"""ShareGPT: {"id", "conversations": [{"from", "value"}]}; the first prompt and answer count."""

from audit.analysis.ingest.formats import (
    ASSISTANT,
    SYSTEM,
    USER,
    Found,
    Record,
    Turn,
    UnfitRecordError,
    first_exchange,
    name_of,
)

NAME = "ShareGPT"
_ROLES = {
    "human": USER,
    "user": USER,
    "gpt": ASSISTANT,
    "assistant": ASSISTANT,
    "model": ASSISTANT,
    "bot": ASSISTANT,
    "system": SYSTEM,
}


def knows(record: Record) -> bool:
    """Tell whether the fields are those of this format."""
    return "conversations" in record


def found(record: Record) -> Found:
    """Return the first prompt and answer of the conversation."""
    turns = record["conversations"]
    if not isinstance(turns, list):
        raise UnfitRecordError(
            'its "conversations" is not a list of turns',
            'Give each turn as {"from", "value"}, or leave this record out',
        )
    prompt, answer = first_exchange([_turn(turn) for turn in turns])
    return Found(prompt, answer, name_of(record.get("model")))


def _turn(turn: object) -> Turn:
    speaker = turn.get("from") if isinstance(turn, dict) else None
    if not isinstance(turn, dict) or not isinstance(speaker, str):
        raise UnfitRecordError(
            'a turn has no "from"', 'Give each turn as {"from", "value"}, or leave this record out'
        )
    return Turn(_ROLES.get(speaker.lower(), speaker), turn.get("value"))
