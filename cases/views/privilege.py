"""The privilege log: its working list, its versions, and what changed between them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.analysis.errors import TouchstoneError
from cases import queries
from cases.forms.protective import LogForm, OrderForm, PrivilegeEntryForm
from cases.http import SignedInRequest
from cases.models import Matter, PrivilegeEntry, PrivilegeLog
from cases.rules import access
from cases.rules import designations as marks
from cases.services import privilege

PAGE = 25
FILES = {
    "privilege-log.pdf": ("pdf_sha256", "application/pdf"),
    "privilege-log.csv": ("csv_sha256", "text/csv; charset=utf-8"),
    "privilege-log.json": ("json_sha256", "application/json"),
}


@login_required
@require_GET
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the issued versions; to who may act in the matter also the working list."""
    matter = queries.matter_to_read(request.user, matter_id)
    may_act = access.may_act(queries.level_in(request.user, matter_id))
    issued = matter.privilege_logs.select_related("issued_by")
    context = {
        "matter": matter,
        "may_act": may_act,
        "issued": Paginator(issued, PAGE).get_page(request.GET.get("issued")),
    }
    return render(request, "privilege/index.html", context | _working(request, matter, may_act))


def _working(request: SignedInRequest, matter: Matter, may_act: bool) -> dict[str, Any]:  # noqa: FBT001 - a fact of the page
    if not may_act:
        return {}
    entries = privilege.entries_of(matter).select_related("changed_by")
    return {
        "page": Paginator(entries, PAGE).get_page(request.GET.get("page")),
        "log_form": LogForm(),
        "order_form": OrderForm(initial={"order": matter.order_502d}),
    }


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Add an entry to the working list."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = PrivilegeEntryForm(request.POST or None)
    if form.is_valid():
        try:
            added = privilege.add(matter, form.cleaned_data, by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Entry {added.number} is added.")
            return redirect(
                "new_privilege_entry" if "another" in request.POST else "privilege", matter.pk
            )
    return _form(request, matter, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Write an entry of the working list anew."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    found = _entry(matter, number)
    form = PrivilegeEntryForm(request.POST or None, instance=found)
    if form.is_valid():
        try:
            privilege.change(found, form.cleaned_data, by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            return redirect("privilege", matter.pk)
    return _form(request, matter, form, found)


def _form(
    request: SignedInRequest,
    matter: Matter,
    form: PrivilegeEntryForm,
    found: PrivilegeEntry | None,
) -> HttpResponse:
    context = {"matter": matter, "form": form, "entry": found}
    return render(request, "privilege/entry.html", context, status=422 if form.errors else 200)


def _entry(matter: Matter, number: int) -> PrivilegeEntry:
    found = privilege.entries_of(matter).filter(number=number).first()
    if found is None:
        raise Http404("No such entry.")
    return found


@login_required
@require_POST
def remove(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Take an entry off the working list."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    privilege.remove(_entry(matter, number), by=request.user)
    messages.success(request, f"Entry {number} is taken off the list.")
    return redirect("privilege", matter.pk)


@login_required
@require_POST
def add_redaction(
    request: SignedInRequest, matter_id: int, number: int, version: int
) -> HttpResponse:
    """Add a redacted version of a report to the working list, and open its entry."""
    queries.matter_to_act_on(request.user, matter_id)
    finding = queries.finding_to_read(request.user, matter_id, number)
    made = finding.redactions.select_related("made_by").filter(number=version).first()
    if made is None:
        raise Http404("No such redacted version.")
    try:
        added = privilege.add_redaction(made, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
        return redirect("redactions", matter_id, number)
    if added.removed_at is not None:
        messages.error(request, f"{added} was this version, and it was taken off the list.")
        return redirect("redactions", matter_id, number)
    return redirect("privilege_entry", matter_id, added.number)


@login_required
@require_POST
def order(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Name the order under Rule 502(d)."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = OrderForm(request.POST)
    if form.is_valid():
        privilege.name_order(matter, form.cleaned_data["order"], by=request.user)
    else:
        messages.error(request, "Nothing was changed: name the order in up to 300 characters.")
    return redirect("privilege", matter.pk)


@login_required
@require_POST
def issue(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Issue the working list as the next version."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = LogForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was issued: choose itemised or categorical.")
        return redirect("privilege", matter.pk)
    try:
        issued = privilege.issue(matter, form.cleaned_data["mode"], by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
        return redirect("privilege", matter.pk)
    return redirect("privilege_log", matter.pk, issued.number)


@login_required
@require_GET
def version(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Show an issued version, and what changed since the one before it."""
    matter = queries.matter_to_read(request.user, matter_id)
    issued = _issued(matter, number)
    try:
        changes = privilege.changes(issued)
    except TouchstoneError as error:
        messages.error(request, f"What changed cannot be shown. {error}")
        changes = None
    context = {
        "matter": matter,
        "issued": issued,
        "designation": issued.designation,
        "compared": changes is not None,
        "page": Paginator(changes or [], PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "privilege/version.html", context)


def _issued(matter: Matter, number: int) -> PrivilegeLog:
    found = matter.privilege_logs.select_related("issued_by").filter(number=number).first()
    if found is None:
        raise Http404("No such version.")
    return found


@login_required
@require_GET
def download(request: SignedInRequest, matter_id: int, number: int, name: str) -> HttpResponseBase:
    """Hand out one file of an issued version."""
    issued = _issued(queries.matter_to_read(request.user, matter_id), number)
    field, media_type = FILES[name]
    try:
        stream = privilege.open_issued(issued, getattr(issued, field), by=request.user)
    except TouchstoneError as error:
        messages.error(request, f"{name} is not handed out. {error}")
        return redirect("privilege", matter_id)
    filename = marks.named(name.replace(".", f"-{number}."), issued.designation)
    return FileResponse(stream, as_attachment=True, filename=filename, content_type=media_type)
