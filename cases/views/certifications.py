"""The certify ceremony: asking for it, watching it, and its record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from audit.models import Job, Source
from cases import queries
from cases.forms.exhibits import CertifyForm
from cases.http import SignedInRequest
from cases.models import Certification, Matter
from cases.rules import access
from cases.services import certificates, certifications
from cases.tasks import certify, ring

PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the certifications of a matter; who may act asks for another."""
    guard = queries.matter_to_act_on if request.method == "POST" else queries.matter_to_read
    matter = guard(request.user, matter_id)
    offered = matter.exhibits.exclude(source__state=Source.State.ERASED)
    form = CertifyForm(
        request.POST or None,
        offered=offered.select_related("source"),
        computed=matter.findings.filter(run__result__isnull=False).select_related("run"),
    )
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
    chosen = form.cleaned_data
    asked = certifications.ask(
        matter,
        chosen["exhibits"],
        form.certifier(),
        by=request.user,
        findings=chosen["findings"],
    )
    ring(certify, asked.pk)
    return redirect("certification", matter.pk, asked.number)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show the record of a certification, or how far it is."""
    matter = queries.matter_to_read(request.user, matter_id)
    asked = _of(matter, number)
    rows = asked.exhibits.select_related("exhibit__source").order_by("exhibit__number")
    computed = asked.findings.select_related("finding").order_by("finding__number")
    context = {
        "matter": matter,
        "asked": asked,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "computed": Paginator(computed, PAGE).get_page(request.GET.get("findings")),
        "differing": rows.filter(at__isnull=False).exclude(computed=F("recorded")).count(),
        "failing": sum(1 for one in computed.filter(at__isnull=False) if not one.holds),
        "offers": certificates.offers(asked),
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
        "job": Job.objects.filter(kind=Job.Kind.CERTIFY, subject=asked.pk).first(),
    }
    return render(request, "certifications/show.html", context)


def _of(matter: Matter, number: int) -> Certification:
    found = matter.certifications.select_related("certifier", "matter").filter(number=number)
    if (asked := found.first()) is None:
        raise Http404("No such certification.")
    return asked


@login_required
@require_GET
def draft(request: SignedInRequest, matter_id: int, number: int, rule: str) -> HttpResponse:
    """Hand out the draft of a certificate, printed anew, which is entered into custody."""
    asked = _of(queries.matter_to_act_on(request.user, matter_id), number)
    try:
        printed = certificates.draft(asked, rule, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
        return redirect("certification", matter_id, number)
    response = HttpResponse(printed, content_type="application/pdf")
    name = f"certification-{number}-draft-902-{rule}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
