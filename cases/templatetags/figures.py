"""The outcome of a finding in words."""

from collections.abc import Iterable
from typing import Any

from django.template import Library

from audit.models import Job
from cases.reports.alternatives import Alternative, alternatives_of
from cases.reports.figures import without_parts

register = Library()

_OUTCOMES = {
    "not_shown": "The material does not show it",
    "abstains": "No answer can be given",
    "limited": "Ranks first, but too weakly for an answer",
    "stands_out": "Support for H1 over H2",
}
_VIEWS = {
    "embedding": "Embedding of the answers",
    "embedding_without_layout": "Embedding, with length and layout taken out",
    "layout": "Length and layout alone",
}


@register.filter
def outcome_in_words(code: str) -> str:
    """Return the outcome of a finding as a short phrase."""
    return _OUTCOMES[code]


@register.filter
def alternatives(result: dict[str, Any]) -> tuple[Alternative, ...]:
    """Return the other explanations of a result in words."""
    return alternatives_of(result)


@register.filter
def views_in_words(views: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return name, words and numbers of each view of similarity, the leading one first."""
    return [(name, words, views[name]) for name, words in _VIEWS.items()]


@register.filter
def without(view: dict[str, Any]) -> list[str]:
    """Return how far rank and lead of a view hang on single controls and on families of them."""
    return without_parts(view)


@register.filter
def failed(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs that failed."""
    return [job for job in jobs if job.state == Job.State.FAILED]


@register.filter
def current(jobs: Iterable[Job]) -> Job | None:
    """Return the first job that is not done, or None."""
    return next((job for job in jobs if job.state != Job.State.DONE), None)
