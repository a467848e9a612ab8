"""What a person asks for of a release: that one be entered, or audited once more."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.models import Endpoint
from cases.models import Notice, Release, Watch, WatchRun
from cases.services import custody
from cases.services.watches import due, notices
from cases.services.watches.asking import WatchRefusedError, endpoint_of
from cases.services.watches.design import Design
from cases.services.watches.looking import latest, sibling
from cases.services.watches.timing import locked


@dataclass(frozen=True, slots=True)
class Announced:
    """That a provider announced a release: under which name it is asked, when, and seen where."""

    model: str
    on: date
    where: str


@transaction.atomic
def enter_release(watch: Watch, announced: Announced, *, by: User) -> WatchRun:
    """Enter a release that a person knows of, once; return its audit, which is asked for.

    Raises WatchRefusedError while a look is under way, which may notice the release by itself.
    """
    watch = locked(watch)
    endpoint = _endpoint(watch, announced)
    before = watch.releases.filter(
        noticed_by=Release.By.PERSON, endpoint=endpoint, announced_on=announced.on
    ).first()
    if before is not None:
        return before.runs.filter(kind=WatchRun.Kind.AUDIT).order_by("pk")[0]
    if watch.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.OPEN).exists():
        raise WatchRefusedError(
            "A look is under way and may notice the release by itself. Wait for its end, and enter"
            " the release if it is not there then."
        )
    return _audit(_entered(watch, announced, endpoint, by=by))


@transaction.atomic
def audit_again(release: Release, *, by: User) -> WatchRun:
    """Ask for another audit of a release, as a person does: two of one release show the noise."""
    watch, what = locked(release.watch), f"another audit of release {release.number}"
    custody.record(watch.matter, "watch asked", {"watch": watch.number, "what": what}, by=by)
    return _audit(release)


def _endpoint(watch: Watch, announced: Announced) -> Endpoint:
    """Return where the release is asked, under the leave given for the line."""
    today = timezone.now().astimezone(ZoneInfo(watch.zone)).date()
    if announced.on > today:
        raise WatchRefusedError("The release is announced for a day to come: enter it then.")
    if not announced.where.strip():
        raise WatchRefusedError("Say where the announcement was seen.")
    plan, last = due.current_plan(watch), latest(watch)
    endpoint = last.endpoint if last else endpoint_of(plan)
    if announced.model == endpoint.model:
        return endpoint
    line = Design.from_dict(plan.plan["design"]).line
    if not line or not announced.model.startswith(line):
        names = f"models whose names begin with {line}" if line else f"{endpoint.model} alone"
        raise WatchRefusedError(
            f"The leave to ask was given for {names}. For {announced.model} open another watch."
        )
    return sibling(endpoint, announced.model, watch)


def _entered(watch: Watch, announced: Announced, endpoint: Endpoint, *, by: User) -> Release:
    last = latest(watch)
    release = Release.objects.create(
        watch=watch,
        number=last.number + 1 if last else 1,
        endpoint=endpoint,
        noticed_by=Release.By.PERSON,
        announced_on=announced.on,
        why=f"A person entered it: {announced.model} was announced on {announced.on}, as seen at"
        f" {announced.where}.",
    )
    facts = {
        "watch": watch.number,
        "release": release.number,
        "model": announced.model,
        "announced": announced.on.isoformat(),
        "seen_at": announced.where,
        "why": release.why,
        "record": "asked for by a person",
    }
    custody.record(watch.matter, "release entered", facts, by=by)
    text = f"{watch.name}: release {release.number} was entered. {release.why}"
    notices.tell(watch, Notice.Kind.CHANGE, f"release {release.number}", text)
    return release


def _audit(release: Release) -> WatchRun:
    return WatchRun.objects.create(
        watch=release.watch,
        plan=due.current_plan(release.watch),
        kind=WatchRun.Kind.AUDIT,
        due_at=timezone.now(),
        release=release,
        ordinary_course=False,
    )
