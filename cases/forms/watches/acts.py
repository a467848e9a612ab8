"""What a person tells a watch beside its plan: that a release is out, and that it is over."""

from typing import ClassVar

from django import forms
from django.utils import timezone

from cases.forms.watches.grouping import Group, GroupedForm
from cases.services import watches


class ReleaseForm(GroupedForm):
    """That the provider announced a new release."""

    GROUPS: ClassVar[tuple[Group, ...]] = (Group("The release", ("model", "on", "where")),)

    model = forms.CharField(
        max_length=255,
        label="Name under which it is asked",
        help_text="The same as before, where the provider put another model behind it.",
    )
    on = forms.DateField(
        label="Announced on",
        initial=lambda: timezone.now().date(),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    where = forms.CharField(
        max_length=500,
        label="Where the announcement was seen",
        help_text="The page, letter or message, so that another can find it.",
    )

    def announced(self) -> watches.Announced:
        """Return what was announced."""
        given = self.cleaned_data
        return watches.Announced(given["model"].strip(), given["on"], given["where"].strip())


class CloseForm(GroupedForm):
    """Why a watch is closed for good."""

    GROUPS: ClassVar[tuple[Group, ...]] = (Group("Why", ("why",)),)

    why = forms.CharField(
        max_length=500, label="Why the watch is closed", help_text="It stands in the ledger."
    )
