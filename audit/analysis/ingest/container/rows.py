"""What a container yields."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """The JSON value of one record; `record` counts from 1, `place` is where a reader finds it."""

    record: int
    place: str
    value: object
