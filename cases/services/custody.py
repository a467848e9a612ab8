"""The one door through which custody entries are made and checked.

What is changed in a matter is entered in the transaction of the change. What is only read is
entered once a person, thing and HOUR, and refused access once a person, matter and MINUTE, so that
neither reloading nor a flood of requests fills the ledger. A database that takes no writes is
looked at without an entry, and the log says so.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import InternalError, connection, transaction
from django.db.models import Exists, QuerySet
from django.utils import timezone
from psycopg.errors import ReadOnlySqlTransaction

from audit.analysis.custody import ledger
from cases.models import CustodyEntry, Matter

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# A longer path is cut: a stranger chooses it.
_LONGEST_PATH = 200

_BEFORE_THE_FIRST = (0, ledger.START)

# By which way the acts of this context come in; pages and workers say so at their own doors.
way: ContextVar[str] = ContextVar("way", default=CustodyEntry.Way.COMMAND_LINE)


def record(matter: Matter, act: str, facts: dict[str, Any], *, by: User) -> CustodyEntry:
    """Seal one act onto the chain of its matter, inside the transaction of the act itself.

    The lock on the matter's row lets one writer at a time extend the chain.
    """
    _lock(matter)
    last = _chain(matter).values_list("number", "seal").first() or _BEFORE_THE_FIRST
    return _append(matter, last, act, facts, by=by)


def _lock(matter: Matter) -> None:
    # In plain SQL, as this is on the way of every act: a third of the time of the ORM.
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM cases_matter WHERE id = %s FOR UPDATE", [matter.pk])


def _chain(matter: Matter) -> QuerySet[CustodyEntry]:
    return CustodyEntry.objects.filter(matter=matter).order_by("-number")


def _append(
    matter: Matter, last: tuple[int, str], act: str, facts: dict[str, Any], *, by: User
) -> CustodyEntry:
    """Add an entry after the number and the seal of the last one, under the lock."""
    at = timezone.now()
    entry = ledger.Entry(
        matter=matter.pk,
        number=last[0] + 1,
        at=ledger.moment(at),
        actor=by.get_username(),
        way=way.get(),
        act=act,
        facts=facts,
        previous=last[1],
    )
    return CustodyEntry.objects.create(
        matter=matter,
        number=entry.number,
        at=at,
        actor=entry.actor,
        way=entry.way,
        act=act,
        facts=facts,
        previous=entry.previous,
        seal=ledger.seal(entry),
    )


def record_once(
    matter: Matter, act: str, facts: dict[str, Any], *, since: datetime, by: User
) -> None:
    """Record an act unless the same of the same person stands there since a time."""
    _record_unless(
        _acts_since(matter, act, since, by=by).filter(facts=facts), matter, act, facts, by=by
    )


def record_reading(matter: Matter, act: str, facts: dict[str, Any], *, by: User) -> None:
    """Record that a person looks at something, once an hour for each thing."""
    record_once(matter, act, facts, since=timezone.now() - HOUR, by=by)


def record_refusal(matter_id: int, path: str, *, by: User) -> None:
    """Record that a person was refused a page of a matter, if there is such a matter.

    Of the refusals of one minute the first is recorded.
    """
    matter = Matter.objects.filter(pk=matter_id).first()
    if matter is not None:
        recent = _acts_since(matter, "refused", timezone.now() - MINUTE, by=by)
        _record_unless(recent, matter, "refused", {"path": path[:_LONGEST_PATH]}, by=by)


def _acts_since(matter: Matter, act: str, since: datetime, *, by: User) -> QuerySet[CustodyEntry]:
    return CustodyEntry.objects.filter(
        matter=matter, actor=by.get_username(), act=act, at__gt=since
    )


def _record_unless(
    recent: QuerySet[CustodyEntry], matter: Matter, act: str, facts: dict[str, Any], *, by: User
) -> None:
    """Record unless a recent entry is there; asked first without the lock, which few need."""
    if recent.exists():
        return
    with _even_where_nothing_is_written(matter), transaction.atomic():
        _lock(matter)
        asked = _chain(matter).annotate(there=Exists(recent))
        number, seal, there = asked.values_list("number", "seal", "there").first() or (
            *_BEFORE_THE_FIRST,
            False,
        )
        if not there:
            _append(matter, (number, seal), act, facts, by=by)


@contextmanager
def _even_where_nothing_is_written(matter: Matter) -> Iterator[None]:
    """Let a page of a database that takes no writes, such as a standby, be read all the same."""
    try:
        yield
    except InternalError as error:
        if not isinstance(error.__cause__, ReadOnlySqlTransaction):
            raise
        log.warning("The database takes no writes: nothing is entered into matter %d.", matter.pk)


def entries_of(matter: Matter) -> Iterator[tuple[ledger.Entry, str]]:
    """Yield every entry of a matter with its seal, in order."""
    return ((_entry(row), row.seal) for row in _rows(matter))


def _rows(matter: Matter) -> Iterator[CustodyEntry]:
    return CustodyEntry.objects.filter(matter=matter).order_by("number").iterator()


def problems(matter: Matter, see: Callable[[CustodyEntry], None] | None = None) -> list[str]:
    """Return where the chain of a matter breaks, in words; an empty list if it holds.

    `see` is shown each entry on the way, so that a long ledger is gone through once.
    """

    def shown() -> Iterator[tuple[ledger.Entry, str]]:
        for row in _rows(matter):
            if see is not None:
                see(row)
            yield _entry(row), row.seal

    return ledger.broken_links(shown())


def problems_from(matter: Matter, first: int, last: int) -> list[str]:
    """Return where the chain breaks among the entries of these numbers."""
    before = CustodyEntry.objects.filter(matter=matter, number=first - 1).first()
    entries = CustodyEntry.objects.filter(matter=matter, number__range=(first, last))
    return ledger.broken_links(
        ((_entry(row), row.seal) for row in entries.order_by("number")),
        previous=before.seal if before else ledger.START,
        number=first - 1,
    )


def _entry(row: CustodyEntry) -> ledger.Entry:
    return ledger.Entry(
        matter=row.matter_id,
        number=row.number,
        at=ledger.moment(row.at),
        actor=row.actor,
        way=row.way,
        act=row.act,
        facts=row.facts,
        previous=row.previous,
    )
