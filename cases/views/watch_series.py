"""The series of a watch: likeness and ratio over the releases among events, and entering one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.forms.timelines import EventForm
from cases.http import SignedInRequest
from cases.models import Watch
from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.reports.charts.ratios import ratios
from cases.reports.charts.series import Event, Seen, series
from cases.rules import access
from cases.services import watches

MOST_DRAWN = 30
_DRAWN = {"terms", "teacher", "other"}
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One series with its figures; `left_out` audits and events before are in tables alone."""

    of: Told
    charts: tuple[Chart, ...]
    left_out: int


def timeline_of(request: SignedInRequest, watch: Watch) -> list[watches.Mark]:
    """Return the timeline as far as this person may see it."""
    level = queries.level_in(request.user, watch.matter_id)
    return watches.timeline(watch, drafts=access.may_review(level))


def drawn(watch: Watch, marks: Sequence[watches.Mark]) -> list[Drawn]:
    """Return the series of a watch; more rows than MOST_DRAWN would not be told apart."""
    shown = [one for one in marks if one.kind in _DRAWN and not one.replaced]
    return [_drawn(one, shown) for one in watches.series_of(watch)]


def _drawn(one: Told, marks: Sequence[watches.Mark]) -> Drawn:
    whole = list(_lines(one["points"], marks))
    lines = whole[_start(whole) :][:MOST_DRAWN]
    label, model = one["label"], one["model"]
    likeness = series(label, model, [_likeness(line) for line in lines])
    ratio = ratios(label, model, [_ratio(line) for line in lines], _thresholds(lines))
    charts = (likeness, ratio) if ratio else (likeness,)
    return Drawn(one, charts, len(whole) - len(lines))


def _start(lines: Sequence[Told | Event]) -> int:
    """Return from where on lines are drawn: from an audit on, so that each figure has one."""
    if len(lines) <= MOST_DRAWN:
        return 0
    audits = [place for place, line in enumerate(lines) if not isinstance(line, Event)]
    return next((place for place in audits if place >= len(lines) - MOST_DRAWN), audits[-1])


def _lines(points: Sequence[Told], marks: Sequence[watches.Mark]) -> Iterator[Told | Event]:
    """Yield audits and events in the order of time, and where another version of the plan begins.

    An event stands before a release of the same day.
    """
    waiting, version = list(marks), points[0].get("version", 1)
    for point in points:
        while waiting and waiting[0].on <= _day(point):
            yield _event(waiting.pop(0))
        if point.get("version", 1) != version:
            version = point["version"]
            yield Event("version", f"From here: version {version} of the plan")
        yield point
    yield from map(_event, waiting)


def _event(mark: watches.Mark) -> Event:
    return Event(mark.kind, f"{mark.on} {mark.what}: {mark.text}")


def _day(point: Told) -> date:
    return date.fromisoformat(point["on"]) if point.get("on") else date.min


def _name(point: Told) -> str:
    day = f", {point['on']}" if point.get("on") else ""
    return f"release {point['release']}{day}"


def _likeness(line: Told | Event) -> Seen | Event:
    if isinstance(line, Event):
        return line
    likeness, asked = line["likeness"], not line["ordinary_course"]
    ends = likeness["estimate"], likeness["low"], likeness["high"]
    return Seen(_name(line), *ends, asked=asked)


def _ratio(line: Told | Event) -> Seen | Event:
    if isinstance(line, Event):
        return line
    asked, at = not line["ordinary_course"], line["log10_lr"]
    low, high = (0.0, 0.0) if at is None else (line["low"], line["high"])
    return Seen(_name(line), at, low, high, line["abstains"], asked=asked)


def _thresholds(lines: Sequence[Told | Event]) -> list[float]:
    """Return the threshold at each line: of an event that of the audit before, or of the first."""
    known = [line.get("threshold", 1.0) for line in lines if not isinstance(line, Event)]
    at, found = known[0], []
    for line in lines:
        at = at if isinstance(line, Event) else line.get("threshold", at)
        found.append(at)
    return found


def _charts(request: SignedInRequest, watch: Watch) -> dict[str, Chart]:
    series_of = drawn(watch, timeline_of(request, watch))
    return {chart.key: chart for one in series_of for chart in one.charts}


@login_required
@require_GET
def charts(request: SignedInRequest, matter_id: int, number: int) -> JsonResponse:
    """Hand out what the page of a watch draws."""
    watch = queries.watch_to_read(request.user, matter_id, number)
    return JsonResponse({key: one.spec for key, one in _charts(request, watch).items()})


@login_required
@require_GET
def picture(request: SignedInRequest, matter_id: int, number: int, key: str) -> HttpResponse:
    """Hand out a series as a picture, for pages without scripts."""
    watch = queries.watch_to_read(request.user, matter_id, number)
    if (chart := _charts(request, watch).get(key)) is None:
        raise Http404("There is no such figure.")
    return HttpResponse(svg(chart), content_type="image/svg+xml")


@login_required
@require_http_methods(["GET", "POST"])
def new_event(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Enter an event on the timeline of a watch."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    watch = queries.watch_to_read(request.user, matter_id, number)
    form = EventForm(request.POST or None, watch=watch)
    if form.is_valid():
        try:
            watches.enter_event(watch, form.happened(), by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("watch", matter_id, number)
    context = {"matter": matter, "watch": watch, "form": form}
    return render(request, "watches/event.html", context, status=422 if form.errors else 200)
