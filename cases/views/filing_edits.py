"""Writing in a filing, and reviewing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.forms.filings import ClauseForm, ElementForm, MatrixForm, ReviewForm, TextsForm
from cases.http import SignedInRequest
from cases.models import Filing, FilingClause
from cases.services import filings
from cases.views.filings import content_of


@login_required
@require_http_methods(["GET", "POST"])
def texts(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Write the texts of a filing."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    form = TextsForm(request.POST or None, filing=filing)
    if form.is_valid():
        seen = form.cleaned_data["revision"]
        try:
            filings.write_texts(filing, form.texts(), seen=seen, by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("filing", matter_id, number)
    return _page(request, filing, "texts", form)


@login_required
@require_http_methods(["GET", "POST"])
def clause(
    request: SignedInRequest, matter_id: int, number: int, clause_id: int | None = None
) -> HttpResponse:
    """Write a clause, a new one or one that is there."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    there = None if clause_id is None else _clause(filing, clause_id)
    form = ClauseForm(request.POST or None, clause=there)
    if form.is_valid():
        try:
            filings.write_clause(filing, there, form.written(), by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("filing", matter_id, number)
    return _page(request, filing, "clause", form, there)


@login_required
@require_POST
def remove_clause(
    request: SignedInRequest, matter_id: int, number: int, clause_id: int
) -> HttpResponse:
    """Take a clause out."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    try:
        filings.remove_clause(filing, _clause(filing, clause_id), by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
    return redirect("filing", matter_id, number)


def _clause(filing: Filing, clause_id: int) -> FilingClause:
    if (found := filing.clauses.filter(pk=clause_id).first()) is None:
        raise Http404("No such clause.")
    return found


@login_required
@require_http_methods(["GET", "POST"])
def elements(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Write the evidence that is held for elements and defences."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    form = MatrixForm(request.POST or None, filing=filing)
    if form.is_valid():
        seen = form.cleaned_data["revision"]
        try:
            filings.write_elements(filing, form.evidence(), seen=seen, by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("filing", matter_id, number)
    return _page(request, filing, "elements", form, ElementForm())


@login_required
@require_POST
def add_element(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Add a row to the matrix."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    form = ElementForm(request.POST)
    if form.is_valid():
        try:
            filings.add_element(filing, form.row(), by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("filing_elements", matter_id, number)
    return _page(request, filing, "elements", MatrixForm(filing=filing), form)


@login_required
@require_POST
def remove_element(
    request: SignedInRequest, matter_id: int, number: int, place: int
) -> HttpResponse:
    """Take a row out of the matrix that was added to it."""
    filing = queries.filing_to_act_on(request.user, matter_id, number)
    if (found := filing.elements.filter(place=place).first()) is None:
        raise Http404("No such row.")
    try:
        filings.remove_element(filing, found, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
    return redirect("filing_elements", matter_id, number)


@login_required
@require_http_methods(["GET", "POST"])
def review(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Approve or return a filing."""
    filing = queries.filing_to_review(request.user, matter_id, number)
    form = ReviewForm(request.POST or None, initial={"revision": filing.revision})
    if form.is_valid():
        try:
            filings.review(filing, form.verdict(), by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("filing", matter_id, number)
    return _page(request, filing, "review", form)


def _page(
    request: SignedInRequest, filing: Filing, name: str, form: Form, more: object = None
) -> HttpResponse:
    context = content_of(filing) | {"form": form, "more": more, "may_review": True}
    is_wrong = form.errors or (isinstance(more, Form) and more.errors)
    status = 422 if is_wrong else 200
    return render(request, f"filings/{name}.html", context, status=status)
