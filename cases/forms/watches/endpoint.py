"""Which line of models is watched, by whose leave, and at what prices."""

from django import forms

from audit.collect.pacing import MILLION, Prices
from audit.collect.providers import PROVIDERS
from audit.models import Endpoint
from audit.services import collections
from cases.forms.watches.grouping import GroupedForm

_BASIS = (
    "On what basis may this model be asked? Name the contract, the account or the order, and see"
    " that the terms of the endpoint allow the probe. It stands in every capture."
)


class PricesForm(GroupedForm):
    """The prices of an endpoint."""

    price_in = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=6,
        initial=0,
        label="Price of a million tokens in",
    )
    price_out = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=6,
        initial=0,
        label="Price of a million tokens out",
    )
    currency = forms.CharField(
        max_length=3, required=False, help_text="Three letters, such as EUR."
    )

    def prices(self) -> Prices:
        """Return the prices in millionths for a million tokens."""
        given = self.cleaned_data
        return Prices(int(given["price_in"] * MILLION), int(given["price_out"] * MILLION))


class EndpointForm(PricesForm):
    """A line of models behind an API, and the leave to ask it."""

    name = forms.CharField(max_length=200, label="Name of the watch")
    kind = forms.ChoiceField(
        choices=[(kind, one.NAME) for kind, one in PROVIDERS.items()],
        label="API",
        initial="chat_completions",
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
    basis = forms.CharField(max_length=2000, help_text=_BASIS, widget=forms.Textarea({"rows": 3}))
    terms_allow = forms.BooleanField(
        label="I confirm that this endpoint may be asked, on this basis and for every release of"
        " the line, and that its terms allow the probe."
    )

    def described(self) -> Endpoint:
        """Return the endpoint as it would be; nothing is kept."""
        given = self.cleaned_data
        return collections.described(
            given["kind"],
            given["url"],
            given["model"],
            key_name=given["key_name"],
            prices=self.prices(),
            currency=given["currency"],
        )

    def authorised(self, confirmed_by: str) -> Endpoint:
        """Return the endpoint, kept, with the leave to ask it."""
        given = self.cleaned_data
        found = collections.endpoint(
            given["kind"],
            given["url"],
            given["model"],
            key_name=given["key_name"],
            prices=self.prices(),
            currency=given["currency"],
        )
        collections.authorise(found, confirmed_by=confirmed_by, basis=given["basis"])
        return found
