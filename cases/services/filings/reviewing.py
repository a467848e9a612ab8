"""Reviews of a filing: by a person who wrote nothing of it, of the text as it stands."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from cases.models import Filing, FilingReview
from cases.rules import finalising
from cases.services import custody
from cases.services.filings.standing import hands_of
from cases.services.filings.steps import FilingRefusedError, locked, require, step

_IN_REVIEW = (Filing.State.REVIEW, Filing.State.REVIEWED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer comes to, and of which revision."""

    kind: str
    outcome: str
    revision: int
    remarks: str = ""


@transaction.atomic
def ask_review(filing: Filing, *, by: User) -> None:
    """Ask for a review of a draft; its text stands still from now on."""
    row = locked(filing)
    require(row, (Filing.State.DRAFT,), "sent to review")
    step(row, Filing.State.REVIEW)
    custody.record(row.matter, "review asked", {"filing": row.number}, by=by)


@transaction.atomic
def review(filing: Filing, verdict: Verdict, *, by: User) -> None:
    """Enter a review: a technical approval makes a filing reviewed, a return a draft again.

    Of the remarks nothing goes into custody. Raises FilingRefusedError for who wrote in it.
    """
    row = locked(filing)
    require(row, _IN_REVIEW, "reviewed")
    _require_other(row, verdict, by)
    FilingReview.objects.create(
        filing=row,
        number=row.reviews.count() + 1,
        by=by,
        kind=verdict.kind,
        outcome=verdict.outcome,
        remarks=verdict.remarks.strip(),
        revision=row.revision,
    )
    said = {"kind": verdict.kind, "outcome": verdict.outcome}
    facts = {"filing": row.number, "review": row.reviews.count()} | said
    custody.record(row.matter, "reviewed", facts, by=by)
    if verdict.outcome == FilingReview.Outcome.RETURNED:
        step(row, Filing.State.DRAFT)
    elif row.state == Filing.State.REVIEW and finalising.is_approved(hands_of(row)):
        step(row, Filing.State.REVIEWED)


def _require_other(row: Filing, verdict: Verdict, by: User) -> None:
    if row.authors.filter(person=by).exists():
        raise FilingRefusedError(
            f"{by.get_username()} wrote in {row} and cannot review it. Have another person do so."
        )
    if verdict.revision != row.revision:
        raise FilingRefusedError(
            f"{row} was changed since you opened it. Nothing was entered: read it again."
        )
    if verdict.outcome == FilingReview.Outcome.RETURNED and not verdict.remarks.strip():
        raise FilingRefusedError("A filing is returned with remarks. Write what is to be mended.")
