"""What comes in from the pages of a filing, checked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from cases.models import (
    Certification,
    Filing,
    FilingClause,
    FilingElement,
    FilingReview,
    FilingText,
)
from cases.rules import claims
from cases.services.filings import ClauseWritten, Verdict, is_given

# As long as a text may be: with all fields of a page it stays below what Django takes in.
MOST = 20_000
MOST_CLAUSE = 100_000
MOST_EVIDENCE = 5_000
MOST_GAPS = 2_000
_HELP = {
    FilingText.Kind.SCOPE: "What was asked, by whom, and what was not. Your own words.",
    FilingText.Kind.ASSUMPTIONS: "As counsel gave them, word for word. They are disclosed.",
    FilingText.Kind.REMARKS: "What the numbers do not say. Opinions are the expert's to write.",
    FilingText.Kind.PUBLICATIONS: "All of the last ten years, one a line.",
    FilingText.Kind.TESTIMONY: "Cases of the last four years, at trial or by deposition.",
    FilingText.Kind.COMPENSATION: "What is paid for study and testimony.",
}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class RevisionForm(forms.Form):
    """Anything that is written over what a person had before them."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class TextsForm(RevisionForm):
    """The texts of a filing."""

    def __init__(self, *args: Any, filing: Filing, **kwargs: Any) -> None:
        kept = dict(filing.texts.values_list("kind", "text"))
        initial = {kind: kept.get(kind, "") for kind in FilingText.Kind.values}
        kwargs["initial"] = initial | {"revision": filing.revision}
        super().__init__(*args, **kwargs)
        for kind in FilingText.Kind:
            is_name = kind == FilingText.Kind.NAME
            self.fields[kind.value] = forms.CharField(
                required=False,
                label=kind.label,
                max_length=200 if is_name else MOST,
                widget=forms.TextInput() if is_name else _area(4),
                help_text=_HELP.get(kind, ""),
            )

    def texts(self) -> dict[str, str]:
        """Return the texts by their kind."""
        return {kind: self.cleaned_data[kind] for kind in FilingText.Kind.values}


class ClauseForm(forms.Form):
    """One clause of terms as it was captured."""

    instrument = forms.CharField(
        max_length=200, label="Instrument", help_text="Such as terms of service, or a licence."
    )
    version = forms.CharField(max_length=200, required=False, label="Version")
    effective_from = forms.DateField(
        required=False, label="In force from", widget=forms.DateInput(attrs={"type": "date"})
    )
    effective_to = forms.DateField(
        required=False, label="In force to", widget=forms.DateInput(attrs={"type": "date"})
    )
    captured_at = forms.DateTimeField(
        required=False,
        label="Captured at (UTC)",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )
    source = forms.CharField(
        max_length=500, required=False, label="Source", help_text="Who captured it, from where."
    )
    text = forms.CharField(
        max_length=MOST_CLAUSE,
        label="Text",
        widget=_area(8),
        help_text="As it was captured, word for word; its SHA-256 is taken of it.",
    )
    gaps = forms.CharField(
        max_length=MOST_GAPS,
        required=False,
        label="Gaps",
        widget=_area(3),
        help_text="What is not known, such as days for which no capture is held.",
    )

    def __init__(self, *args: Any, clause: FilingClause | None, **kwargs: Any) -> None:
        if clause is not None:
            kwargs["initial"] = {name: getattr(clause, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse a clause that ends before it begins."""
        said = super().clean() or {}
        begins, ends = said.get("effective_from"), said.get("effective_to")
        if begins and ends and ends < begins:
            self.add_error("effective_to", "It ends before it begins. Mend one of the two days.")
        return said

    def written(self) -> ClauseWritten:
        """Return the clause."""
        return ClauseWritten(**self.cleaned_data)


class MatrixForm(RevisionForm):
    """The evidence held for every element and defence of a filing, each by its place."""

    def __init__(self, *args: Any, filing: Filing, **kwargs: Any) -> None:
        self.rows: list[FilingElement] = list(filing.elements.all())
        initial = {f"row-{one.place}": one.evidence for one in self.rows}
        kwargs["initial"] = initial | {"revision": filing.revision}
        super().__init__(*args, **kwargs)
        for one in self.rows:
            self.fields[f"row-{one.place}"] = forms.CharField(
                required=False, label=one.element, max_length=MOST_EVIDENCE, widget=_area(2)
            )

    def by_row(self) -> Iterable[tuple[FilingElement, forms.BoundField, bool]]:
        """Return each row with its field, and whether it stands in every filing."""
        return [(one, self[f"row-{one.place}"], is_given(one)) for one in self.rows]

    def evidence(self) -> dict[int, str]:
        """Return what is held, by the place of the row."""
        return {one.place: self.cleaned_data[f"row-{one.place}"] for one in self.rows}


class ElementForm(forms.Form):
    """A row more in the matrix."""

    claim = forms.CharField(
        max_length=200, help_text="One of those above, or another.", label="Claim"
    )
    element = forms.CharField(max_length=300, label="Element or defence")
    kind = forms.ChoiceField(choices=FilingElement.Kind.choices, label="Which of the two")

    def row(self) -> claims.Row:
        """Return the row."""
        return claims.Row(**self.cleaned_data)


class ReviewForm(RevisionForm):
    """What a reviewer comes to."""

    kind = forms.ChoiceField(
        choices=FilingReview.Kind.choices,
        label="Which review",
        help_text="Technical: method, numbers, conclusions. Administrative: names, dates, form.",
    )
    outcome = forms.ChoiceField(
        choices=FilingReview.Outcome.choices, label="Outcome", widget=forms.RadioSelect
    )
    remarks = forms.CharField(
        max_length=MOST,
        required=False,
        label="Remarks",
        widget=_area(5),
        help_text="For the author, and kept with the draft. Needed where you return it.",
    )

    def verdict(self) -> Verdict:
        """Return the verdict."""
        return Verdict(**self.cleaned_data)


class CertificationForm(forms.Form):
    """The certification that a filing speaks of."""

    certification = forms.ModelChoiceField(
        queryset=Certification.objects.none(),
        required=False,
        empty_label="none",
        label="Certification",
    )

    def __init__(self, *args: Any, offered: QuerySet[Certification], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["certification"]
        chosen.queryset = offered
