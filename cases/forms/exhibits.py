"""What comes in from the pages of exhibits, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from cases.models import Designation, Exhibit, Finding
from cases.services.certifications import Certifier
from cases.services.exhibits import Deposit


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
    """Who certifies, and which exhibits and findings."""

    name = forms.CharField(max_length=200, label="Your full name")
    capacity = forms.CharField(
        max_length=500,
        label="Your position, and why you are qualified",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    relation = forms.CharField(
        max_length=300,
        label="Your relation to the party that offers them",
        help_text="Such as: employed by it, retained by its counsel, or none.",
    )
    exhibits = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The bytes of each are read again, whole.",
    )
    findings = forms.ModelMultipleChoiceField(
        queryset=Finding.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The result of each is computed again from the native files of its exhibits, "
        "after a self-test. That takes as long as it did at first, without the embedding.",
    )

    def __init__(
        self,
        *args: Any,
        offered: QuerySet[Exhibit],
        computed: QuerySet[Finding],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["exhibits"]
        chosen.queryset, chosen.initial = offered, list(offered)
        findings: Any = self.fields["findings"]
        findings.queryset = computed

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of nothing."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (self.errors or cleaned["exhibits"] or cleaned["findings"]):
            raise forms.ValidationError("Nothing is chosen. Choose an exhibit or a finding.")
        return cleaned

    def certifier(self) -> Certifier:
        """Return who certifies."""
        return Certifier(*(self.cleaned_data[name] for name in ("name", "capacity", "relation")))
