"""What every act on a filing shares: the lock, the refusals, and the way back to a draft."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.errors import TouchstoneError
from cases.models import Filing, FilingAuthor, Matter
from cases.services import custody


class FilingRefusedError(TouchstoneError):
    """Something cannot be done to a filing as it is; says why and what to do."""


def locked(filing: Filing) -> Filing:
    """Return the filing as it is now, under the lock on its matter and its own."""
    Matter.objects.select_for_update().get(pk=filing.matter_id)
    return Filing.objects.select_for_update().get(pk=filing.pk)


def require(filing: Filing, states: tuple[str, ...], done: str) -> None:
    """Refuse what is done to a filing that is in none of these states."""
    if filing.state not in states:
        raise FilingRefusedError(
            f"{filing} is {filing.get_state_display()}: it cannot be {done}. {_mend(filing)}"
        )


def _mend(filing: Filing) -> str:
    return {
        Filing.State.DRAFT: "Ask for a review first.",
        Filing.State.REVIEW: "Wait for its review.",
        Filing.State.REVIEWED: "Change its text, or have it finalised.",
    }.get(Filing.State(filing.state), "Draft another filing on the finding.")


def step(filing: Filing, state: str) -> None:
    """Take a filing to another state; whoever asked to have it finalised asks anew."""
    Filing.objects.filter(pk=filing.pk).update(
        state=state, finalise_asked_by=None, finalise_asked_at=None
    )
    filing.refresh_from_db()


@contextmanager
def writing(filing: Filing, part: str, seen: int | None, *, by: User) -> Iterator[Filing]:
    """Let the block write in a filing, which is a draft again by it, if it changes anything.

    `seen` is the revision that the person had before them: another's text is not written over.
    """
    with transaction.atomic():
        row = locked(filing)
        if not row.is_open:
            require(row, (Filing.State.DRAFT,), "changed")
        if seen not in {None, row.revision}:
            raise FilingRefusedError(
                "Somebody changed this filing while you wrote. Nothing was saved: open it anew in "
                "another window, and bring your words into what stands there now."
            )
        before = row.state
        if before != Filing.State.DRAFT:
            step(row, Filing.State.DRAFT)
        yield row
        if not Filing.objects.filter(pk=row.pk, revision__gt=row.revision).exists():
            transaction.set_rollback(True)
            return
        # Whoever takes something out has had a hand in it too, as whoever writes.
        FilingAuthor.objects.get_or_create(filing=row, person=by)
        facts = {"filing": row.number, "part": part}
        if before != Filing.State.DRAFT:
            facts |= {"state_before": before}
        custody.record(row.matter, "written", facts, by=by)
