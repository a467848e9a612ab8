"""What comes in from pages on protective orders, redactions and privilege, checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from cases.models import Designation, PrivilegeEntry, PrivilegeLog
from cases.reports.redaction import MOST, Passage

# Empty rows that a page offers, and how many more at a time.
_ROWS = 3
# What is redacted is not kept by the browser either.
_UNKEPT = {"autocomplete": "off", "spellcheck": "false"}


class DesignationForm(forms.Form):
    """How an exhibit must be handled from now on, and why."""

    mark = forms.ChoiceField(
        choices=Designation.Mark.choices,
        required=False,
        label="Designation",
        help_text="Whatever rests on the exhibit takes the highest mark of all that it rests on.",
    )
    reason = forms.CharField(
        max_length=500,
        required=False,
        help_text="Needed to lower it: the order or stipulation. It is sealed into custody.",
    )


class PassageForm(forms.Form):
    """One passage: its text or the path of a field, and the ground."""

    text = forms.CharField(
        max_length=5000,
        required=False,
        strip=False,
        label="Text",
        widget=forms.Textarea(attrs=_UNKEPT | {"rows": 2}),
    )
    path = forms.CharField(
        max_length=300,
        required=False,
        label="Or the path of a field in results.json",
        widget=forms.TextInput(attrs=_UNKEPT | {"placeholder": "exhibits.0.filename"}),
    )
    ground = forms.CharField(
        max_length=200,
        label="Ground",
        widget=forms.TextInput(attrs={"placeholder": "Protective Order 7(b)"}),
    )

    def clean(self) -> dict[str, Any]:
        """Require a text or a path, and not both."""
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("text")) == bool(given.get("path")):
            raise forms.ValidationError("Give a text, or the path of a field.")
        return given


class PassageForms(BaseFormSet):  # type: ignore[type-arg] # takes none when it runs
    """The passages of one redacted version."""

    refused = ""

    def passages(self) -> list[Passage]:
        """Return what is to be taken out."""
        given = [one.cleaned_data for one in self.forms if one.has_changed()]
        return [Passage(one["ground"], one["text"], one["path"]) for one in given]

    def refuse(self, why: str) -> None:
        """Say why no redacted version was made."""
        self.refused = why

    @property
    def problems(self) -> list[str]:
        """What is said above the rows."""
        if self.refused:
            return [self.refused]
        if not self.is_bound or self.is_valid():
            return []
        several: list[str] = [str(one) for one in self.non_form_errors()]
        return several or ["Nothing was made. See the fields marked below."]


_PASSAGES: Any = formset_factory(
    PassageForm,
    formset=PassageForms,
    extra=_ROWS,
    min_num=1,
    validate_min=True,
    max_num=MOST,
    absolute_max=MOST,
    validate_max=True,
)


def passages_of(data: QueryDict | None) -> PassageForms:
    """Return the rows that were sent, or empty ones; with `more`, what was sent and more rows."""
    found: PassageForms
    if data is None:
        found = _PASSAGES()
    elif "more" in data:
        found = _PASSAGES(initial=list(_filled(data)))
    else:
        found = _PASSAGES(data)
    return found


def _filled(data: QueryDict) -> Iterator[dict[str, str]]:
    for row in range(MOST):
        given = {name: data.get(f"form-{row}-{name}", "") for name in PassageForm.base_fields}
        if any(given.values()):
            yield given


class PrivilegeEntryForm(forms.ModelForm):  # type: ignore[type-arg] # takes none when it runs
    """One entry of the privilege log."""

    class Meta:
        model = PrivilegeEntry
        fields = (
            "date",
            "kind",
            "author",
            "recipients",
            "custodian",
            "pages",
            "treatment",
            "basis",
            "category",
            "description",
        )
        labels = {  # noqa: RUF012 - Django reads it so
            "kind": "Type",
            "pages": "Bates numbers or range withheld",
            "basis": "Basis of the claim",
        }
        help_texts = {  # noqa: RUF012 - Django reads it so
            "date": "As 2026-05-03, where it is known.",
            "kind": "Such as email, memorandum, report.",
            "basis": "Such as attorney-client privilege, work product.",
            "category": "Documents of one category are one row of a categorical log.",
            "description": "The nature of the document, so that others can assess the claim, "
            "without revealing what is privileged (Rule 26(b)(5)(A)(ii)).",
        }
        widgets = {  # noqa: RUF012 - Django reads it so
            "description": forms.Textarea(attrs={"rows": 4}),
            "recipients": forms.Textarea(attrs={"rows": 2}),
        }


class LogForm(forms.Form):
    """In which mode a version of the privilege log is issued."""

    mode = forms.ChoiceField(choices=PrivilegeLog.Mode.choices)


class OrderForm(forms.Form):
    """Which order under Rule 502(d) governs disclosures in a matter."""

    order = forms.CharField(
        max_length=300,
        required=False,
        label="Order under Rule 502(d)",
        help_text="Its date and docket number; it stands on each version of the log.",
    )
