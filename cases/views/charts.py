"""The figures of a finding: what a page draws of each, and each as a picture."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from cases import queries
from cases.http import SignedInRequest
from cases.models import Finding
from cases.reports.axes import axes_of
from cases.reports.chart import Chart
from cases.reports.charts.drawing import svg
from cases.reports.charts.gallery import for_page
from cases.services import designations


def charts_of(finding: Finding) -> dict[str, Chart]:
    """Return the figures of a finding by their keys; none before there is a result."""
    result: dict[str, Any] | None = finding.run.result
    if result is None:
        return {}
    axes = axes_of(result["teachers"])
    return for_page({"result": result, "plan": finding.run.plan, "axes": axes})


@login_required
@require_GET
def specifications(request: SignedInRequest, matter_id: int, number: int) -> JsonResponse:
    """Hand out what a page draws, by the keys of the figures, with the data inside."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    name = designations.filename(finding, f"finding-{number}-figures.json")
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return JsonResponse({key: one.spec for key, one in charts_of(finding).items()}, headers=shown)


@login_required
@require_GET
def picture(request: SignedInRequest, matter_id: int, number: int, key: str) -> HttpResponse:
    """Hand out a figure as it is printed, for pages without scripts."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    try:
        chart = charts_of(finding)[key]
    except KeyError as error:
        raise Http404("There is no such figure.") from error
    name = designations.filename(finding, f"finding-{number}-{key}.svg")
    # Whoever saves the picture sees by its name how to handle it.
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(svg(chart), content_type="image/svg+xml", headers=shown)
