"""When a watch is looked at, as it comes in from a page."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms

from cases.forms.watches.grouping import Group, GroupedForm
from cases.models import Watch
from cases.services import watches


class TimingForm(GroupedForm):
    """A crontab or an interval, where it counts, and what of looks that a standstill missed."""

    GROUPS: ClassVar[tuple[Group, ...]] = (Group("When", ("crontab", "every", "zone", "missed")),)

    crontab = forms.CharField(
        max_length=100,
        required=False,
        initial="30 6 * * *",
        label="When it is looked at",
        help_text="Minute, hour, day of the month, month, day of the week: 30 6 * * * is every"
        " day at 6:30 in the time zone below.",
    )
    every = forms.IntegerField(
        min_value=1,
        max_value=366 * 86_400,
        required=False,
        label="Or every so many seconds",
        help_text="Counted from the opening of the watch. Leave one of the two empty.",
    )
    zone = forms.ChoiceField(
        choices=[(one, one) for one in sorted(available_timezones())],
        initial="UTC",
        label="Time zone",
        help_text="Of the schedule, the quiet hours and the digest. A time that summer time leaves"
        " out is that of the next hour, and one that comes twice counts once.",
    )
    missed = forms.ChoiceField(
        choices=(
            (Watch.Missed.ONCE, "made up for once"),
            (Watch.Missed.SKIP, "left out"),
        ),
        initial=Watch.Missed.ONCE,
        label="Looks missed by a standstill",
    )

    @staticmethod
    def initial_of(watch: Watch) -> dict[str, Any]:
        """Return what the fields begin with for a watch that is open."""
        found = watches.timing_of(watch)
        return {
            "crontab": found.crontab,
            "every": found.every_s or None,
            "zone": found.zone,
            "missed": found.missed,
        }

    def timing(self) -> watches.Timing:
        """Return when it is looked at."""
        given = self.cleaned_data
        every = given["every"] or 0
        return watches.Timing(given["zone"], given["crontab"], every, given["missed"])
