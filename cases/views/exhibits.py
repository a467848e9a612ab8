"""Handing in an exhibit, its disposition, and withdrawing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.analysis.errors import TouchstoneError
from audit.models import Job, Source
from cases import queries
from cases.forms.exhibits import EraseForm, ExhibitForm, WithdrawForm
from cases.forms.protective import DesignationForm
from cases.http import SignedInRequest
from cases.models import Erasure, ExhibitTree, Matter
from cases.rules import access
from cases.services import answers_erased, custody, designations, erasure, exhibits, holds
from cases.tasks import read_exhibit, ring

PAGE = 25
# A longer text is cut on the page, which says so: a record may hold megabytes.
MOST_SHOWN = 20_000


@login_required
@require_http_methods(["GET", "POST"])
def receive(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Take in one file as the next exhibit of a matter."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    given = {"party": request.GET.get("party", ""), "role": request.GET.get("role", "")}
    form = ExhibitForm(request.POST or None, request.FILES or None, initial=given)
    if form.is_valid():
        try:
            return _received(request, matter, form)
        except TouchstoneError as error:
            form.add_error("file", str(error))
    context = {"matter": matter, "form": form}
    return render(request, "exhibits/receive.html", context, status=422 if form.errors else 200)


def _received(request: SignedInRequest, matter: Matter, form: ExhibitForm) -> HttpResponse:
    exhibit = exhibits.receive(matter, form.upload().chunks(), form.deposit(), by=request.user)
    ring(read_exhibit, exhibit.pk)
    messages.success(request, f"Exhibit {exhibit.label} is received and will be read.")
    if "another" in request.POST:
        # The next file is most often of the same party and role.
        same = urlencode({name: form.cleaned_data[name] for name in ("party", "role")})
        return redirect(f"{reverse('receive', args=[matter.pk])}?{same}")
    return redirect("exhibit", matter.pk, exhibit.number)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show an exhibit with its disposition: what was taken, what was left out and why."""
    exhibit = queries.exhibit_to_read(request.user, matter_id, number)
    if exhibit.source.state == Source.State.READ:
        custody.record_reading(
            exhibit.matter, "records", {"exhibit": exhibit.label}, by=request.user
        )
    taken = queries.exchanges_to_show(exhibit, MOST_SHOWN)
    left_out = exhibit.source.left_out_records.order_by("record")
    context = {
        "matter": exhibit.matter,
        "exhibit": exhibit,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "job": Job.objects.filter(kind=Job.Kind.READ, subject=exhibit.source_id).first(),
        "exchanges": Paginator(taken, PAGE).get_page(request.GET.get("taken")),
        "left_out": Paginator(left_out, PAGE).get_page(request.GET.get("left_out")),
        "most_shown": MOST_SHOWN,
        "withdraw": WithdrawForm(),
        "holds": holds.standing(exhibit.matter),
        "erasure": Erasure.objects.filter(exhibit=exhibit).select_related("by").first(),
        "designation": designations.of_exhibit(exhibit),
        "designate": DesignationForm(initial={"mark": designations.of_exhibit(exhibit)}),
        "history": Paginator(exhibit.designations.select_related("by"), PAGE).get_page(
            request.GET.get("history")
        ),
        "tree": ExhibitTree.objects.filter(exhibit=exhibit).first(),
    }
    return render(request, "exhibits/show.html", context)


@login_required
@require_POST
def read_again(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Have a file read again whose reading failed."""
    queries.matter_to_act_on(request.user, matter_id)
    exhibit = queries.exhibit_to_read(request.user, matter_id, number)
    exhibits.read_again(exhibit, by=request.user)
    ring(read_exhibit, exhibit.pk)
    return redirect("exhibit", matter_id, number)


@login_required
@require_POST
def withdraw(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Take an exhibit out of further plans."""
    queries.matter_to_act_on(request.user, matter_id)
    exhibit = queries.exhibit_to_read(request.user, matter_id, number)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            exhibits.withdraw(exhibit, form.cleaned_data["reason"], by=request.user)
        except TouchstoneError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, "Nothing was changed: give a reason of 1 to 500 characters.")
    return redirect("exhibit", matter_id, number)


@login_required
@require_POST
def designate(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Give an exhibit another mark."""
    queries.matter_to_act_on(request.user, matter_id)
    exhibit = queries.exhibit_to_read(request.user, matter_id, number)
    form = DesignationForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was changed: choose a mark, and a short reason.")
        return redirect("exhibit", matter_id, number)
    try:
        designations.designate(exhibit, **form.cleaned_data, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
    return redirect("exhibit", matter_id, number)


@login_required
@require_http_methods(["GET", "POST"])
def erase(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Say what an erasure destroys and what it leaves, and erase an exhibit."""
    queries.matter_to_act_on(request.user, matter_id)
    exhibit = queries.exhibit_to_read(request.user, matter_id, number)
    form = EraseForm(request.POST or None, exhibit=exhibit)
    if form.is_valid():
        try:
            erasure.erase(exhibit, form.cleaned_data["reason"], by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Exhibit {exhibit.label} is erased.")
            return redirect("exhibit", matter_id, number)
    others = exhibit.source.exhibits.filter(erasure__isnull=True).exclude(pk=exhibit.pk)
    context = {
        "matter": exhibit.matter,
        "exhibit": exhibit,
        "form": form,
        "is_elsewhere": others.exists(),
        "asked": list(answers_erased.collections_of(exhibit).values_list("pk", flat=True)),
        "looks": answers_erased.looks_with(exhibit).count(),
        "quoting": erasure.quoting_findings(exhibit)[:PAGE],
        "holds": holds.standing(exhibit.matter),
    }
    return render(request, "exhibits/erase.html", context, status=422 if form.errors else 200)
