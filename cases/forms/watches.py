"""What comes in from the page that opens a watch, checked."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import validate_email
from django.db.models import QuerySet

from audit.collect.pacing import MILLION, Prices
from audit.collect.plan import Limits
from audit.collect.providers import PROVIDERS
from audit.models import Endpoint
from cases.models import Exhibit, Watch
from cases.services import watches

_BASIS = (
    "On what basis may this model be asked? Name the contract, the account or the order, and see"
    " that the terms of the endpoint allow the probe. It stands in every capture."
)


def _time(help_text: str = "") -> forms.TimeField:
    return forms.TimeField(
        required=False, help_text=help_text, widget=forms.TimeInput(attrs={"type": "time"})
    )


class WatchForm(forms.Form):
    """A line of models, what it is held against, when it is looked at, and who is told."""

    name = forms.CharField(max_length=200, label="Name of the watch")
    kind = forms.ChoiceField(
        choices=[(kind, one.NAME) for kind, one in PROVIDERS.items()], label="API"
    )
    url = forms.CharField(max_length=500, label="Base address of the API")
    model = forms.CharField(max_length=255, label="Model to ask")
    line = forms.CharField(
        max_length=100,
        required=False,
        label="How the names of its releases begin",
        help_text="A new name in the provider's list that begins so is a release, and is asked"
        " from then on. Leave it empty to watch the one name alone.",
    )
    key_name = forms.CharField(
        max_length=60,
        required=False,
        label="Name of the key",
        help_text="As it is kept with manage.py collect --keep-key, or in the environment; never"
        " the key itself.",
    )
    price_in = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=6,
        initial=0,
        label="Price of a million tokens in",
    )
    price_out = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=6, initial=0, label="… and out"
    )
    currency = forms.CharField(max_length=3, required=False)
    basis = forms.CharField(max_length=2000, help_text=_BASIS, widget=forms.Textarea({"rows": 3}))
    terms_allow = forms.BooleanField(
        label="I confirm that this endpoint may be asked, on this basis and for every release of"
        " the line, and that its terms allow the probe."
    )
    teachers = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="The models whose outputs a release may have been trained on.",
    )
    controls = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Models that are asserted to be independent. The prompts that all chosen files"
        " answer are put to each release.",
    )
    crontab = forms.CharField(
        max_length=100,
        initial="30 6 * * *",
        label="When it is looked at",
        help_text="Minute, hour, day of the month, month, day of the week: 30 6 * * * is every"
        " day at 6:30 in the time zone below.",
    )
    zone = forms.ChoiceField(
        choices=[(one, one) for one in sorted(available_timezones())],
        initial="UTC",
        label="Time zone",
    )
    missed = forms.ChoiceField(choices=Watch.Missed.choices, label="Looks missed by a standstill")
    temperature = forms.FloatField(min_value=0, required=False)
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    max_tokens = forms.IntegerField(min_value=1, max_value=100_000, initial=1024)
    rate = forms.FloatField(min_value=0.01, initial=1.0, label="Requests a second, at most")
    tokens = forms.IntegerField(min_value=1, required=False, label="Budget of each run, in tokens")
    money = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        label="Budget of each run, in money",
        help_text="A run ends before a call that could take it beyond. It needs prices.",
    )
    emails = forms.CharField(
        required=False,
        max_length=2000,
        label="Tell by email",
        help_text="Addresses with commas between.",
    )
    webhook = forms.CharField(required=False, max_length=500, label="Tell by webhook")
    webhook_key = forms.CharField(
        required=False, max_length=60, label="Name of the key that signs the webhook"
    )
    quiet_from = _time("No email goes out from then …")
    quiet_to = _time("… until then.")
    digest_at = _time("All emails of a day in one, at this time. Empty: each at once.")

    def __init__(self, *args: Any, ready: QuerySet[Exhibit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, role in (("teachers", "teacher"), ("controls", "control")):
            field: Any = self.fields[name]
            field.queryset = ready.filter(role=role)
            field.initial = list(field.queryset)

    def clean_emails(self) -> tuple[str, ...]:
        """Return the addresses."""
        parts = [one.strip() for one in self.cleaned_data["emails"].split(",")]
        found = tuple(one for one in parts if one)
        for one in found:
            validate_email(one)
        return found

    def prices(self) -> Prices:
        """Return the prices in millionths for a million tokens."""
        given = self.cleaned_data
        return Prices(int(given["price_in"] * MILLION), int(given["price_out"] * MILLION))

    def asked(self, endpoint: Endpoint) -> watches.Asked:
        """Return what is asked for."""
        given = self.cleaned_data
        money = given["money"]
        return watches.Asked(
            endpoint=endpoint,
            exhibits=[*given["teachers"], *given["controls"]],
            line=given["line"],
            sampling=watches.Sampling(
                "", given["temperature"], given["seed"], given["max_tokens"]
            ),
            limits=Limits(
                requests_per_second=given["rate"],
                tokens=given["tokens"],
                money=None if money is None else int(money * MILLION),
            ),
        )

    def timing(self) -> watches.Timing:
        """Return when it is looked at."""
        given = self.cleaned_data
        return watches.Timing(given["zone"], given["crontab"], missed=given["missed"])

    def telling(self) -> watches.Telling:
        """Return who is told."""
        given = self.cleaned_data
        names = ("emails", "webhook", "webhook_key", "quiet_from", "quiet_to", "digest_at")
        return watches.Telling(**{name: given[name] for name in names})
