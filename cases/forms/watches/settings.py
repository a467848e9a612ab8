"""The settings that a person may choose for a plan of a watch, with their defaults."""

from typing import ClassVar

from django import forms

from audit.analysis import battery
from audit.analysis.plan import Parameters
from audit.collect.plan import MOST_CONCURRENCY, MOST_PROMPT
from cases.forms.watches.grouping import Group, GroupedForm
from cases.forms.watches.prompts import MOST_BYTES
from cases.models import Exhibit

DEFAULTS = Parameters()
KEPT, SHARED, BATTERY, OWN, DRAWN = "kept", "shared", "battery", "own", "drawn"
_LINES = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})


class PlanFields(GroupedForm):
    """The settings of a plan, each with its default."""

    GROUPS: ClassVar[tuple[Group, ...]] = (
        Group(
            "What is asked",
            ("put", "battery_count", "battery_language", "own", "own_file"),
            lead="These prompts are put to each release, once each. Only prompts that every chosen"
            " teacher and control answers too can count in an audit.",
        ),
        Group("What it is held against", ("teachers", "controls", "threshold")),
        Group(
            "Limits",
            ("price_in", "price_out", "currency", "money", "tokens", "rate"),
            lead="A budget holds for each look and each audit by itself. A run ends before a call"
            " that could take it beyond.",
        ),
        Group(
            "Finer settings",
            (
                "sentinels_from", "drawn", "sentinels", "repeats", "reserve", "looks_per_alarm",
                "system", "temperature", "seed", "max_tokens", "at_once", "attempts", "alpha",
                "least_controls", "least_prompts", "draw_seed",
            ),
            folded=True,
            lead="The defaults do for most lines. All of it is sealed with the plan.",
        ),
    )  # fmt: skip

    put = forms.ChoiceField(
        choices=(
            (SHARED, "the prompts that all chosen files answer"),
            (BATTERY, "prompts of the stored battery"),
            (OWN, "prompts of your own, below"),
        ),
        initial=SHARED,
        label="Prompts of an audit",
    )
    battery_count = forms.IntegerField(
        min_value=1,
        required=False,
        label="How many of the battery",
        help_text="Empty: all of that language.",
    )
    battery_language = forms.ChoiceField(
        choices=(("", "every language"), *((one, one) for one in battery.LANGUAGES)),
        required=False,
        label="Language of the battery",
    )
    own = forms.CharField(
        max_length=MOST_BYTES,
        required=False,
        widget=_LINES,
        label="Your own prompts",
        help_text="One on each line. A line that begins with { is JSON with the prompt in text.",
    )
    own_file = forms.FileField(
        required=False,
        label="Or a file of them",
        help_text=".txt with one on each line, or .jsonl as manage.py battery writes it; at most"
        f" {MOST_BYTES // 1000:,} kB.",
    )
    teachers = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="The models whose outputs a release may have been trained on.",
    )
    controls = forms.ModelMultipleChoiceField(
        queryset=Exhibit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Models of the same time and kind that are asserted to be independent.",
    )
    threshold = forms.FloatField(
        min_value=1,
        initial=10,
        label="Likelihood ratio from which people are told",
        help_text="It sends a notice and decides nothing.",
    )
    money = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        label="Budget of each run, in money",
        help_text="It needs prices.",
    )
    tokens = forms.IntegerField(min_value=1, required=False, label="Budget of each run, in tokens")
    rate = forms.FloatField(
        min_value=0,
        max_value=1000,
        initial=1.0,
        label="Requests a second, at most",
        help_text="0 is no limit.",
    )
    sentinels_from = forms.ChoiceField(
        choices=((DRAWN, "drawn from the prompts of an audit"), (OWN, "those named below")),
        initial=DRAWN,
        label="Sentinel prompts",
        help_text="They are put at every look. Other answers to them than before tell of a release"
        " that nobody has announced.",
    )
    drawn = forms.IntegerField(
        min_value=1, max_value=200, initial=12, required=False, label="How many are drawn"
    )
    sentinels = forms.CharField(
        max_length=MOST_BYTES,
        required=False,
        widget=_LINES,
        label="Sentinel prompts of your own",
        help_text="One on each line, as above.",
    )
    repeats = forms.IntegerField(
        min_value=2,
        max_value=100,
        initial=3,
        label="Answers to each sentinel prompt",
        help_text="More notice smaller changes, and cost as much more at every look.",
    )
    reserve = forms.IntegerField(
        min_value=1,
        max_value=50,
        initial=3,
        label="Looks kept in reserve",
        help_text="How many looks back a look is held against: a slow change needs more.",
    )
    looks_per_alarm = forms.IntegerField(
        min_value=2,
        max_value=1_000_000,
        initial=365,
        label="Looks in which one false alarm may come, in the mean",
    )
    system = forms.CharField(
        max_length=MOST_PROMPT,
        required=False,
        widget=_LINES,
        label="System prompt",
        help_text="The same that teachers and controls were asked with; empty is none.",
    )
    temperature = forms.FloatField(
        min_value=0, required=False, help_text="Empty: as the model is offered."
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        label="Seed of the answers",
        help_text="Only where the API takes one.",
    )
    max_tokens = forms.IntegerField(
        min_value=1, max_value=100_000, initial=1024, label="Tokens of an answer, at most"
    )
    at_once = forms.IntegerField(
        min_value=1, max_value=MOST_CONCURRENCY, initial=4, label="Asked at once, at most"
    )
    attempts = forms.IntegerField(
        min_value=1, max_value=20, initial=6, label="Attempts at one call, at most"
    )
    alpha = forms.FloatField(
        initial=DEFAULTS.alpha,
        label="Level of the rank test",
        help_text="It can be made stricter than in other plans, and not laxer.",
    )
    least_controls = forms.IntegerField(
        initial=DEFAULTS.least_controls, max_value=1000, label="Controls of an audit, at least"
    )
    least_prompts = forms.IntegerField(
        initial=DEFAULTS.least_prompts,
        max_value=DEFAULTS.most_prompts,
        label="Answered prompts of an audit, at least",
    )
    draw_seed = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        initial=DEFAULTS.seed,
        label="Seed of what is drawn",
        help_text="It fixes which prompts are drawn, before any number exists.",
    )
