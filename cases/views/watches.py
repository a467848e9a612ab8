"""Watches of a matter: opening one, seeing what it saw, taking note of its notices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.http import SignedInRequest
from cases.models import Watch
from cases.rules import access
from cases.services import watches
from cases.tasks import ring, watch_run
from cases.views.watch_series import drawn, timeline_of

PAGE = 25


@login_required
@require_GET
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the watches of a matter."""
    matter = queries.matter_to_read(request.user, matter_id)
    found = queries.watches_of(matter)
    context = {
        "matter": matter,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "watches/index.html", context)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show what a watch does and what it saw."""
    watch = queries.watch_to_read(request.user, matter_id, number)
    plan = watches.current_plan(watch)
    may_act = access.may_act(queries.level_in(request.user, matter_id))
    marks = timeline_of(request, watch)
    context = {
        "matter": watch.matter,
        "watch": watch,
        "may_change": may_act and watch.state != Watch.State.ENDED,
        "schedule": watches.schedule_in_words(watch),
        "next": watches.next_looks(watch),
        "too_often": watches.too_often(watch),
        "plan": plan,
        "outdated": watch.state != Watch.State.ENDED and not watches.is_pinned(plan),
        "series": drawn(watch, marks),
        "ageing": watches.aged(watch),
        "snapshots": watches.snapshots_in_words(watch),
        **_pages(request, watch, marks),
    }
    return render(request, "watches/show.html", context)


def _pages(request: SignedInRequest, watch: Watch, marks: list[watches.Mark]) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "timeline": marks,
        "releases": watch.releases.select_related("endpoint").order_by("-number"),
        "runs": watch.runs.select_related(
            "release", "finding", "exhibit", "collection__endpoint"
        ).defer("likeness", "series"),
        "notices": watch.notices.select_related("acknowledged_by", "run"),
    }
    return {
        name: Paginator(found, PAGE).get_page(request.GET.get(name))
        for name, found in rows.items()
    }


@login_required
@require_POST
def act(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Pause or resume a watch, look at once, or pin it to what the site computes with now."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    match request.POST.get("act"):
        case "pause":
            watches.pause(watch, by=request.user)
        case "resume":
            watches.resume(watch, by=request.user)
        case "look":
            _look(request, watch)
        case "renew":
            _renew(request, watch)
        case _:
            messages.error(request, "Nothing was done: choose one of the buttons.")
    return redirect("watch", matter_id, number)


def _renew(request: SignedInRequest, watch: Watch) -> None:
    try:
        plan = watches.renew(watch, request.POST.get("why", "")[:500], by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Version {plan.version} of the plan is sealed.")


def _look(request: SignedInRequest, watch: Watch) -> None:
    try:
        run = watches.look_now(watch, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
        return
    if run is None:
        messages.error(request, "A look is under way already.")
    else:
        ring(watch_run, run.pk)


@login_required
@require_POST
def audit_again(
    request: SignedInRequest, matter_id: int, number: int, release: int
) -> HttpResponse:
    """Audit a release once more: two audits of one release show the noise."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    found = queries.release_of(watch, release)
    try:
        ring(watch_run, watches.audit_again(found, by=request.user).pk)
    except TouchstoneError as error:
        messages.error(request, str(error))
    return redirect("watch", matter_id, number)


@login_required
@require_POST
def acknowledge(
    request: SignedInRequest, matter_id: int, number: int, notice: int
) -> HttpResponse:
    """Take note of a notice; whoever may read may do so."""
    watch = queries.watch_to_read(request.user, matter_id, number)
    watches.acknowledge(queries.notice_of(watch, notice), by=request.user)
    return redirect("watch", matter_id, number)
