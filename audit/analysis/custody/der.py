"""Where values stand in DER (ITU-T X.690): as much as time stamps need beside their reader."""

from collections.abc import Iterator, Sequence

_LONGEST_SHORT = 0x7F


def within(data: bytes, path: Sequence[int]) -> tuple[int, int]:
    """Return where the content of a value begins and ends, found by its place at each level.

    Places count from 0; the content is empty where there is no such value. Raises ValueError as
    `values` does.
    """
    start, stop = 0, len(data)
    for place in path:
        found = list(values(data, start, stop))
        if len(found) <= place:
            return stop, stop
        _, start, stop = found[place]
    return start, stop


def values(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Yield for each value between two places where its tag, its content and its end are.

    Tags are of one byte. Raises ValueError for a value that is longer than its place.
    """
    while start < stop:
        # A tag alone reads as its own length, and then runs over its end whatever it is.
        header = data[start : min(start + 2, stop)]
        length, body = header[-1], start + 2
        if length > _LONGEST_SHORT:
            digits = length - _LONGEST_SHORT - 1
            length = int.from_bytes(data[body : body + digits], "big")
            body += digits
        if body + length > stop:
            raise ValueError(f"the value at byte {start} runs over its end")
        yield start, body, body + length
        start = body + length
