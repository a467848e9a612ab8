"""One look at a line: the provider's list, served name and fingerprint, and sentinel prompts.

What an answer says is used in one comparison only, so that the looks do not lean on one another
and false alarms are as rare as the level of the detector says: a look is held against the oldest
answers of its release that no look was held against, and leaves new ones behind.
"""

from dataclasses import asdict, dataclass, replace
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


# More new names at once than these wait for the next looks: each is asked the whole battery.
MOST_NEW = 10


@dataclass(frozen=True, slots=True)
class Noticed:
    """That a release is new: by what, why in words, and which model if not the one asked."""

    by: Release.By
    why: str
    model: str = ""


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
    names = _names(run, design, listing["models"])
    if names.new:
        endpoint = sibling(endpoint, names.new[-1], run.watch)
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
                "digest": listing["digest"],
                "asked": shown,
                **asdict(names),
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


@dataclass(frozen=True, slots=True)
class _Names:
    """Every name of the line that was ever listed; those that are new, and how many wait."""

    seen: list[str]
    new: list[str]
    waiting: int


def _names(run: WatchRun, design: Design, models: list[dict[str, str]]) -> _Names:
    """Return the names of a line; the new ones in the order of time, no more than MOST_NEW."""
    if not design.line:
        return _Names([], [], 0)
    # In the order of time; where the provider tells no time, in that of its list.
    of_line = sorted(
        (one for one in models if one["name"].startswith(design.line)),
        key=lambda one: one["made"].zfill(20),
    )
    before = _last_done(run)
    seen = set(before.facts["listing"]["seen"]) if before else None
    known = set(run.watch.releases.values_list("endpoint__model", flat=True)) | (seen or set())
    listed = dict.fromkeys(one["name"] for one in of_line)
    new = [name for name in listed if seen is not None and name not in known]
    waiting = set(new[MOST_NEW:])
    ever = (seen or set()) | (listed.keys() - waiting)
    return _Names(sorted(ever), new[:MOST_NEW], len(waiting))


@transaction.atomic
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
        kind=WatchRun.Kind.LOOK,
        state=WatchRun.State.DONE,
        plan=run.plan,
        collection__erased_at__isnull=True,
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


def weigh(run: WatchRun, design: Design) -> list[Noticed]:
    """Fill in what a look saw, and return which releases are new, the one that was asked last.

    Raises InsufficientDataError where too little was answered to tell.
    """
    collection = put(run)
    served, missing = served_in(collection), missing_in(collection)
    run.facts |= {
        "served": served.models,
        "fingerprints": served.fingerprints,
        "missing": missing_in_words(missing),
        "missing_count": len(missing),
        "one_model": served.is_one,
    }
    if not answers_of(collection, 0, 10**6):
        why = collection.problem or "no call was answered"
        raise InsufficientDataError(f"No sentinel prompt was answered: {why}")
    release = latest(run.watch)
    if release is None:
        return [Noticed(By.FIRST, "It is the first look of the watch.")]
    new = _told(run, release) or _behaves(run, design, release)
    others = run.facts["listing"].get("new", [])[:-1]
    return [*(_listed_too(name) for name in others), *([new] if new else [])]


def _told(run: WatchRun, release: Release) -> Noticed | None:
    """Say whether the provider itself tells of another release."""
    return _listed_anew(run, release) or _served_anew(run, release)


def _listed_anew(run: WatchRun, release: Release) -> Noticed | None:
    endpoint, before = put(run).endpoint, _last_done(run)
    if endpoint.pk != release.endpoint_id:
        return replace(_listed_too(endpoint.model), model="")
    shown = run.facts["listing"]["asked"]
    # What another release was listed as says nothing of this one.
    of_it = before is not None and before.release_id == release.pk
    shown_before = before.facts["listing"]["asked"] if before and of_it else []
    if shown and shown_before and shown != shown_before:
        return Noticed(By.LIST, f"The provider lists the model as {shown}, before {shown_before}.")
    return None


def _listed_too(name: str) -> Noticed:
    return Noticed(By.LIST, f"The provider lists {name}, which it did not before.", name)


def _served_anew(run: WatchRun, release: Release) -> Noticed | None:
    served, fingerprints = set(run.facts["served"]), set(run.facts["fingerprints"])
    known, name = _fingerprints_of(release), release.served_model or _first_served(release)
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


def _first_served(release: Release) -> str:
    """Return the name under which a release that a person entered was served at first."""
    looks = release.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.DONE)
    first = looks.order_by("due_at", "pk").first()
    counts: dict[str, int] = first.facts["served"] if first else {}
    return max(counts, key=lambda name: counts[name], default="")


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
