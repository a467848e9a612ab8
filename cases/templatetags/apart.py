"""Counts, measures beside the ratio, the ledger of tests and what is asserted, on the page."""

from typing import Any

from django.template import Library

from cases.reports.apart import Apart, Fact, asserted_of, counts_of
from cases.reports.ledger import Ledger, ledger_of
from cases.reports.likenesses import Likenesses, likenesses_of

register = Library()


@register.filter
def counts(result: dict[str, Any]) -> Apart | None:
    """Return the separate counts of a result in words."""
    return counts_of(result)


@register.filter
def likenesses(result: dict[str, Any]) -> Likenesses | None:
    """Return the measures of likeness of a result that are not weighed, in words."""
    return likenesses_of(result)


@register.filter
def ledger(result: dict[str, Any]) -> Ledger | None:
    """Return the ledger of tests of a result in words."""
    return ledger_of(result)


@register.filter
def asserted(plan: dict[str, Any]) -> tuple[Fact, ...]:
    """Return what a party asserts in a plan beyond roles."""
    return asserted_of(plan)
