"""The likelihood ratio on the page: which teacher's it is, and its hypotheses."""

from typing import Any

from django.template import Library

from cases.reports.likelihood import Fact, Likelihood, Ratio, hypotheses_of

register = Library()


@register.filter
def of_teacher(likelihood: Likelihood | None, label: str) -> Ratio | None:
    """Return the ratio of the teacher with this label, alone or with others, or None."""
    ratios = likelihood.ratios if likelihood else ()
    return next((one for one in ratios if label in one.files), None)


@register.filter
def hypotheses(result: dict[str, Any]) -> tuple[Fact, ...]:
    """Return name and words of each hypothesis of a result."""
    return hypotheses_of(result)
