"""What comes in from the pages of a matter, checked."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User

from audit.analysis.plan import QUESTION
from cases.models import Membership


class MatterForm(forms.Form):
    """A new matter."""

    name = forms.CharField(max_length=200, label="Name of the matter")
    question = forms.CharField(
        label="Question put to the material",
        initial=QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class PersonForm(forms.Form):
    """Who is let into a matter, and how far."""

    person = forms.CharField(
        max_length=150,
        label="User name",
        help_text="The name with which the person signs in; an administrator makes accounts.",
    )
    level = forms.ChoiceField(
        choices=[*Membership.Level.choices, ("", "may no longer enter")],
        required=False,
        initial=Membership.Level.VIEWER,
        label="From now on",
    )

    def clean_person(self) -> User:
        """Return the person of this name."""
        found = User.objects.filter(username=self.cleaned_data["person"], is_active=True).first()
        if found is None:
            raise forms.ValidationError("There is no active account of this name.")
        return found


class HoldForm(forms.Form):
    """Why a matter is put under a legal hold."""

    reason = forms.CharField(
        max_length=500,
        help_text="Such as the letter, the order or the case that asks for it.",
    )


class ReleaseForm(forms.Form):
    """Why a legal hold ends."""

    reason = forms.CharField(max_length=500, label="Reason for the release")


class KeepUntilForm(forms.Form):
    """Until which day the exhibits of a matter are kept."""

    day = forms.DateField(
        required=False,
        label="Keep until the end of",
        help_text="Leave it empty to keep the exhibits until something else is said.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
