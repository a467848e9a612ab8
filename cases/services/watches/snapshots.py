"""Teachers change too: whether the answers of a teacher are of the time of the newest release."""

from datetime import date, timedelta

from cases.models import Exhibit, Watch, WatchEvent
from cases.services.watches.design import Design
from cases.services.watches.due import current_plan
from cases.services.watches.looking import latest
from cases.services.watches.timeline import day_of, released_on, standing_events

# A release so much later than a snapshot may have been trained on outputs that it does not hold.
LONG = timedelta(days=180)


def snapshots_in_words(watch: Watch) -> list[str]:
    """Return what is to be said of the age of the teachers' exhibits; [] for nothing."""
    chosen = Design.from_dict(current_plan(watch).plan["design"]).exhibits
    teachers = [
        one
        for one in watch.matter.exhibits.filter(withdrawn_at__isnull=True)
        if one.role == Exhibit.Role.TEACHER
    ]
    dates = _dates(watch, teachers)
    used = [one for one in teachers if one.label in chosen]
    if not used:
        return []
    return [*_old(watch, used, dates), *_newer(teachers, used, dates)]


def _dates(watch: Watch, teachers: list[Exhibit]) -> dict[int, date]:
    """Return the day of each snapshot: as an event says, else when it was handed in."""
    said = {
        one.exhibit_id: one.happened_on
        for one in standing_events(watch)
        if one.kind == WatchEvent.Kind.TEACHER and one.exhibit_id
    }
    return {one.pk: said.get(one.pk, day_of(watch, one.received_at)) for one in teachers}


def _old(watch: Watch, used: list[Exhibit], dates: dict[int, date]) -> list[str]:
    release, newest = latest(watch), max(used, key=lambda one: dates[one.pk])
    if release is None:
        return []
    apart = released_on(release) - dates[newest.pk]
    if apart < LONG:
        return []
    said = (
        f"The newest answers of a teacher in the plan, exhibit {newest.label}, are of"
        f" {dates[newest.pk]}, {apart.days:,} days before {str(release).lower()}."
        " Whether that release was trained on what the teacher said later cannot be seen from"
        " them: hand in newer answers of the teacher, and change the plan."
    )
    return [said]


def _newer(teachers: list[Exhibit], used: list[Exhibit], dates: dict[int, date]) -> list[str]:
    newest = max(dates[one.pk] for one in used)
    return [
        f"Exhibit {one.label}, {one.model_name}, holds answers of a teacher of {dates[one.pk]},"
        f" newer than any in the plan ({newest}), and the plan does not use it."
        for one in teachers
        if one not in used and dates[one.pk] > newest
    ]
