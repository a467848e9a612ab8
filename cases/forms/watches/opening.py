"""A watch as it is opened, and another version of its plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from audit.collect.pacing import MILLION
from audit.models import Endpoint
from cases.forms.watches.endpoint import EndpointForm, PricesForm
from cases.forms.watches.grouping import Group
from cases.forms.watches.plans import PlanForm
from cases.forms.watches.settings import KEPT, PlanFields
from cases.forms.watches.telling import TellingForm
from cases.forms.watches.timing import TimingForm
from cases.models import Exhibit
from cases.services.watches import Design

_ASKED, _HELD, _LIMITS, _FINER = PlanFields.GROUPS


class OpeningForm(PlanForm, EndpointForm, TimingForm, TellingForm):
    """A line of models, what it is held against, when it is looked at, and who is told."""

    GROUPS: ClassVar[tuple[Group, ...]] = (
        Group(
            "What is watched",
            ("name", "kind", "url", "model", "line", "key_name", "basis", "terms_allow"),
        ),
        _ASKED,
        _HELD,
        *TimingForm.GROUPS,
        _LIMITS,
        *TellingForm.GROUPS,
        _FINER,
    )


class ChangeForm(PlanForm, PricesForm):
    """Another version of a plan, which begins as the one before and says why it is another."""

    GROUPS: ClassVar[tuple[Group, ...]] = (
        Group("Why", ("why",)),
        _ASKED,
        _HELD,
        _LIMITS,
        _FINER,
    )

    why = forms.CharField(
        max_length=500,
        label="Why the plan is another one from now on",
        help_text="It is sealed with the version, and stands in the ledger.",
    )

    def __init__(
        self, *args: Any, ready: QuerySet[Exhibit], before: Design, of: Endpoint, **kwargs: Any
    ) -> None:
        super().__init__(
            *args, ready=ready, before=before, initial=initial_of(before, of), **kwargs
        )
        for name in ("put", "sentinels_from"):
            field: Any = self.fields[name]
            field.choices = [(KEPT, "those of the version before"), *field.choices]
        for name in ("teachers", "controls"):
            chosen: Any = self.fields[name]
            chosen.initial = [one for one in chosen.queryset if one.label in before.exhibits]


def initial_of(before: Design, of: Endpoint) -> dict[str, Any]:
    """Return what the fields of a change begin with."""
    given, put, limits = before.parameters, before.sampling, before.limits
    return {
        "put": KEPT,
        "sentinels_from": KEPT,
        "threshold": before.threshold,
        "price_in": Decimal(of.price_in) / MILLION,
        "price_out": Decimal(of.price_out) / MILLION,
        "currency": of.currency,
        "money": None if limits.money is None else Decimal(limits.money) / MILLION,
        "tokens": limits.tokens,
        "rate": limits.requests_per_second,
        "repeats": before.repeats,
        "reserve": before.reserve,
        "looks_per_alarm": round(1 / before.level),
        "system": put.system,
        "temperature": put.temperature,
        "seed": put.seed,
        "max_tokens": put.max_tokens,
        "at_once": limits.concurrency,
        "attempts": limits.most_attempts,
        "alpha": given.alpha,
        "least_controls": given.least_controls,
        "least_prompts": given.least_prompts,
        "draw_seed": given.seed,
    }
