"""Who is told of a watch's notices, as it comes in from a page."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_email

from cases.forms.watches.grouping import Group, GroupedForm
from cases.models import Watch
from cases.services import watches

_NAMES = ("emails", "webhook", "webhook_key", "quiet_from", "quiet_to", "digest_at")


def _time(label: str, help_text: str = "") -> forms.TimeField:
    return forms.TimeField(
        required=False,
        label=label,
        help_text=help_text,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class TellingForm(GroupedForm):
    """Addresses, the hours in which no email goes out, and the hour at which all go in one."""

    GROUPS: ClassVar[tuple[Group, ...]] = (
        Group(
            "Who is told",
            ("emails", "digest_at", "quiet_from", "quiet_to", "webhook", "webhook_key"),
            lead="Notices stand on the page of the watch in any case.",
        ),
    )

    emails = forms.CharField(
        required=False,
        max_length=2000,
        label="Tell by email",
        help_text="Addresses with commas between.",
    )
    digest_at = _time(
        "All emails of a day in one, at", "Leave it empty to have each sent at once."
    )
    quiet_from = _time("No email from", "Quiet hours are for people: webhooks go out in them.")
    quiet_to = _time("No email until")
    webhook = forms.CharField(
        required=False,
        max_length=500,
        label="Tell by webhook",
        help_text="An address that begins with https://. What is sent there is signed.",
    )
    webhook_key = forms.CharField(
        required=False,
        max_length=60,
        label="Name of the key that signs the webhook",
        help_text="As it is kept with manage.py collect --keep-key; never the key itself.",
    )

    @staticmethod
    def initial_of(watch: Watch) -> dict[str, Any]:
        """Return what the fields begin with for a watch that is open."""
        found = {name: getattr(watch, name) for name in _NAMES}
        return found | {"emails": ", ".join(watch.emails)}

    def clean_emails(self) -> tuple[str, ...]:
        """Return the addresses."""
        parts = [one.strip() for one in self.cleaned_data["emails"].split(",")]
        found = tuple(one for one in parts if one)
        for one in found:
            validate_email(one)
        return found

    def telling(self) -> watches.Telling:
        """Return who is told."""
        given = self.cleaned_data
        return watches.Telling(**{name: given[name] for name in _NAMES})
