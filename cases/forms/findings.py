"""What comes in when a finding is asked for, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from audit.analysis.plan import OFFERED_NEAR_PROMPT
from cases.assertions import AssertedForm
from cases.models import Exhibit, Finding
from cases.services.findings import Change


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
