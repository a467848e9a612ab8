"""Bundles: asking for one, watching it, taking it away."""

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
from cases.http import SignedInRequest
from cases.models import Bundle
from cases.rules import designations as marks
from cases.services import bundles, checkpoints, designations
from cases.tasks import ring, write_bundle

PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the bundles of a matter to who may act in it, and write another."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    if request.method == "POST":
        ring(write_bundle, bundles.ask(matter, by=request.user).pk)
        return redirect("bundles", matter.pk)
    found = Bundle.objects.filter(matter=matter).select_related("asked_by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    jobs = queries.jobs_that_write(Job.Kind.BUNDLE, page.object_list)
    context = {
        "matter": matter,
        "page": page,
        "rows": [(one, jobs.get(one.pk)) for one in page],
        "writing": any(one.made_at is None and not _failed(jobs.get(one.pk)) for one in page),
        "designation": designations.of_matter(matter),
        "key": checkpoints.signing_key().verifier,
    }
    return render(request, "bundles/index.html", context)


@login_required
@require_GET
def download(request: SignedInRequest, matter_id: int, number: int) -> HttpResponseBase:
    """Hand out a bundle as one file."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    bundle = Bundle.objects.select_related("matter").filter(matter=matter, number=number).first()
    if bundle is None:
        raise Http404("No such bundle.")
    try:
        stream = bundles.open_made(bundle, by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"The bundle is not handed out. {error}")
        return redirect("bundles", matter_id)
    filename = marks.named(f"{bundle.name}.zip", designations.of_matter(matter))
    return FileResponse(
        stream, as_attachment=True, filename=filename, content_type="application/zip"
    )


def _failed(job: object) -> bool:
    return getattr(job, "state", "") == "failed"
