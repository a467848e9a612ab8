"""Legal holds: issued, acknowledged, released; while one stands, nothing goes from its matter.

Triggers refuse what is refused here, to whoever asks the database.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from cases.models import Hold, HoldAcknowledgement, Matter
from cases.services import custody


class HeldError(TouchstoneError):
    """Something cannot go: its matter is under a legal hold."""


def standing(matter: Matter) -> QuerySet[Hold]:
    """Return the holds on a matter that are not released, newest first."""
    return matter.holds.filter(released_at__isnull=True)


def require_none(matter: Matter, done: str) -> None:
    """Raise HeldError if a hold stands; call it under the lock on the matter."""
    hold = standing(matter).first()
    if hold is not None:
        raise HeldError(
            f"The matter is under legal hold {hold.number}: nothing in it can be {done}. Release "
            "the hold first."
        )


@transaction.atomic
def issue(matter: Matter, reason: str, *, by: User) -> Hold:
    """Put a matter under a hold, which everybody who may enter it is asked to acknowledge."""
    Matter.objects.select_for_update().get(pk=matter.pk)
    last = matter.holds.order_by("-number").first()
    number = last.number + 1 if last else 1
    hold = Hold.objects.create(matter=matter, number=number, reason=reason, issued_by=by)
    custody.record(matter, "held", {"hold": number, "reason": reason}, by=by)
    return hold


@transaction.atomic
def acknowledge(hold: Hold, *, by: User) -> None:
    """Enter that a person has taken note of a hold, once."""
    Matter.objects.select_for_update().get(pk=hold.matter_id)
    _, new = HoldAcknowledgement.objects.get_or_create(hold=hold, person=by)
    if new:
        custody.record(hold.matter, "acknowledged", {"hold": hold.number}, by=by)


@transaction.atomic
def release(hold: Hold, reason: str, *, by: User) -> None:
    """End a hold; done twice, the second changes nothing."""
    Matter.objects.select_for_update().get(pk=hold.matter_id)
    released = Hold.objects.filter(pk=hold.pk, released_at__isnull=True).update(
        released_at=timezone.now(), released_by=by, release_reason=reason
    )
    if released:
        custody.record(hold.matter, "released", {"hold": hold.number, "reason": reason}, by=by)
