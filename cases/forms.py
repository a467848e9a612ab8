"""What comes in from a page, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from audit.analysis.plan import OFFERED_NEAR_PROMPT, QUESTION
from cases.assertions import AssertedForm
from cases.models import Exhibit, Membership
from cases.services.exhibits import Deposit


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


class ExhibitForm(forms.Form):
    """A file that a party hands in, with what it asserts of it."""

    role = forms.ChoiceField(
        choices=Exhibit.Role.choices,
        help_text="Whose answers the file is said to hold. This is the party's assertion.",
    )
    model_name = forms.CharField(
        max_length=120,
        label="Model",
        help_text="The name of the model as the party asserts it.",
    )
    party = forms.CharField(max_length=200, label="Handed in by")
    file = forms.FileField(
        # Emptiness is answered by the service, which names the file and the mend.
        allow_empty_file=True,
        max_length=255,
        label="File",
        help_text="AlpacaEval or ShareGPT JSON, OpenAI chat or fine-tune JSONL; plain or gzip.",
    )

    def upload(self) -> UploadedFile[bytes]:
        """Return the uploaded file."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        return upload

    def deposit(self) -> Deposit:
        """Return what the party asserts."""
        return Deposit(
            filename=self.upload().name or "unnamed",
            role=self.cleaned_data["role"],
            model_name=self.cleaned_data["model_name"],
            party=self.cleaned_data["party"],
        )


class WithdrawForm(forms.Form):
    """Why an exhibit is taken out of further plans."""

    reason = forms.CharField(max_length=500, label="Reason")


class FindingForm(AssertedForm):
    """Which exhibits a plan rests on: one suspect, candidate teachers, controls."""

    suspect = forms.ModelChoiceField(
        queryset=Exhibit.objects.none(),
        empty_label=None,
        help_text="The model that is said to have been trained on a teacher's outputs.",
    )
    teachers = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="The models whose outputs the suspect may have been trained on.",
    )
    controls = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Models of the same time and kind that are asserted to be independent of "
        "suspect and teachers. They show what likeness comes about by itself.",
    )
    prompts = forms.ChoiceField(
        choices=(
            ("same", "the same text"),
            ("near", f"also nearly the same text (cosine {OFFERED_NEAR_PROMPT})"),
        ),
        required=False,
        help_text="Which prompts of two files count as one question. Nearly the same text takes a "
        "typing error or a few words in front for no difference; it can take one question for "
        "another, such as a question and its negation.",
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        initial=1,
        help_text="Fixes which prompts and pairs are drawn; chosen before any number exists.",
    )

    def __init__(self, *args: Any, ready: QuerySet[Exhibit], **kwargs: Any) -> None:
        super().__init__(*args, ready=ready, **kwargs)
        for field, role in (
            ("suspect", "suspect"),
            ("teachers", "teacher"),
            ("controls", "control"),
        ):
            chosen = ready.filter(role=role)
            self.fields[field].queryset = chosen  # type: ignore[attr-defined] # it is a choice field
            if field != "suspect":
                self.fields[field].initial = list(chosen)

    def near_prompt(self) -> float | None:
        """Return the cosine from which prompts count as one question; None: the same text only."""
        return OFFERED_NEAR_PROMPT if self.cleaned_data["prompts"] == "near" else None

    def exhibits(self) -> list[Exhibit]:
        """Return the exhibits of the plan, each once: a second run is one, chosen or not."""
        chosen = [
            self.cleaned_data["suspect"],
            *self.cleaned_data["teachers"],
            *self.cleaned_data["controls"],
            *self.second_runs(),
        ]
        return list(dict.fromkeys(chosen))
