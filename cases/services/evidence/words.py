"""What a sweep finds, in words, and what its parts share."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from audit.analysis.custody.checkpoints import Checkpoint as SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: its kind, where it is, and what it is, in a sentence.

    Grave is what must not be: something was changed, removed, or put in. The rest is worth
    knowing, such as a time-stamp that is still wanting.
    """

    kind: str
    where: str
    what: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Sweep:
    """How many of each kind were looked at, and signed checkpoints met only as files, by matter.

    `replay` has every result computed anew from the stored vectors.
    """

    replay: bool = False
    looked_at: Counter[str] = field(default_factory=Counter)
    notes: defaultdict[int, list[SignedCheckpoint]] = field(
        default_factory=lambda: defaultdict(list)
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """Have all reads of the block see the database as it is at one moment."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
