"""Asking for a finding, watching it come, reading it, and taking its files away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.analysis import battery
from audit.analysis.errors import TouchstoneError
from audit.analysis.fusion.reporting import power_of
from audit.analysis.likelihood import default_pack
from audit.analysis.outlook import Outlook
from audit.analysis.plan import Parameters
from audit.analysis.statistics.rank import controls_needed
from audit.models import Job
from audit.services.matching import to_put
from cases import pairs, queries
from cases.forms.findings import FindingForm
from cases.http import SignedInRequest
from cases.models import Exhibit, Finding, Matter
from cases.reports.likelihood import likelihood_of
from cases.rules import access
from cases.rules import designations as marks
from cases.services import checkpoints, custody, designations, findings, reports, stamping
from cases.tasks import carry_out, ring
from cases.views.charts import charts_of

# Pairs are long to read; few on a page.
PAGE = 5
# The page of a finding names its latest filings; the matter has the list of all.
MOST_FILINGS = 10
FILES = {
    "report.pdf": ("pdf_sha256", "application/pdf"),
    "results.json": ("results_sha256", "application/json"),
}


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Seal a plan over chosen exhibits and set it going."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    ready = queries.ready_exhibits(matter).order_by("number")
    seen = None
    earlier = matter.findings.order_by("-number")
    form = FindingForm(request.POST or None, request.FILES or None, ready=ready, earlier=earlier)
    if form.is_valid():
        try:
            if "look" not in request.POST:
                return _asked(request, matter, form)
            seen = _seen(form)
        except TouchstoneError as error:
            form.add_error(None, str(error))
    context = _to_choose(matter, ready) | {"form": form, "outlook": seen}
    return render(request, "findings/ask.html", context, status=422 if form.errors else 200)


def _to_choose(matter: Matter, ready: QuerySet[Exhibit]) -> dict[str, Any]:
    """Return what stands beside the choice of exhibits."""
    parameters = Parameters()
    power = power_of(default_pack(), ready.filter(role="control").count())
    return {
        "matter": matter,
        "waiting": matter.exhibits.filter(disposed_at__isnull=True).count(),
        "parameters": parameters,
        "controls_needed": controls_needed(parameters.alpha),
        "power": power,
        "power_controls": power[0]["controls"],
    }


def _parameters(form: FindingForm) -> Parameters:
    return Parameters(
        seed=form.cleaned_data["seed"],
        near_prompt=form.near_prompt(),
        pack=default_pack().digest,
    )


def _seen(form: FindingForm) -> Outlook:
    chosen = form.exhibits()
    asserted = form.asserted_of(chosen)
    return findings.look_ahead(chosen, _parameters(form), asserted=asserted)


@login_required
@require_GET
def prompts_to_put(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Hand out the prompts of the battery that not every exhibit of the matter answers."""
    matter = queries.matter_to_read(request.user, matter_id)
    sources = [one.source for one in queries.ready_exhibits(matter)]
    response = HttpResponse(
        battery.as_csv(to_put(sources)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="prompts-to-put.csv"'
    return response


def _asked(request: SignedInRequest, matter: Matter, form: FindingForm) -> HttpResponse:
    chosen = form.exhibits()
    asserted = form.asserted_of(chosen)
    finding = findings.ask(
        matter, chosen, _parameters(form), by=request.user, asserted=asserted, change=form.change()
    )
    ring(carry_out, finding.pk)
    return redirect("finding", matter.pk, finding.number)


@login_required
@require_POST
def ask_again(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Seal the same plan anew and set it going."""
    queries.matter_to_act_on(request.user, matter_id)
    earlier = queries.finding_to_read(request.user, matter_id, number)
    try:
        finding = findings.ask_again(earlier, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
        return redirect("finding", matter_id, number)
    ring(carry_out, finding.pk)
    return redirect("finding", matter_id, finding.number)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show a finding: its progress, or its answer with the comparison behind it."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    context = _facts(request, finding) | {"charts": charts_of(finding)}
    return render(request, "findings/show.html", context)


@login_required
@require_GET
def progress(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show how far a finding is; when it is printed or failed, have the page loaded anew."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    facts = _facts(request, finding)
    response = render(request, "findings/progress.html", facts)
    if facts["report"] or any(job.state == Job.State.FAILED for job in facts["jobs"]):
        response["HX-Refresh"] = "true"
    return response


def _facts(request: SignedInRequest, finding: Finding) -> dict[str, Any]:
    checkpoint = checkpoints.covering(finding)
    return {
        "matter": finding.matter,
        "finding": finding,
        "may_act": access.may_act(queries.level_in(request.user, finding.matter_id)),
        "result": finding.run.result,
        "likelihood": likelihood_of(finding.run.result or {}),
        "plan": finding.run.plan,
        "jobs": queries.jobs_of(finding),
        "filings": queries.filings_to_read(request.user, finding.matter).filter(finding=finding)[
            :MOST_FILINGS
        ],
        "same_plan": queries.others_of_same_plan(finding),
        "report": (report := reports.report_of(finding)),
        "designation": (mark := designations.of_finding(finding)),
        "raised": report and marks.is_lower(report.designation, mark),
        "plan_checkpoint": checkpoint,
        "plan_stamped": (stamped := stamping.state_of(checkpoint)),
        "stamped_late": _is_late(finding, stamped),
    }


def _is_late(finding: Finding, stamped: stamping.State) -> bool:
    """Say whether a result was there before anybody outside vouched for its plan."""
    answered = finding.run.finished_at
    return bool(answered and stamped.independent and stamped.independent[0].at > answered)


@login_required
@require_GET
def pairs_of(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show the matched pairs of suspect and one teacher, side by side, a few at a time."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    chosen = pairs.PairList.of(finding, request.GET.get("teacher", ""))
    facts = {"finding": finding.number, "teacher": chosen.label}
    custody.record_reading(finding.matter, "pairs", facts, by=request.user)
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    context = {"matter": finding.matter, "finding": finding, "page": page, "chosen": chosen}
    context["designation"] = designations.of_finding(finding)
    return render(request, "findings/pairs.html", context)


@login_required
@require_GET
def download(request: SignedInRequest, matter_id: int, number: int, name: str) -> HttpResponseBase:
    """Hand out the report or its results, as issued."""
    finding = queries.finding_to_read(request.user, matter_id, number)
    report = reports.report_of(finding)
    if report is None:
        raise Http404("The report is not printed yet.")
    field, media_type = FILES[name]
    try:
        stream = reports.open_issued(report, getattr(report, field), by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"{name} is not handed out. {error}")
        return redirect("finding", matter_id, number)
    filename = designations.filename(finding, f"finding-{finding.number}-{name}")
    return FileResponse(stream, as_attachment=True, filename=filename, content_type=media_type)
