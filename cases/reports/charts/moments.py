"""Round moments for an axis of time, in UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cases.reports.charts.plotting import Tick

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS = (
    *(count * _MINUTE for count in (1, 2, 5, 10, 20, 30)),
    *(count * _HOUR for count in (1, 2, 3, 6, 12)),
    *(count * _DAY for count in (1, 2, 4, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 30_000)
_MOST_STEPS = 4
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


def ticks_of(first: datetime, last: datetime, least: int = _MINUTE) -> tuple[Tick, ...]:
    """Return at most six ticks that hold both moments, as seconds since 1970, in whole steps.

    `least` is the shortest step in seconds, such as a day where only dates are known.
    """
    span = (last - first).total_seconds()
    for step in (one for one in _STEPS if one >= least):
        if span / step <= _MOST_STEPS:
            return _by_seconds(first, last, step)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next(one for one in _MONTHS if months / one <= _MOST_STEPS)
    return tuple(_by_months(first, last, step))


def _by_seconds(first: datetime, last: datetime, step: int) -> tuple[Tick, ...]:
    start = int(first.timestamp() // step) * step
    end = -int(-last.timestamp() // step) * step
    form = "%Y-%m-%d" if step >= _DAY else "%m-%d %H:%M"
    places = range(start, max(end, start + step) + 1, step)
    return tuple(Tick(at, f"{_moment(at):{form}}") for at in places)


def _moment(at: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)


def _by_months(first: datetime, last: datetime, step: int) -> Iterator[Tick]:
    month = (first.year * 12 + first.month - 1) // step * step
    at = _first_of(month)
    yield _month(at)
    while at < min(last, _LAST):
        month += step
        at = _first_of(month)
        yield _month(at)


def _first_of(month: int) -> datetime:
    year, place = divmod(month, 12)
    return min(datetime(min(max(year, 1), 9999), place + 1, 1, tzinfo=UTC), _LAST)


def _month(at: datetime) -> Tick:
    return Tick(at.timestamp(), at.isoformat()[:7])
