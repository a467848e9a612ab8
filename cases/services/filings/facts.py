"""What a filing says of itself in the frozen document that its papers are printed from."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from cases.models import Filing, FilingClause, FilingReview, FilingText

_TEXTS = (FilingText.Kind.SCOPE, FilingText.Kind.ASSUMPTIONS, FilingText.Kind.REMARKS)
_EXPERT = (
    FilingText.Kind.NAME,
    FilingText.Kind.QUALIFICATIONS,
    FilingText.Kind.PUBLICATIONS,
    FilingText.Kind.TESTIMONY,
    FilingText.Kind.COMPENSATION,
)


def facts_of(filing: Filing, finaliser: User | None, at: datetime) -> dict[str, Any]:
    """Return what a filing says, final if somebody finalises it; empty where nothing is held.

    Remarks of reviewers are not among it.
    """
    texts = dict(filing.texts.values_list("kind", "text"))
    return {
        "number": filing.number,
        "status": "final" if finaliser else "draft",
        "drafted_by": filing.drafted_by.get_username(),
        "drafted_at": filing.drafted_at.isoformat(),
        "reviews": [_review(one) for one in _standing(filing)],
        "finalised_by": finaliser.get_username() if finaliser else "",
        "finalised_at": at.isoformat() if finaliser else "",
        "texts": {kind.value: texts.get(kind.value, "") for kind in _TEXTS},
        "expert": {kind.value: texts.get(kind.value, "") for kind in _EXPERT},
        "clauses": [_clause(one) for one in filing.clauses.all()],
        "elements": list(filing.elements.values("claim", "element", "kind", "evidence")),
    }


def _standing(filing: Filing) -> list[FilingReview]:
    """Return the reviews of the text as it is: of earlier ones nothing is printed."""
    reviews = filing.reviews.select_related("by").order_by("number")
    return list(reviews.filter(revision=filing.revision))


def _review(one: FilingReview) -> dict[str, str]:
    return {
        "by": one.by.get_username(),
        "at": one.at.isoformat(),
        "kind": one.kind,
        "outcome": one.outcome,
    }


def _clause(one: FilingClause) -> dict[str, str]:
    return {
        "instrument": one.instrument,
        "version": one.version,
        "effective_from": one.effective_from.isoformat() if one.effective_from else "",
        "effective_to": one.effective_to.isoformat() if one.effective_to else "",
        "captured_at": one.captured_at.isoformat() if one.captured_at else "",
        "source": one.source,
        "sha256": one.sha256,
        "text": one.text,
        "gaps": one.gaps,
    }
