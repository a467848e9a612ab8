"""What comes in from a page, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from audit.analysis.plan import OFFERED_NEAR_PROMPT, QUESTION
from cases.assertions import AssertedForm
from cases.models import Designation, Exhibit, Finding, Membership
from cases.services.certifications import Certifier
from cases.services.exhibits import Deposit
from cases.services.findings import Change


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
    designation = forms.ChoiceField(
        choices=Designation.Mark.choices,
        required=False,
        help_text="As the party marks it under a protective order; it can be raised later.",
    )
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
            designation=self.cleaned_data["designation"],
        )


class WithdrawForm(forms.Form):
    """Why an exhibit is taken out of further plans."""

    reason = forms.CharField(max_length=500, label="Reason")


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


class EraseForm(forms.Form):
    """Why an exhibit's personal data are erased, with its label as a sign that it is meant."""

    reason = forms.CharField(
        max_length=500, help_text="It is sealed into custody: name no person in it."
    )
    label = forms.CharField(
        max_length=8, label="Label of the exhibit", help_text="Write it, to show that it is meant."
    )

    def __init__(self, *args: Any, exhibit: Exhibit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._exhibit = exhibit

    def clean_label(self) -> str:
        """Return the label if it is that of the exhibit."""
        label: str = self.cleaned_data["label"]
        if label.strip().upper() != self._exhibit.label:
            raise forms.ValidationError(f"This is exhibit {self._exhibit.label}.")
        return label


class CertifyForm(forms.Form):
    """Who certifies, and which exhibits."""

    name = forms.CharField(max_length=200, label="Your full name")
    capacity = forms.CharField(
        max_length=500,
        label="Your position, and why you are qualified",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    exhibits = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="The bytes of each are read again, whole.",
    )

    def __init__(self, *args: Any, offered: QuerySet[Exhibit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["exhibits"]
        chosen.queryset, chosen.initial = offered, list(offered)

    def certifier(self) -> Certifier:
        """Return who certifies."""
        return Certifier(self.cleaned_data["name"], self.cleaned_data["capacity"])


class FindingForm(AssertedForm):
    """Which exhibits a plan rests on: one suspect, candidate teachers, controls.

    In a matter with earlier plans, another one names the plan that it follows and says why.
    """

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

    follows = forms.ModelChoiceField(
        queryset=Finding.objects.none(),
        empty_label=None,
        label="Which plan does this one follow?",
        help_text="Both stay on record, with whatever came of them.",
    )
    why = forms.CharField(
        max_length=500,
        label="Why another plan?",
        help_text="What is changed, and for what reason. It is sealed with the plan.",
    )

    def __init__(
        self,
        *args: Any,
        ready: QuerySet[Exhibit],
        earlier: QuerySet[Finding],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, ready=ready, **kwargs)
        self._ask_for_change(earlier)
        for field, role in (
            ("suspect", "suspect"),
            ("teachers", "teacher"),
            ("controls", "control"),
        ):
            chosen = ready.filter(role=role)
            self.fields[field].queryset = chosen  # type: ignore[attr-defined] # it is a choice field
            if field != "suspect":
                self.fields[field].initial = list(chosen)

    def _ask_for_change(self, earlier: QuerySet[Finding]) -> None:
        if not earlier.exists():
            del self.fields["follows"], self.fields["why"]
            return
        follows: Any = self.fields["follows"]
        follows.queryset, follows.initial = earlier, earlier.first()

    def change(self) -> Change | None:
        """Return which plan this one follows and why; None for the first plan of a matter."""
        if "follows" not in self.fields:
            return None
        return Change(self.cleaned_data["follows"], self.cleaned_data["why"])

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
