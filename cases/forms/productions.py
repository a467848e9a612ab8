"""What comes in when a production is asked for, checked."""

from __future__ import annotations

from django import forms

from cases.services import bates, productions


class ProductionForm(forms.Form):
    """Which prefix the numbers of a production have, and how its load file is written."""

    bates_prefix = forms.CharField(
        max_length=15,
        label="Prefix of the Bates numbers",
        help_text="Capital letters, digits, hyphens or underscores; a letter first, no digit "
        "last. Numbers that were given before keep theirs.",
    )
    digits = forms.IntegerField(min_value=3, max_value=10, initial=bates.DIGITS)
    profile = forms.ChoiceField(
        label="Load file",
        choices=[(name, name) for name in productions.PROFILES],
        help_text="There is no standard: ask whoever receives it which they read.",
    )
