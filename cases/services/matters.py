"""Matters, the people who may see them, and the parties in them."""

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.errors import TouchstoneError
from cases.models import Matter, Membership, Party
from cases.services import custody


class LastAnalystError(TouchstoneError):
    """A matter would be left without anyone who may act in it."""


@transaction.atomic
def open_matter(name: str, question: str, *, by: User) -> Matter:
    """Open a matter; who opens it may act in it."""
    matter = Matter.objects.create(name=name, question=question, opened_by=by)
    Membership.objects.create(matter=matter, user=by, level=Membership.Level.ANALYST)
    custody.record(matter, "opened", {"name": name, "question": question}, by=by)
    return matter


@transaction.atomic
def set_level(matter: Matter, user: User, level: str | None, *, by: User) -> None:
    """Let a person read or act in a matter, or take it away with None.

    Raises LastAnalystError rather than leave a matter in which nobody can act.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    before = matter.memberships.filter(user=user).values_list("level", flat=True).first()
    others = matter.memberships.filter(level=Membership.Level.ANALYST).exclude(user=user)
    if level != Membership.Level.ANALYST and not others.exists():
        raise LastAnalystError(
            f"{user.get_username()} is the last who may act in this matter. "
            "Let another person act in it first."
        )
    if level is None:
        Membership.objects.filter(matter=matter, user=user).delete()
    else:
        Membership.objects.update_or_create(matter=matter, user=user, defaults={"level": level})
    facts = {"person": user.get_username(), "level": level or "none", "before": before or "none"}
    custody.record(matter, "permission", facts, by=by)


def record_account(user: User, change: str, *, by: User) -> None:
    """Record a change of an account in each matter that its person may enter.

    Call it in the transaction of the change. The matters come in one order: no two such changes
    wait for one another.
    """
    for matter in Matter.objects.filter(memberships__user=user).order_by("pk"):
        custody.record(matter, "account", {"person": user.get_username(), "change": change}, by=by)


def party(matter: Matter, name: str, *, by: User) -> Party:
    """Return the party of this name, entering it into the matter if it is new."""
    found, new = Party.objects.get_or_create(matter=matter, name=name)
    if new:
        custody.record(matter, "party", {"name": name}, by=by)
    return found
