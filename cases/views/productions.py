"""Productions: asking for one, watching it, taking it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.analysis.errors import TouchstoneError
from audit.models import Job
from cases import queries
from cases.forms.productions import ProductionForm
from cases.http import SignedInRequest
from cases.models import Matter, Production
from cases.rules import designations as marks
from cases.services import bates, designations, productions
from cases.tasks import ring, write_production

PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the productions of a matter to who may act in it, and write another."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = ProductionForm(request.POST or None, initial=_chosen(matter))
    if form.is_valid() and _is_asked(request, matter, form):
        return redirect("productions", matter.pk)
    found = Production.objects.filter(matter=matter).select_related("asked_by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    jobs = queries.jobs_that_write(Job.Kind.PRODUCE, page.object_list)
    context = {
        "matter": matter,
        "form": form,
        "page": page,
        "rows": [(one, jobs.get(one.pk)) for one in page],
        "designation": designations.of_matter(matter),
        "writing": any(one.made_at is None and not _failed(jobs.get(one.pk)) for one in page),
    }
    status = 422 if form.errors else 200
    return render(request, "productions/index.html", context, status=status)


def _chosen(matter: Matter) -> dict[str, object]:
    """Return what the form begins with: the prefix that the matter's next numbers have."""
    series = bates.series_of(matter)
    return {"bates_prefix": series.prefix, "digits": series.digits} if series else {}


def _is_asked(request: SignedInRequest, matter: Matter, form: ProductionForm) -> bool:
    """Ask for a production; False, with the reason in the form, where the prefix is refused."""
    said = form.cleaned_data
    try:
        asked = productions.ask(
            matter, said["profile"], said["bates_prefix"], said["digits"], by=request.user
        )
    except bates.BatesRefusedError as error:
        form.add_error("bates_prefix", str(error))
        return False
    ring(write_production, asked.pk)
    return True


@login_required
@require_GET
def download(request: SignedInRequest, matter_id: int, number: int) -> HttpResponseBase:
    """Hand out a production as one file."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    rows = Production.objects.select_related("matter").filter(matter=matter)
    if (production := rows.filter(number=number).first()) is None:
        raise Http404("No such production.")
    try:
        stream = productions.open_made(production, by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"The production is not handed out. {error}")
        return redirect("productions", matter_id)
    filename = marks.named(f"{production.name}.zip", designations.of_matter(matter))
    return FileResponse(
        stream, as_attachment=True, filename=filename, content_type="application/zip"
    )


def _failed(job: object) -> bool:
    return getattr(job, "state", "") == "failed"
