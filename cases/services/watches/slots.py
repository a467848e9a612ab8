"""When a watch is due: the slots of its schedule, the same whoever counts them.

A schedule is a crontab in the time zone of the watch, or an interval counted from its opening. A
wall-clock time that summer time leaves out is its next hour's, and one that comes twice is once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from django_celery_beat.models import CrontabSchedule, IntervalSchedule

from audit.analysis.errors import WrongSettingError

# More slots than this are counted as so many: nobody has use for the number.
MOST = 10_000
# A look so much later than its slot is a missed one.
GRACE = timedelta(minutes=5)
_FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one schedule, counted from a time."""

    schedule: CrontabSchedule | IntervalSchedule
    since: datetime

    def after(self, moment: datetime) -> datetime:
        """Return the first slot after a time."""
        if isinstance(self.schedule, IntervalSchedule):
            each: timedelta = self.schedule.schedule.run_every
            return self.since + ((moment - self.since) // each + 1) * each
        crontab = self.schedule.schedule
        base, wait, _ = crontab.remaining_delta(moment.astimezone(crontab.tz), tz=crontab.tz)
        found: datetime = (base + wait).astimezone(UTC)
        return found

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """Return the slots from one, which is itself a slot, to a time; the last MOST at most."""
        if isinstance(self.schedule, IntervalSchedule):
            each = self.schedule.schedule.run_every
            first = max(first, first + ((last - first) // each - MOST) * each)
        found = []
        while first <= last:
            found.append(first)
            first = self.after(first)
        return found[-MOST:]


def crontab_of(text: str, zone: str) -> CrontabSchedule:
    """Return the crontab of five fields in a time zone; raises WrongSettingError for a bad one."""
    words = text.split()
    if len(words) != len(_FIELDS):
        raise WrongSettingError(
            f"The schedule {text!r} is not a crontab: give minute, hour, day of the month, month"
            " and day of the week, such as 30 6 * * *."
        )
    if zone not in available_timezones():
        raise WrongSettingError(f"There is no time zone {zone!r}: name one such as Europe/Berlin.")
    found = CrontabSchedule(**dict(zip(_FIELDS, words, strict=True)), timezone=zone)
    try:
        Slots(found, datetime(2026, 1, 1, tzinfo=UTC)).after(datetime(2026, 1, 1, tzinfo=UTC))
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise WrongSettingError(
            f"The schedule {text!r} names no time that ever comes ({str(error).rstrip('.')}): give"
            " minute, hour, day of the month, month and day of the week, such as 30 6 * * *."
        ) from error
    return found
