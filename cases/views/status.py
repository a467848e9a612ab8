"""The state of the site, for its staff."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.http import SignedInRequest
from cases.models import Authority
from cases.services import checkpoints, evidence, stamping

PAGE = 25


@login_required
@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """Show the outcome of the last sweep over store and database, and how stamping goes."""
    if not request.user.is_staff:
        raise Http404("No such page.")
    outcome = evidence.latest()
    found = outcome.found if outcome else []
    tried = {one.url: one for one in Authority.objects.filter(url__in=settings.TIMESTAMP_URLS)}
    context = {
        "outcome": outcome,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "authorities": [(url, tried.get(url)) for url in settings.TIMESTAMP_URLS],
        "wanted": stamping.WANTED,
        "test": stamping.TEST,
        "key": checkpoints.verifier_keys()[0],
    }
    return render(request, "status.html", context)
