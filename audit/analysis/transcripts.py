"""The values that files of transcripts are read into."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a party asserts a transcript to be; an assertion, never a finding."""

    SUSPECT = "suspect"
    TEACHER = "teacher"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One prompt and its answer; `record` counts from 1, `model` is what the file itself says."""

    record: int
    prompt: str
    answer: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One record that was not taken, where it stands, why, and what would mend it."""

    record: int
    place: str
    reason: str
    mend: str
