"""The list of matters, a new matter, and one matter with its timeline."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.forms.matters import MatterForm, PersonForm
from cases.http import SignedInRequest
from cases.rules import access
from cases.services import checkpoints, custody, designations, holds, matters, stamping

PAGE = 25
# A longer chain is checked as a whole only when that is asked for.
CHECKED_AT_ONCE = 1000


@login_required
@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """Show the matters that this person may read."""
    page = Paginator(queries.matters_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "matters/index.html", {"page": page})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Open a matter."""
    form = MatterForm(request.POST or None)
    if form.is_valid():
        matter = matters.open_matter(**form.cleaned_data, by=request.user)
        return redirect("matter", matter.pk)
    return render(request, "matters/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show one matter: its exhibits and its findings."""
    matter = queries.matter_to_read(request.user, matter_id)
    exhibits = designations.with_marks(matter.exhibits.select_related("source", "party"))
    context = {
        "matter": matter,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "exhibits": Paginator(exhibits, PAGE).get_page(request.GET.get("exhibits")),
        "findings": Paginator(
            matter.findings.select_related("run", "report", "asked_by"), PAGE
        ).get_page(request.GET.get("findings")),
        "failed": queries.failed_findings(matter),
        "holds": holds.standing(matter),
        "checkpoint": (last := checkpoints.latest(matter)),
        "stamped": stamping.state_of(last),
        "designation": designations.of_matter(matter),
        "reading": exhibits.filter(disposed_at__isnull=True).exists(),
    }
    return render(request, "matters/show.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def people(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show who may enter a matter, and let those who may act change it."""
    guard = queries.matter_to_act_on if request.method == "POST" else queries.matter_to_read
    matter = guard(request.user, matter_id)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        person, level = form.cleaned_data["person"], form.cleaned_data["level"] or None
        try:
            matters.set_level(matter, person, level, by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("people", matter.pk)
    members = matter.memberships.select_related("user").order_by("user__username")
    context = {
        "matter": matter,
        "form": form,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "page": Paginator(members, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "matters/people.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def signed(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the checkpoints of a matter's ledger with their time-stamps, newest first."""
    matter = queries.matter_to_read(request.user, matter_id)
    made = matter.checkpoints.prefetch_related("stamps").order_by("-size")
    page = Paginator(made, PAGE).get_page(request.GET.get("page"))
    context = {
        "matter": matter,
        "page": page,
        "stamped": stamping.state_of(checkpoints.latest(matter)),
        "keys": checkpoints.verifier_keys(),
    }
    return render(request, "matters/signed.html", context)


@login_required
@require_GET
def timeline(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the chain of custody of a matter, newest first, and whether it holds."""
    matter = queries.matter_to_read(request.user, matter_id)
    page = Paginator(matter.custody.order_by("-number"), PAGE).get_page(request.GET.get("page"))
    last, first = page.object_list[0].number, page.object_list[len(page.object_list) - 1].number
    whole = page.paginator.count <= CHECKED_AT_ONCE or "whole" in request.GET
    context = {
        "matter": matter,
        "page": page,
        "whole": whole,
        "first": first,
        "last": last,
        "problems": custody.problems(matter)
        if whole
        else custody.problems_from(matter, first, last),
    }
    return render(request, "matters/timeline.html", context)
