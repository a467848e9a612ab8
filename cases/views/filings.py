"""Filings: the list, one with what it lacks, its steps, and its papers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.analysis.errors import TouchstoneError
from audit.models import Job
from cases import queries, tasks
from cases.forms.filings import CertificationForm
from cases.http import SignedInRequest
from cases.models import Filing, FilingText
from cases.rules import access
from cases.services import designations, filings
from cases.views.matters import CHECKED_AT_ONCE

PAGE = 25


@login_required
@require_GET
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the filings of a matter that this person may see."""
    matter = queries.matter_to_read(request.user, matter_id)
    found = queries.filings_to_read(request.user, matter)
    context = {
        "matter": matter,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "may_act": access.may_act(queries.level_in(request.user, matter_id)),
    }
    return render(request, "filings/index.html", context)


@login_required
@require_POST
def draft(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Begin a filing on a finding."""
    queries.matter_to_act_on(request.user, matter_id)
    finding = queries.finding_to_read(request.user, matter_id, number)
    made = filings.draft(finding, by=request.user)
    return redirect("filing", matter_id, made.number)


@login_required
@require_POST
def follow(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Begin a filing with what was written in another one, on the same finding."""
    before = queries.filing_to_act_on(request.user, matter_id, number)
    made = filings.draft(before.finding, by=request.user, after=before)
    return redirect("filing", matter_id, made.number)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show a filing; once it is printed, or was not, have a page that watches it loaded anew."""
    filing = queries.filing_to_read(request.user, matter_id, number)
    facts = _facts(request, filing)
    response = render(request, "filings/show.html", facts)
    if "HX-Request" in request.headers and not facts["printing"]:
        response["HX-Refresh"] = "true"
    return response


def _facts(request: SignedInRequest, filing: Filing) -> dict[str, Any]:
    level = queries.level_in(request.user, filing.matter_id)
    may_act = access.may_act(level) and filing.is_open
    is_author = filing.authors.filter(person=request.user).exists()
    offered = filing.matter.certifications.all()
    job = queries.job_of_filing(filing) if filing.finalise_asked_by else None
    return content_of(filing) | {
        "problems": _problems(request, filing, may_act=may_act),
        "job": job,
        "printing": filing.is_open and job is not None and job.state != Job.State.FAILED,
        "may_act": may_act,
        "may_follow": access.may_act(level) and not filing.is_open,
        "may_review": access.may_review(level),
        "may_judge": access.may_review(level) and filing.is_open and not is_author,
        "papers": filing.papers.all(),
        "raised": filing.finalised_at
        and designations.raised_since(filing.finding, filing.finalised_at),
        "certify": CertificationForm(
            offered=offered, initial={"certification": filing.certification_id}
        ),
    }


def content_of(filing: Filing) -> dict[str, Any]:
    """Return what a filing says, for a person to read, and what reviewers said of it."""
    texts = dict(filing.texts.values_list("kind", "text"))
    return {
        "matter": filing.matter,
        "filing": filing,
        "finding": filing.finding,
        "designation": designations.of_finding(filing.finding),
        "texts": [(label, texts.get(kind, "")) for kind, label in FilingText.Kind.choices],
        "clauses": filing.clauses.all(),
        "elements": filing.elements.all(),
        "held": filing.elements.exclude(evidence="").count(),
        "reviews": filing.reviews.select_related("by"),
    }


def _problems(request: SignedInRequest, filing: Filing, *, may_act: bool) -> list[str]:
    """Return what keeps an open filing from being final, by this person once it is reviewed."""
    if not filing.is_open:
        return []
    is_next = may_act and filing.state == Filing.State.REVIEWED
    few = filing.matter.custody.count() <= CHECKED_AT_ONCE
    return filings.problems_of(filing, request.user if is_next else None, whole_chain=few)


@login_required
@require_POST
def ask_review(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Ask for a review of a draft."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    return _tried(request, filing, lambda: filings.ask_review(filing, by=request.user))


@login_required
@require_POST
def ask_finalise(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Ask for a reviewed filing to be printed and finalised."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)

    def asked() -> None:
        filings.ask_finalise(filing, by=request.user)
        tasks.ring(tasks.finalise, filing.pk)

    return _tried(request, filing, asked)


@login_required
@require_POST
def discard(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Give a filing up."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    return _tried(request, filing, lambda: filings.discard(filing, by=request.user))


@login_required
@require_POST
def certify_with(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Have a filing speak of a certification, or of none."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    form = CertificationForm(request.POST, offered=filing.matter.certifications.all())
    if not form.is_valid():
        messages.error(request, "There is no such certification. Choose one of the list.")
        return redirect("filing", matter_id, number)
    chosen = form.cleaned_data["certification"]
    return _tried(request, filing, lambda: filings.certify_with(filing, chosen, by=request.user))


def _tried(request: SignedInRequest, filing: Filing, act: Callable[[], None]) -> HttpResponse:
    """Do something to a filing; what is refused is said on its page."""
    try:
        act()
    except TouchstoneError as error:
        messages.error(request, str(error))
    return redirect("filing", filing.matter_id, filing.number)


@login_required
@require_GET
def preview(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Print a filing as it stands, marked as a draft, and keep nothing of it."""
    filing = queries.filing_to_review(request.user, matter_id, number)
    try:
        printed = filings.preview(filing, by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"The draft is not printed. {error}")
        return redirect("filing", matter_id, number)
    response = HttpResponse(printed, content_type="application/pdf")
    name = designations.filename(filing.finding, f"filing-{number}-draft.pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_GET
def download(
    request: SignedInRequest, matter_id: int, number: int, filename: str
) -> HttpResponseBase:
    """Hand out one paper of a final filing."""
    filing = queries.filing_to_read(request.user, matter_id, number)
    paper = filing.papers.select_related("filing__finding").filter(filename=filename).first()
    if paper is None or filing.state != Filing.State.FINAL:
        raise Http404("No such paper.")
    try:
        stream = filings.open_paper(paper, by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"{filename} is not handed out. {error}")
        return redirect("filing", matter_id, number)
    name = designations.filename(filing.finding, f"filing-{number}-{filename}")
    return FileResponse(stream, as_attachment=True, filename=name, content_type=paper.media)
