"""The ledger of a matter: append-only entries, each sealed onto the one before it.

Whoever changes a sealed entry must change every seal after it (Haber and Stornetta, 1991). So a
changed, missing or inserted entry shows to anyone who holds a later seal; whoever can rewrite the
whole ledger is found out only by a seal that was kept elsewhere.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from audit.analysis.digests import digest_of

# What the first entry of a matter is sealed onto.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One act in a matter: which it is (from 1), when, by whom and by which way, what, its facts.

    `at` is as `moment` writes it, `previous` the seal of the entry before or START. `way` is empty
    in entries of earlier versions, which did not keep it.
    """

    matter: int
    number: int
    at: str
    actor: str
    act: str
    facts: dict[str, Any]
    previous: str
    way: str = ""


def moment(at: datetime) -> str:
    """Return a time, which must know its zone, as UTC in ISO 8601 with six digits of a second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def seal(entry: Entry) -> str:
    """Return the seal: SHA-256 in hexadecimal of the entry's canonical JSON (RFC 8785).

    An empty `way` is left out of it.
    """
    sealed = asdict(entry)
    if not entry.way:
        del sealed["way"]
    return digest_of(sealed)


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
