"""Watches opened, and their plans changed; each act is entered into the ledger."""

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from audit.analysis.digests import digest_of
from audit.collect.pacing import Prices
from audit.models import Endpoint
from audit.services import collections
from cases.models import Matter, Release, Watch, WatchPlan
from cases.services import custody
from cases.services.watches.asking import (
    Asked,
    WatchRefusedError,
    designed,
    endpoint_of,
    pins,
)
from cases.services.watches.design import Design
from cases.services.watches.estimating import require_budget
from cases.services.watches.timing import Timing, locked, schedule_in_words, scheduled


def open_watch(matter: Matter, name: str, asked: Asked, timing: Timing, *, by: User) -> Watch:
    """Open a watch; its first look is due at once.

    Raises TouchstoneError if the endpoint may not be asked, or the plan could not carry an answer.
    """
    collections.authorisation_of(asked.endpoint)
    design = designed(asked)
    with transaction.atomic():
        Matter.objects.select_for_update().get(pk=matter.pk)
        last = matter.watches.order_by("-number").first()
        number = last.number + 1 if last else 1
        watch = Watch.objects.create(
            matter=matter,
            number=number,
            name=name,
            zone=timing.zone,
            schedule=scheduled(timing, f"watch {number} of matter {matter.pk}"),
            missed=timing.missed,
            next_at=timezone.now(),
            opened_by=by,
        )
        PeriodicTask.objects.filter(pk=watch.schedule_id).update(args=f"[{watch.pk}]")
        plan = _sealed(watch, design, asked.endpoint, "", by=by)
        facts = {
            "watch": number,
            "name": name,
            "plan": plan.digest,
            "model": asked.endpoint.model,
            "schedule": schedule_in_words(watch),
            "next": watch.next_at.isoformat(),
            "record": "ordinary course",
        }
        custody.record(matter, "watch opened", facts, by=by)
    return watch


@transaction.atomic
def change(watch: Watch, asked: Asked, why: str, *, by: User) -> WatchPlan:
    """Seal another version of the plan; runs that are under way keep theirs."""
    if not why.strip():
        raise WatchRefusedError("Say why the plan of the watch is another one now.")
    watch = locked(watch)
    collections.authorisation_of(asked.endpoint)
    return _entered(_another(watch, designed(asked), asked.endpoint, why, by=by), by=by)


@transaction.atomic
def price(watch: Watch, prices: Prices, currency: str) -> Endpoint:
    """Return the endpoint of a watch, with other prices for it and for all models of the line."""
    plan = locked(watch).plans.order_by("-version")[0]
    of_line = Release.objects.filter(watch=watch).values_list("endpoint", flat=True)
    found = {plan.plan["endpoint"]["id"], *of_line}
    Endpoint.objects.filter(pk__in=found).update(
        price_in=prices.tokens_in, price_out=prices.tokens_out, currency=currency
    )
    return endpoint_of(plan)


@transaction.atomic
def renew(watch: Watch, why: str, *, by: User) -> WatchPlan:
    """Seal the same plan over what this site computes with now, as another version.

    Releases before it are held against those after where both methods see the same.
    """
    if not why.strip():
        raise WatchRefusedError("Say why the watch is to compute with another method from now on.")
    watch = locked(watch)
    last = watch.plans.order_by("-version")[0]
    before = Design.from_dict(last.plan["design"])
    now = pins()
    if before.pins == now:
        raise WatchRefusedError("The watch is pinned to what this site computes with already.")
    parameters = replace(before.parameters, pack=now.pack)
    design = replace(before, pins=now, parameters=parameters)
    return _entered(_another(watch, design, endpoint_of(last), why, by=by), by=by)


def address_of(asked: Endpoint) -> dict[str, object]:
    """Return what a plan says of an endpoint, its prices when it was sealed among it."""
    names = ("kind", "url", "model", "price_in", "price_out", "currency")
    return {"id": asked.pk} | {name: getattr(asked, name) for name in names}


def _another(watch: Watch, design: Design, asked: Endpoint, why: str, *, by: User) -> WatchPlan:
    plan = {"endpoint": address_of(asked), "design": design.as_dict()}
    if watch.plans.order_by("-version")[0].digest == digest_of(plan):
        raise WatchRefusedError("Nothing is another: the plan stays as it is.")
    return _sealed(watch, design, asked, why, by=by)


def _entered(plan: WatchPlan, *, by: User) -> WatchPlan:
    watch = plan.watch
    facts = {"watch": watch.number, "version": plan.version, "plan": plan.digest, "why": plan.why}
    custody.record(watch.matter, "watch changed", facts, by=by)
    return plan


def _sealed(watch: Watch, design: Design, asked: Endpoint, why: str, *, by: User) -> WatchPlan:
    # Refused here, in words, if a run could not be carried out as it says.
    require_budget(design, asked)
    last = watch.plans.order_by("-version").first()
    plan = {"endpoint": address_of(asked), "design": design.as_dict()}
    return WatchPlan.objects.create(
        watch=watch,
        version=last.version + 1 if last else 1,
        plan=plan,
        digest=digest_of(plan),
        why=why,
        sealed_by=by,
    )
