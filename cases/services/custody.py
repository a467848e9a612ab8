"""The one door through which custody entries are made and checked."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from cases.models import CustodyEntry, Matter
from cases.rules import custody


def record(matter: Matter, act: str, facts: dict[str, Any], *, by: User) -> CustodyEntry:
    """Seal one act onto the chain of its matter, inside the transaction of the act itself.

    The lock on the matter's row lets one writer at a time extend the chain.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    last = CustodyEntry.objects.filter(matter=matter).order_by("-number").first()
    at = timezone.now()
    entry = custody.Entry(
        matter=matter.pk,
        number=last.number + 1 if last else 1,
        at=at.isoformat(),
        actor=by.get_username(),
        act=act,
        facts=facts,
        previous=last.seal if last else custody.START,
    )
    return CustodyEntry.objects.create(
        matter=matter,
        number=entry.number,
        at=at,
        actor=entry.actor,
        act=act,
        facts=facts,
        previous=entry.previous,
        seal=custody.seal(entry),
    )


def problems(matter: Matter) -> list[str]:
    """Return where the chain of a matter breaks, in words; an empty list if it holds."""
    entries = CustodyEntry.objects.filter(matter=matter).order_by("number")
    return custody.broken_links((_entry(row), row.seal) for row in entries.iterator())


def problems_from(matter: Matter, first: int, last: int) -> list[str]:
    """Return where the chain breaks among the entries of these numbers."""
    before = CustodyEntry.objects.filter(matter=matter, number=first - 1).first()
    entries = CustodyEntry.objects.filter(matter=matter, number__range=(first, last))
    return custody.broken_links(
        ((_entry(row), row.seal) for row in entries.order_by("number")),
        previous=before.seal if before else custody.START,
        number=first - 1,
    )


def _entry(row: CustodyEntry) -> custody.Entry:
    return custody.Entry(
        matter=row.matter_id,
        number=row.number,
        at=row.at.isoformat(),
        actor=row.actor,
        act=row.act,
        facts=row.facts,
        previous=row.previous,
    )
