"""What comes in from the page that enters an event on a timeline, checked."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from cases.models import Exhibit, Watch, WatchEvent
from cases.services import watches

_A_DIGEST = RegexValidator(
    r"^[0-9a-f]{64}\Z", "A SHA-256 is 64 characters: digits, and letters from a to f."
)


def _named(event: WatchEvent) -> str:
    return f"{event.number}: {event.happened_on}, {event.get_kind_display()}, {event.text[:60]}"


class EventForm(forms.Form):
    """One event: of which kind, when it took effect, where it was seen."""

    kind = forms.ChoiceField(choices=WatchEvent.Kind.choices, label="What it is")
    happened_on = forms.DateField(
        label="Day on which it took effect",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Of a snapshot of a teacher: the day on which its answers were given.",
    )
    text = forms.CharField(
        max_length=500, label="What happened", widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(
        max_length=500,
        label="Where it was seen",
        help_text="An address with the day of the visit, a letter, an archive and its record.",
    )
    sha256 = forms.CharField(
        max_length=64,
        required=False,
        validators=[_A_DIGEST],
        label="SHA-256 of the text as it was captured",
        help_text="Where you keep one. Here the digest alone is kept.",
    )
    exhibit = forms.ModelChoiceField(
        queryset=Exhibit.objects.none(),
        required=False,
        empty_label="none",
        label="Exhibit that it is about",
        help_text="Of a snapshot of a teacher: the exhibit that holds its answers.",
    )
    replaces = forms.ModelChoiceField(
        queryset=WatchEvent.objects.none(),
        required=False,
        empty_label="none",
        label="In place of an event that was entered wrongly",
        help_text="No event is ever removed: the one chosen stays in the table, as replaced.",
    )

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = watch.events.filter(replaced_by__isnull=True)
        known = {
            "exhibit": watch.matter.exhibits.filter(withdrawn_at__isnull=True),
            "replaces": standing.exclude(kind=WatchEvent.Kind.NOTHING),
        }
        for name, found in known.items():
            field: Any = self.fields[name]
            field.queryset = found
        choices: Any = self.fields["replaces"]
        choices.label_from_instance = _named

    def happened(self) -> watches.Happened:
        """Return the event."""
        given = dict(self.cleaned_data)
        return watches.Happened(on=given.pop("happened_on"), **given)
