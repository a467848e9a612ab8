"""Redacted versions of a finding's report: asking for one, the list, and taking them away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.forms.protective import PassageForms, passages_of
from cases.http import SignedInRequest
from cases.rules import access
from cases.rules import designations as marks
from cases.services import designations, redactions
from cases.services.redactions import Origin
from cases.views.findings import FILES

PAGE = 10


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show the redacted versions of a report; who may act makes another."""
    if request.method == "POST":
        queries.matter_to_act_on(request.user, matter_id)
    finding = queries.finding_to_read(request.user, matter_id, number)
    if not (origins := redactions.origins_of(finding)):
        raise Http404("The report is not printed yet.")
    forms = passages_of(request.POST if request.method == "POST" else None)
    origin = origins.get(request.POST.get("origin", ""), next(iter(origins.values())))
    made = _made(request, origin, forms) if forms.is_valid() else None
    return made or _page(request, origin, forms, list(origins))


def _made(request: SignedInRequest, origin: Origin, forms: PassageForms) -> HttpResponse | None:
    """Make a redacted version; None if it was refused, which the forms then say."""
    try:
        made = redactions.make(origin, forms.passages(), by=request.user)
    except TouchstoneError as error:
        forms.refuse(str(error))
        return None
    finding = origin.finding
    messages.success(request, f"Redacted version {made.number} is made and was looked through.")
    return redirect("redactions", finding.matter_id, finding.number)


def _page(
    request: SignedInRequest, origin: Origin, forms: PassageForms, origins: list[str]
) -> HttpResponse:
    finding = origin.finding
    made = finding.redactions.select_related("made_by", "log_entry")
    context = {
        "matter": finding.matter,
        "finding": finding,
        "forms": forms,
        "origins": origins,
        "chosen": origin.name,
        "may_act": access.may_act(queries.level_in(request.user, finding.matter_id)),
        "designation": designations.of_finding(finding),
        "page": Paginator(made, PAGE).get_page(request.GET.get("page")),
    }
    status = 422 if forms.problems else 200
    return render(request, "findings/redactions.html", context, status=status)


@login_required
@require_GET
def download(
    request: SignedInRequest, matter_id: int, number: int, version: int, name: str
) -> HttpResponseBase:
    """Hand out a redacted version or its results."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    made = finding.redactions.filter(number=version).first()
    if made is None:
        raise Http404("No such redacted version.")
    field, media_type = FILES[name]
    try:
        stream = redactions.open_made(made, getattr(made, field), by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"{name} is not handed out. {error}")
        return redirect("redactions", matter_id, number)
    # It was made without what may since have been raised, so its own mark is what it bears.
    plain = f"finding-{number}-redacted-{version}-{name}"
    filename = marks.named(plain, made.designation)
    return FileResponse(stream, as_attachment=True, filename=filename, content_type=media_type)
