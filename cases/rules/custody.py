"""The chain of custody: each entry is sealed onto the one before it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from audit.analysis.digests import digest_of

# What the first entry of a matter is sealed onto.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: where it stands in its matter, when, by whom, what, and the facts of it."""

    matter: int
    number: int
    at: str
    actor: str
    act: str
    facts: dict[str, Any]
    previous: str


def seal(entry: Entry) -> str:
    """Return the SHA-256 that seals an entry onto the one before it."""
    return digest_of(asdict(entry))


def broken_links(
    entries: Iterable[tuple[Entry, str]], *, previous: str = START, number: int = 0
) -> list[str]:
    """Return one sentence for each place where a chain, given in order with its seals, breaks.

    A piece of a chain is held onto the seal and the number of the entry before it.
    """
    problems = []
    for entry, sealed in entries:
        number += 1
        if entry.number != number:
            problems.append(
                f"Entry {number} is missing; entry {entry.number} stands in its place."
            )
            number = entry.number
        if entry.previous != previous:
            problems.append(f"Entry {entry.number} is not sealed onto the one before it.")
        if seal(entry) != sealed:
            problems.append(f"Entry {entry.number} is not what was sealed.")
        previous = sealed
    return problems
