"""What must be kept and how long: legal holds and the day of retention of a matter."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cases import queries
from cases.forms.matters import HoldForm, KeepUntilForm, ReleaseForm
from cases.http import SignedInRequest
from cases.models import Hold, Matter
from cases.rules import access
from cases.services import erasure, holds

PAGE = 10


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the holds on a matter, who has acknowledged them, and its day of retention."""
    matter = queries.matter_to_read(request.user, matter_id)
    found = matter.holds.select_related("issued_by", "released_by")
    context = {
        "matter": matter,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "people": queries.acknowledgements_in(matter),
        "hold_form": HoldForm(),
        "release_form": ReleaseForm(),
        "until_form": KeepUntilForm(initial={"day": matter.keep_until}),
        "retention_is_on": settings.RETENTION,
    }
    return render(request, "matters/keeping.html", context)


@login_required
@require_POST
def issue(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Put a matter under a hold."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = HoldForm(request.POST)
    if form.is_valid():
        holds.issue(matter, form.cleaned_data["reason"], by=request.user)
    else:
        messages.error(request, "No hold was issued: give a reason of 1 to 500 characters.")
    return redirect("keeping", matter.pk)


@login_required
@require_POST
def acknowledge(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Enter that a person has taken note of a hold; whoever may read may do so."""
    matter = queries.matter_to_read(request.user, matter_id)
    holds.acknowledge(_hold(matter, number), by=request.user)
    return redirect("keeping", matter.pk)


@login_required
@require_POST
def release(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """End a hold."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        holds.release(_hold(matter, number), form.cleaned_data["reason"], by=request.user)
    else:
        messages.error(request, "The hold stands: give a reason of 1 to 500 characters.")
    return redirect("keeping", matter.pk)


@login_required
@require_POST
def until(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Set the day of retention."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = KeepUntilForm(request.POST)
    if form.is_valid():
        erasure.keep_until(matter, form.cleaned_data["day"], by=request.user)
    else:
        messages.error(request, "Nothing was changed: give a day, such as 2031-12-31, or none.")
    return redirect("keeping", matter.pk)


def _hold(matter: Matter, number: int) -> Hold:
    found = matter.holds.filter(number=number).first()
    if found is None:
        raise Http404("No such hold.")
    return found
