"""Pointers from a printed number to what it rests on: records of exhibits, values of results."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.analysis.digests import digest_of
from audit.analysis.results import Compared


def json_pointer(*path: str | int) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(one).replace('~', '~0').replace('/', '~1')}" for one in path)


def resolved(document: Any, pointer: str) -> Any:
    """Return the value that a JSON pointer names; raises LookupError or ValueError for none."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def record_pointer(row: Compared) -> str:
    """Return exhibit and record."""
    return f"{row.label}:{row.record}"


@dataclass(slots=True)
class Pointers:
    """The pointers of every exhibit's answers in the order of the matched prompts."""

    of: dict[str, list[str]] = field(default_factory=dict)

    def seen(self, rows: Iterable[Compared]) -> Iterator[Compared]:
        """Pass rows on and keep the pointer of each, with the digest of its answer."""
        for row in rows:
            self.of.setdefault(row.label, []).append(f"{record_pointer(row)}:{row.sha256}")
            yield row

    def digest(self, labels: Sequence[str]) -> str:
        """Return the SHA-256 of the canonical JSON of these exhibits' pointers, prompt by prompt.

        The JSON is an array with an element for each prompt: the array of the exhibits' pointers.
        """
        rows = (self.of[label] for label in labels)
        return digest_of([list(each) for each in zip(*rows, strict=True)])
