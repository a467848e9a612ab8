"""What is read back out of a file: its parts, and what in them is quoted."""

from dataclasses import dataclass

from audit.analysis.errors import TouchstoneError


class UnreadableFileError(TouchstoneError):
    """The file cannot be read as what its name says it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a file, such as a page, with its name; `quoted` are places in its text."""

    name: str
    text: str
    quoted: tuple[tuple[int, int], ...] = ()
