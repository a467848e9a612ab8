"""What a production is of. Each kind of document is a source; the volume asks them all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.models import BatesRange, Matter
from cases.services.bates import Wanted
from cases.services.productions.profiles import Value


@dataclass(frozen=True, slots=True)
class Native:
    """The bytes of a document as they were handed in or printed, by their digest on record."""

    sha256: str
    size: int
    # With its dot, one of those that a source knows; never taken from a name as it was given.
    ending: str


@dataclass(frozen=True, slots=True)
class Document:
    """One numbered document: what the load file says of it, its native file, and its text.

    `values` holds fields of the load file by name; numbers and links are the volume's own.
    """

    numbers: BatesRange
    values: Mapping[str, Value]
    native: Native
    text: Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True)
class NotProduced:
    """What stands in the matter and is not produced, and why."""

    what: str
    filename: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of document of a matter.

    `documents` yields them in the order of their series and numbers. `to_number` names what takes
    numbers before the volume is written; `counted` asks the database by another query how many
    there are, produced and not, to hold what was written against.
    """

    kind: str
    to_number: Callable[[Matter], Sequence[Wanted]]
    documents: Callable[[Matter], Iterator[Document]]
    not_produced: Callable[[Matter], Iterator[NotProduced]]
    counted: Callable[[Matter], int]
