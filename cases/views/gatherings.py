"""Collections of a matter and the folders that fill it: how far they are, halting and resuming."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.analysis.errors import TouchstoneError
from audit.models import Call, Collection
from audit.tasks import collect
from cases import queries
from cases.forms.gatherings import FolderForm
from cases.http import SignedInRequest
from cases.models import Matter
from cases.rules import access
from cases.services import folders, gathering, tallies
from cases.tasks import ring, take_from_folder

PAGE = 25
_SHOWN = 200


@login_required
@require_GET
def index(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Show the collections of a matter and the folders whose files become exhibits."""
    matter = queries.matter_to_read(request.user, matter_id)
    return _index(request, matter, FolderForm())


def _index(request: SignedInRequest, matter: Matter, form: FolderForm) -> HttpResponse:
    found = queries.collections_of(matter)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    counted = tallies.of(page)
    exhibits = queries.exhibits_of_captures(matter, page)
    watched = matter.folders.select_related("opened_by").order_by("-number")
    context = {
        "matter": matter,
        "may_act": access.may_act(queries.level_in(request.user, matter.pk)),
        "page": page,
        "rows": [(one, counted[one.pk], exhibits.get(one.capture_sha256)) for one in page],
        "folders": Paginator(watched, PAGE).get_page(request.GET.get("folders")),
        "files": Paginator(queries.files_of(matter), PAGE).get_page(request.GET.get("files")),
        "roots": settings.COLLECT_FOLDERS,
        "form": form,
    }
    return render(request, "gatherings/index.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def show(request: SignedInRequest, matter_id: int, collection_id: int) -> HttpResponse:
    """Show a collection: its plan, its sittings, and every call."""
    matter = queries.matter_to_read(request.user, matter_id)
    one = queries.collection_of(matter, collection_id)
    calls = one.calls.defer("request", "response").order_by("-started_at", "-pk")
    page = Paginator(calls, PAGE).get_page(request.GET.get("calls"))
    sittings = one.sittings.order_by("-number")
    may_act = access.may_act(queries.level_in(request.user, matter_id))
    context = {
        "matter": matter,
        "one": one,
        "tally": tallies.of([one])[one.pk],
        "exhibit": queries.exhibits_of_captures(matter, [one]).get(one.capture_sha256),
        "may_act": may_act and queries.is_begun_in(matter, one),
        "calls": page,
        "rows": [(call, _prompt(one, call)) for call in page],
        "sittings": Paginator(sittings, PAGE).get_page(request.GET.get("sittings")),
    }
    return render(request, "gatherings/show.html", context)


def _prompt(collection: Collection, call: Call) -> str:
    prompts: list[Any] = collection.plan.get("prompts", [])
    return str(prompts[call.prompt])[:_SHOWN] if call.prompt < len(prompts) else ""


@login_required
@require_POST
def act(request: SignedInRequest, matter_id: int, collection_id: int) -> HttpResponse:
    """Pause, resume or stop a collection that was begun in this matter."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    one = queries.collection_of(matter, collection_id, begun=True)
    what = request.POST.get("act", "")
    if what not in gathering.ACTS:
        messages.error(request, "Nothing was done: choose one of the buttons.")
        return redirect("collection", matter_id, collection_id)
    try:
        done = gathering.act(one, what, matter, by=request.user)
    except TouchstoneError as error:
        messages.error(request, str(error))
    else:
        if not done:
            messages.error(request, "Nothing was done: the collection has ended, or is at it.")
        elif what != "pause":
            ring(collect, one.pk)
    return redirect("collection", matter_id, collection_id)


@login_required
@require_POST
def watch_folder(request: SignedInRequest, matter_id: int) -> HttpResponse:
    """Have the files of a folder become exhibits from now on."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    form = FolderForm(request.POST)
    if form.is_valid():
        try:
            folder = folders.watch(matter, form.url(), form.given(), by=request.user)
        except TouchstoneError as error:
            form.add_error(None, str(error))
        else:
            ring(take_from_folder, folder.pk)
            return redirect("collections", matter_id)
    return _index(request, matter, form)


@login_required
@require_POST
def close_folder(request: SignedInRequest, matter_id: int, number: int) -> HttpResponse:
    """Take no further file from a folder."""
    matter = queries.matter_to_act_on(request.user, matter_id)
    folders.close(queries.folder_of(matter, number), by=request.user)
    return redirect("collections", matter_id)
