"""Opening a watch and changing it: what it takes and what it means is shown before it is done."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from audit.services import collections
from cases import proposals, queries
from cases.forms.watches import (
    ChangeForm,
    CloseForm,
    GroupedForm,
    OpeningForm,
    ReleaseForm,
    TellingForm,
    TimingForm,
)
from cases.http import SignedInRequest
from cases.models import Watch, WatchPlan
from cases.proposals import Proposal
from cases.services import watches
from cases.tasks import ring, watch_run

PAGE = 10


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Open a watch, once its opener has seen what it takes."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    ready = queries.ready_exhibits(matter).order_by("number")
    form = OpeningForm(request.POST or None, request.FILES or None, ready=ready)
    proposal = None
    if form.is_valid():
        try:
            if not request.user.is_staff:
                collections.require_known(form.described())
            proposal = proposals.opening(form)
            if _agreed(request, proposal):
                who = request.user.get_full_name() or request.user.get_username()
                opened = proposals.open_as_proposed(
                    matter, form, confirmed_by=who, by=request.user
                )
                return redirect("watch", matter.pk, opened.number)
            form.keep_file()
        except TouchstoneError as error:
            form.add_error(None, str(error))
    context = {"matter": matter, "form": form, "proposal": proposal}
    return render(request, "watches/new.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Seal another version of the plan, once its author has seen what differs."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    form, proposal = _change_form(request, watch), None
    if form.is_valid():
        try:
            proposal = proposals.changing(watch, form)
            if _agreed(request, proposal):
                sealed = proposals.change_as_proposed(watch, form, by=request.user)
                messages.success(request, f"Version {sealed.version} of the plan is sealed.")
                return redirect("watch", matter_id, number)
            form.keep_file()
        except TouchstoneError as error:
            form.add_error(None, str(error))
    context = {"matter": watch.matter, "watch": watch, "form": form, "proposal": proposal}
    last = watches.current_plan(watch).version
    context |= {"last": last, "version": last + 1}
    return render(request, "watches/change.html", context, status=422 if form.errors else 200)


def _change_form(request: SignedInRequest, watch: Watch) -> ChangeForm:
    last = watches.current_plan(watch)
    return ChangeForm(
        request.POST or None,
        request.FILES or None,
        ready=queries.ready_exhibits(watch.matter).order_by("number"),
        before=watches.Design.from_dict(last.plan["design"]),
        of=watches.endpoint_of(last),
    )


def _agreed(request: SignedInRequest, proposal: Proposal) -> bool:
    """Tell whether the person agrees to exactly this; says so where it is another by now."""
    seen = request.POST.get("seen", "")
    if request.POST.get("step") != "agree":
        return False
    if seen == proposal.digest:
        return True
    messages.info(request, "It is not what was shown before: see again what it takes.")
    return False


@login_required
@require_GET
def versions(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show the versions of the plan, each with what differs from the one before."""
    watch = queries.watch_to_read(request.user, matter_id, number)
    found = watch.plans.select_related("sealed_by").order_by("-version")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    last = page.object_list[len(page.object_list) - 1]
    rows = [*page, found.filter(version=last.version - 1).first()]
    current = watches.settings_of(watches.current_plan(watch).plan)
    context = {
        "matter": watch.matter,
        "watch": watch,
        "page": page,
        "versions": [_version(one, before) for one, before in pairwise(rows)],
        "settings": current.items(),
    }
    return render(request, "watches/versions.html", context)


def _version(one: WatchPlan | None, before: WatchPlan | None) -> dict[str, Any]:
    differs = watches.differences(before.plan, one.plan) if one and before else []
    return {"of": one, "differs": differs}


@login_required
@require_http_methods(["GET", "POST"])
def times(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Look at other times."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    form = TimingForm(request.POST or None, initial=TimingForm.initial_of(watch))

    def done() -> str:
        timing = form.timing()
        changed = watches.retime(watch, timing, by=request.user)
        said = "Other times hold from now on." if changed else "The times are as they were."
        return f"{said} {watches.too_often(watch)}".strip()

    lead = (
        "Other times are no other version of the plan: what is asked stays the same. They are"
        " entered into custody. A look that is due already stays due."
    )
    return _edited(request, watch, form, done, ("Change the times", lead))


@login_required
@require_http_methods(["GET", "POST"])
def told(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Set who is told."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    form = TellingForm(request.POST or None, initial=TellingForm.initial_of(watch))

    def done() -> str:
        watches.tell_where(watch, form.telling(), by=request.user)
        return "It is set who is told from now on."

    lead = "It holds for notices from now on. What is on its way goes to those who are set now."
    return _edited(request, watch, form, done, ("Set who is told", lead))


@login_required
@require_http_methods(["GET", "POST"])
def close(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Close a watch for good."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    form = CloseForm(request.POST or None)

    def done() -> str:
        if not watches.close(watch, form.cleaned_data["why"], by=request.user):
            return "The watch was closed before."
        return "The watch is closed for good."

    lead = (
        "A closed watch is never looked at again and cannot be opened again: to rest, pause it."
        " Nothing of it is removed: plans, releases, runs, series and notices stay on record and"
        " readable. What is under way comes to its end."
    )
    return _edited(request, watch, form, done, ("Close the watch for good", lead))


@login_required
@require_http_methods(["GET", "POST"])
def release(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Enter a release that a person knows of, and have it audited."""
    watch = queries.watch_to_act_on(request.user, matter_id, number)
    last = watch.releases.select_related("endpoint").order_by("-number").first()
    model = last.endpoint.model if last else watches.current_plan(watch).plan["endpoint"]["model"]
    form = ReleaseForm(request.POST or None, initial={"model": model})

    def done() -> str:
        run = watches.enter_release(watch, form.announced(), by=request.user)
        ring(watch_run, run.pk)
        entered = run.release.number if run.release else 0
        return f"Release {entered} is on record, and its audit is asked for."

    known = (
        f"The last on record is release {last.number}, noticed on {last.noticed_at:%Y-%m-%d} by"
        f" {last.get_noticed_by_display()}: enter another only if it is not that one. "
        if last
        else ""
    )
    lead = (
        f"{known}It is audited at once, so enter it when the endpoint serves it. It stands on"
        " record as entered by a person, and its audit as asked for by one: neither is a record"
        " of the ordinary course."
    )
    return _edited(request, watch, form, done, ("Enter a release", lead))


def _edited(
    request: SignedInRequest,
    watch: Watch,
    form: GroupedForm,
    done: Callable[[], str],
    words: Iterable[str],
) -> HttpResponse:
    """Carry out what a form of one step asks for, or show it with what is wrong."""
    if form.is_valid():
        try:
            messages.success(request, done())
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("watch", watch.matter_id, watch.number)
    title, lead = words
    context = {"matter": watch.matter, "watch": watch, "form": form, "title": title, "lead": lead}
    return render(request, "watches/edit.html", context, status=422 if form.errors else 200)
