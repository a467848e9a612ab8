"""A collection from its seal to its capture: begun, carried out, halted, resumed and closed."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.collect import build
from audit.collect.calling import check_url
from audit.collect.clock import clock
from audit.collect.pacing import OutOfBudgetError, Prices
from audit.collect.plan import Plan
from audit.collect.providers import provider_of
from audit.models import Authorisation, Collection, Endpoint, Job
from audit.services import jobs, keys
from audit.services.collections import capturing, recording
from audit.services.collections.sitting import Asking, Open, Setting
from audit.services.collections.words import (
    AuthorisationError,
    EndingError,
    HaltedError,
    TakenOverError,
)

State = Collection.State
OPEN = (State.RUNNING, State.PAUSED)
# Why a collection is paused that goes on only when a person says so.
BY_HAND = "It was paused by hand."


def described(
    kind: str, url: str, model: str, *, key_name: str = "", prices: Prices, currency: str = ""
) -> Endpoint:
    """Return the endpoint of that address as it would be; nothing is kept."""
    provider_of(kind)
    if key_name:
        keys.check_name(key_name)
    return Endpoint(
        kind=kind,
        url=check_url(url, keyed=bool(key_name)),
        model=model,
        key_name=key_name,
        price_in=prices.tokens_in,
        price_out=prices.tokens_out,
        currency=currency,
    )


def require_known(wanted: Endpoint) -> None:
    """Refuse to give a key to an address that it was never meant for.

    Keys are those of the site, and whoever may name any address for one could take it.
    """
    meant = Endpoint.objects.filter(key_name=wanted.key_name, url=wanted.url)
    if wanted.key_name and not meant.exists():
        raise WrongSettingError(
            f"The key {wanted.key_name} was never used at {wanted.url}, and a page gives it to no"
            " other address: let staff open the watch, or whoever keeps the keys with"
            " `manage.py watch open`."
        )


def endpoint(
    kind: str, url: str, model: str, *, key_name: str = "", prices: Prices, currency: str = ""
) -> Endpoint:
    """Return the endpoint of that address, made if it is new, with these prices from now on."""
    wanted = described(kind, url, model, key_name=key_name, prices=prices, currency=currency)
    prices_now = {
        "price_in": wanted.price_in,
        "price_out": wanted.price_out,
        "currency": wanted.currency,
    }
    found, _ = Endpoint.objects.get_or_create(
        kind=kind, url=wanted.url, model=model, key_name=key_name, defaults=prices_now
    )
    Endpoint.objects.filter(pk=found.pk).update(**prices_now)
    found.refresh_from_db()
    return found


def authorise(
    asked: Endpoint, *, confirmed_by: str, basis: str, until: datetime | None = None
) -> Authorisation:
    """Record that a person confirms: the basis is such, and the terms allow the probe."""
    if not confirmed_by.strip() or not basis.strip():
        raise AuthorisationError(
            "Say who confirms that this endpoint may be asked, and on what legal basis."
        )
    return Authorisation.objects.create(
        endpoint=asked, confirmed_by=confirmed_by, basis=basis, terms_allow=True, until=until
    )


def authorisation_of(asked: Endpoint) -> Authorisation:
    """Return the latest leave to ask an endpoint; raises AuthorisationError without one."""
    in_force = Q(until__isnull=True) | Q(until__gt=timezone.now())
    found = asked.authorisations.filter(in_force).order_by("-at", "-pk").first()
    if found is None:
        raise AuthorisationError(
            f"Nobody has confirmed that {asked} may be asked: name who does, and the legal basis,"
            " and see that its terms allow the probe."
        )
    return found


@transaction.atomic
def start(asked: Endpoint, plan: Plan) -> Collection:
    """Seal a plan as a collection that is to be carried out; the caller rings for it.

    Raises AuthorisationError where nobody has confirmed that the endpoint may be asked.
    """
    if (plan.kind, plan.url, plan.model) != (asked.kind, asked.url, asked.model):
        raise IntegrityError("The plan is for another endpoint than the one that is to be asked.")
    collection = Collection.objects.create(
        endpoint=asked,
        authorisation=authorisation_of(asked),
        plan=plan.as_dict(),
        plan_digest=plan.digest,
    )
    jobs.ask(Job.Kind.COLLECT, collection.pk)
    return collection


def plan_of(collection: Collection) -> Plan:
    """Return the plan that was sealed, after checking it against its digest."""
    plan = Plan.from_dict(collection.plan)
    if plan.digest != collection.plan_digest:
        raise IntegrityError(f"The plan of {collection} is not the plan that was sealed.")
    return plan


def pause(collection: Collection, why: str = BY_HAND) -> bool:
    """Begin no further call; what is in flight is waited for. Tells whether it was running."""
    found = Collection.objects.filter(pk=collection.pk, state=State.RUNNING)
    return bool(found.update(state=State.PAUSED, problem=why))


def stalled() -> QuerySet[Collection]:
    """Return the collections that came to a halt, but for those that a person has paused."""
    return Collection.objects.filter(state=State.PAUSED).exclude(problem=BY_HAND)


@transaction.atomic
def resume(collection: Collection) -> bool:
    """Let a paused collection go on, or one whose process was lost; the caller rings for it."""
    authorisation_of(collection.endpoint)
    found = Collection.objects.filter(pk=collection.pk, state__in=OPEN)
    if not found.update(state=State.RUNNING, problem=""):
        return False
    jobs.ask_again(Job.Kind.COLLECT, collection.pk)
    return True


def stop(collection: Collection, why: str = "It was stopped by hand.") -> bool:
    """End a collection for good with what it has; the caller rings for its capture."""
    with transaction.atomic():
        stopped = _end(collection, State.STOPPED, why)
        if stopped:
            jobs.ask_again(Job.Kind.COLLECT, collection.pk)
    return stopped


def carry_out(collection: Collection, tell: Callable[[int, int], None] | None = None) -> None:
    """Ask what is not settled and, at the end, write the capture; twice comes to the same.

    One process at a time does it. `tell` hears how many questions of how many are settled.
    """

    def told(problem: str) -> None:
        pause(collection, problem)

    job = jobs.claim(Job.Kind.COLLECT, collection.pk, told)
    if job is None:
        return
    with jobs.carried_out(job, told):
        collection.refresh_from_db()
        # It may be resumed while what was in flight at its pause is still waited for.
        while collection.state == State.RUNNING:
            with suppress(HaltedError):
                _sit(collection, job, tell)
            collection.refresh_from_db()
        if collection.state in Collection.ENDED and not collection.capture_sha256:
            recording.close_cut_off(collection)
            capturing.write(collection)


def _sit(collection: Collection, job: Job, tell: Callable[[int, int], None] | None) -> None:
    """Ask what is open, and set the state that this leads to."""
    plan = plan_of(collection)
    secret = keys.key_of(collection.endpoint.key_name)
    authorisation_of(collection.endpoint)
    sitting = recording.sit(collection, facts(plan))
    settled = recording.settled_in(collection)
    total = plan.repeats * len(plan.prompts)

    def show(done: int) -> None:
        jobs.progress(job, done, total)
        if tell is not None:
            tell(done, total)

    setting = Setting(
        plan=plan,
        sitting=sitting,
        secret=secret,
        spent=recording.spent_in(collection),
        settled=len(settled),
        roots=settings.COLLECT_ROOTS,
        tell=show,
    )
    attempts = recording.attempts_of(collection)
    still_open = (
        Open(one, attempts.get(one, 0)) for one in plan.questions() if one not in settled
    )
    asking = _ran(setting, still_open)
    _conclude(collection, asking)
    show(total - len(capturing.missing(collection)))


def _ran(setting: Setting, questions: Iterator[Open]) -> Asking:
    async def run() -> Asking:
        asking = Asking(setting, questions)
        await asking.run()
        return asking

    try:
        return asyncio.run(run())
    except ExceptionGroup as group:
        # What many tasks were doing when one of them failed is of no interest to a caller.
        raise group.exceptions[0] from group


def _conclude(collection: Collection, asking: Asking) -> None:
    """Set the state of a collection after a sitting; one that was halted by hand stays so."""
    ending = asking.ending
    if isinstance(ending, (TakenOverError, HaltedError)):
        raise ending
    if isinstance(ending, OutOfBudgetError):
        _end(collection, State.STOPPED, str(ending))
    elif isinstance(ending, EndingError):
        pause(collection, str(ending))
    elif asking.given_up:
        pause(
            collection,
            f"{asking.given_up} questions got no answer, each after as many attempts as the plan"
            " allows: resume to ask them again, or stop to close without them.",
        )
    else:
        _end(collection, State.DONE, "")


def due(most: int) -> list[int]:
    """Return the collections whose bell or process seems to be lost, for the sweep."""
    done = Job.objects.filter(kind=Job.Kind.COLLECT, state=Job.State.DONE)
    # Resumed in the very moment in which its process had nothing more to do.
    running = Collection.objects.filter(state=State.RUNNING, pk__in=done.values("subject"))
    for one in running[:most]:
        jobs.ask_again(Job.Kind.COLLECT, one.pk)
    return jobs.to_ring(Job.Kind.COLLECT, most)


def _end(collection: Collection, state: str, why: str) -> bool:
    found = Collection.objects.filter(pk=collection.pk, state__in=OPEN)
    return bool(found.update(state=state, problem=why, ended_at=timezone.now()))


def facts(plan: Plan) -> dict[str, Any]:
    """Return what a sitting has on record: its build, its clock, and what the name resolves to."""
    return {
        "collector": build.described(),
        "clock": clock(settings.NTP_SERVER).as_dict(),
        "host": socket.gethostname(),
        "resolved": resolved(plan.url),
        # Only the other side sees it, and none of the APIs tells it.
        "seen_from": "not seen: what address the endpoint saw the calls come from",
    }


def resolved(url: str) -> list[str]:
    """Return the addresses that the name of an endpoint resolves to, [] where it does not."""
    parts = urlsplit(url)
    with suppress(OSError):
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
        return sorted({str(one[4][0]) for one in found})
    return []
