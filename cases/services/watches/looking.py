"""One look at a line: the provider's list, served name and fingerprint, and sentinel prompts.

What an answer says is used in one comparison only, so that the looks do not lean on one another
and false alarms are as rare as the level of the detector says: a look is held against the oldest
answers of its release that no look was held against, and leaves new ones behind.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from audit.analysis.errors import InsufficientDataError, IntegrityError, TouchstoneError
from audit.analysis.series.looks import Detector
from audit.analysis.series.sentinels import sentinel_p_value
from audit.collect.values import Listed
from audit.models import Collection, Endpoint
from audit.services import collections
from cases.models import Release, Watch, WatchRun
from cases.services.watches.answers import answers_of, missing_in, missing_in_words, served_in
from cases.services.watches.design import Design

By = Release.By


@dataclass(frozen=True, slots=True)
class Noticed:
    """That a release is new: by what, and why in words."""

    by: Release.By
    why: str


@dataclass(frozen=True, slots=True)
class Reserve:
    """Answers of an earlier look that no look was held against: which look, which part."""

    look: WatchRun
    chunk: int


def begin(run: WatchRun, design: Design) -> Collection:
    """Ask for the list of models, and start to put the sentinel prompts to the newest."""
    release = latest(run.watch)
    endpoint = release.endpoint if release else endpoint_of(run)
    listing = _listed(endpoint)
    endpoint, seen = _newest(run, design, endpoint, listing["models"])
    held = release is not None and endpoint == release.endpoint
    left = len(unused(run, release)) if held and release else 0
    chunks = design.reserve if not left else 1 + max(0, design.reserve - left + 1)
    look = run.watch.runs.filter(kind=WatchRun.Kind.LOOK).count()
    with transaction.atomic():
        plan = design.sentinel_plan(endpoint, chunks, look)
        collection = collections.start(endpoint, plan)
        shown = [one for one in listing["models"] if one["name"] == endpoint.model]
        run.facts |= {
            "listing": {
                "problem": listing["problem"],
                "asked": shown,
                "seen": seen,
                "digest": listing["digest"],
            },
            "chunks": chunks,
        }
        run.collection = collection
        run.save(update_fields=["facts", "collection"])
    return collection


def put(run: WatchRun) -> Collection:
    """Return the questions that a run has put; raises TouchstoneError where it has put none."""
    if run.collection is None:
        raise IntegrityError(f"{run} has put no question yet.")
    return run.collection


def latest(watch: Watch) -> Release | None:
    """Return the newest release of a watch."""
    return watch.releases.select_related("endpoint").order_by("-number").first()


def endpoint_of(run: WatchRun) -> Endpoint:
    """Return the endpoint that the plan of a run names."""
    return Endpoint.objects.get(pk=run.plan.plan["endpoint"]["id"])


def _listed(endpoint: Endpoint) -> dict[str, Any]:
    """Return the models that a provider lists; one that lists none is still looked at."""
    try:
        found = collections.look(endpoint)
    except TouchstoneError as error:
        return {"models": [], "problem": str(error), "digest": ""}
    rows = [_row(one) for one in found.models]
    return {"models": rows, "problem": found.problem, "digest": found.digest}


def _row(one: Listed) -> dict[str, str]:
    return {"name": one.name, "made": one.made, "digest": one.digest}


def _newest(
    run: WatchRun, design: Design, endpoint: Endpoint, models: list[dict[str, str]]
) -> tuple[Endpoint, list[str]]:
    """Return which model of the line to ask, and every name of it that was ever listed."""
    if not design.line:
        return endpoint, []
    of_line = [one for one in models if one["name"].startswith(design.line)]
    before = _last_done(run)
    seen = set(before.facts["listing"]["seen"]) if before else None
    names = sorted({one["name"] for one in of_line} | (seen or set()))
    new = [one for one in of_line if seen is not None and one["name"] not in seen]
    if not new:
        return endpoint, names
    # The last in time; where the provider tells no time, the last in its list.
    newest = max(enumerate(new), key=lambda pair: (pair[1]["made"].zfill(20), pair[0]))[1]
    return sibling(endpoint, newest["name"], run.watch), names


def sibling(endpoint: Endpoint, model: str, watch: Watch) -> Endpoint:
    """Return the endpoint of another model of the line, under the leave given for the line."""
    given = collections.authorisation_of(endpoint)
    found, new = Endpoint.objects.get_or_create(
        kind=endpoint.kind,
        url=endpoint.url,
        model=model,
        key_name=endpoint.key_name,
        defaults={
            "price_in": endpoint.price_in,
            "price_out": endpoint.price_out,
            "currency": endpoint.currency,
        },
    )
    if new:
        collections.authorise(
            found,
            confirmed_by=given.confirmed_by,
            basis=f"{given.basis} (given for every model of the line when watch {watch.number}"
            f" of matter {watch.matter_id} was opened)",
            until=given.until,
        )
    return found


def _last_done(run: WatchRun) -> WatchRun | None:
    """Return the look before this one that came to its end."""
    done = run.watch.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.DONE)
    return done.exclude(pk=run.pk).order_by("-due_at", "-pk").first()


def unused(run: WatchRun, release: Release) -> list[Reserve]:
    """Return the answers of a release to these sentinels that are not used yet, oldest first."""
    looks = release.runs.filter(
        kind=WatchRun.Kind.LOOK, state=WatchRun.State.DONE, plan=run.plan
    ).exclude(pk=run.pk)
    spent = set(
        run.watch.runs.filter(compared_with__isnull=False).values_list("compared_with", "chunk")
    )
    return [
        Reserve(look, chunk)
        for look in looks.select_related("collection").order_by("due_at", "pk")
        # The first part of a look that was itself compared is used up by that.
        for chunk in range(int(look.p_value is not None), look.facts["chunks"])
        if (look.pk, chunk) not in spent
    ]


def weigh(run: WatchRun, design: Design) -> Noticed | None:
    """Fill in what a look saw, and return whether it is of a new release.

    Raises InsufficientDataError where too little was answered to tell.
    """
    collection = put(run)
    served, missing = served_in(collection), missing_in(collection)
    run.facts |= {
        "served": served.models,
        "fingerprints": served.fingerprints,
        "missing": missing_in_words(missing),
        "missing_count": len(missing),
    }
    if not answers_of(collection, 0, 10**6):
        why = collection.problem or "no call was answered"
        raise InsufficientDataError(f"No sentinel prompt was answered: {why}")
    release = latest(run.watch)
    if release is None:
        return Noticed(By.FIRST, "It is the first look of the watch.")
    return _told(run, release) or _behaves(run, design, release)


def _told(run: WatchRun, release: Release) -> Noticed | None:
    """Say whether the provider itself tells of another release."""
    return _listed_anew(run, release) or _served_anew(run, release)


def _listed_anew(run: WatchRun, release: Release) -> Noticed | None:
    endpoint, before = put(run).endpoint, _last_done(run)
    if endpoint.pk != release.endpoint_id:
        return Noticed(By.LIST, f"The provider lists {endpoint.model}, which it did not before.")
    shown = run.facts["listing"]["asked"]
    shown_before = before.facts["listing"]["asked"] if before else []
    if shown and shown_before and shown != shown_before:
        return Noticed(By.LIST, f"The provider lists the model as {shown}, before {shown_before}.")
    return None


def _served_anew(run: WatchRun, release: Release) -> Noticed | None:
    served, fingerprints = set(run.facts["served"]), set(run.facts["fingerprints"])
    known, name = _fingerprints_of(release), release.served_model
    if served and name and name not in served:
        return Noticed(By.NAME, f"{_list(served)} answered; before it was {name}.")
    if fingerprints and known and not fingerprints & known:
        why = f"The fingerprint is {_list(fingerprints)}; before it was {_list(known)}."
        return Noticed(By.FINGERPRINT, why)
    return None


def _fingerprints_of(release: Release) -> set[str]:
    """Return every fingerprint seen of a release: a provider may have several at once."""
    looks = release.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.DONE)
    return {one for look in looks for one in look.facts["fingerprints"]}


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _behaves(run: WatchRun, design: Design, release: Release) -> Noticed | None:
    """Hold the answers against earlier ones; return whether the detector alarms."""
    reserves = unused(run, release)
    before = _last_done(run)
    if not reserves or before is None:
        return None
    held = reserves[0]
    first = held.chunk * design.repeats
    run.p_value = sentinel_p_value(
        answers_of(put(held.look), first, first + design.repeats),
        answers_of(put(run), 0, design.repeats),
        np.random.default_rng((design.parameters.seed, run.pk)),
    )
    run.compared_with, run.chunk = held.look, held.chunk
    # The detector begins anew with each release.
    statistic = 0.0 if before.pk == release.first_look_id else before.statistic
    detector = Detector(design.level, statistic=statistic).look(run.p_value)
    run.statistic = detector.statistic
    if not detector.alarms:
        return None
    return Noticed(
        By.BEHAVIOUR,
        f"The answers to {len(design.sentinels)} sentinel prompts are not as before"
        f" (p = {run.p_value:.2g}; the detector stands at {detector.statistic:,.0f}, and"
        f" {1 / design.level:,.0f} is its alarm).",
    )
