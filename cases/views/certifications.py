"""The certify ceremony: asking for it, watching it, and its record."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.models import Job, Source
from cases import queries
from cases.forms import CertifyForm
from cases.http import SignedInRequest
from cases.models import Matter
from cases.rules import access
from cases.services import certifications
from cases.tasks import certify, ring

PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the certifications of a matter; who may act asks for another."""
    guard = queries.matter_to_act_on if request.method == "POST" else queries.matter_to_read
    matter = guard(request.user, matter_id)
    offered = matter.exhibits.exclude(source__state=Source.State.ERASED)
    form = CertifyForm(request.POST or None, offered=offered.select_related("source"))
    if form.is_valid():
        return _asked(request, matter, form)
    context = {
        "matter": matter,
        "form": form,
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "page": Paginator(matter.certifications.all(), PAGE).get_page(request.GET.get("page")),
    }
    status = 422 if form.errors else 200
    return render(request, "certifications/index.html", context, status=status)


def _asked(request: SignedInRequest, matter: Matter, form: CertifyForm) -> HttpResponse:
    asked = certifications.ask(
        matter, form.cleaned_data["exhibits"], form.certifier(), by=request.user
    )
    ring(certify, asked.pk)
    return redirect("certification", matter.pk, asked.number)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show the record of a certification, or how far it is."""
    matter = queries.matter_to_read(request.user, matter_id)
    asked = matter.certifications.select_related("certifier").filter(number=number).first()
    if asked is None:
        raise Http404("No such certification.")
    rows = asked.exhibits.select_related("exhibit__source").order_by("exhibit__number")
    context = {
        "matter": matter,
        "asked": asked,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "differing": rows.filter(at__isnull=False).exclude(computed=F("recorded")).count(),
        "job": Job.objects.filter(kind=Job.Kind.CERTIFY, subject=asked.pk).first(),
    }
    return render(request, "certifications/show.html", context)
