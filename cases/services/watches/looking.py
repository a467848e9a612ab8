"""One look at a line: the provider's list, served name and fingerprint, and sentinel prompts.

What an answer says is used in one comparison only, so that the looks do not lean on one another
and false alarms are as rare as the level of the detector says: a look is held against the oldest
answers of its release that no look was held against, and leaves new ones behind.
"""

from dataclasses import asdict, dataclass, replace

import numpy as np
from django.db import transaction

from audit.analysis.errors import InsufficientDataError, IntegrityError
from audit.analysis.series.looks import Detector
from audit.analysis.series.sentinels import sentinel_p_value, shared_prompts
from audit.models import Collection, Endpoint
from audit.services import collections
from cases.models import Release, Watch, WatchRun
from cases.services.watches.answers import answers_of, missing_in, missing_in_words, served_in
from cases.services.watches.design import Design
from cases.services.watches.listed import last_done, listed, listed_otherwise, of_line

By = Release.By


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
    listing = listed(endpoint)
    names = of_line(run, last_done(run), design.line, listing)
    if names.new:
        endpoint = sibling(endpoint, names.new[-1], run.watch)
    held = release is not None and endpoint == release.endpoint
    left = len(unused(run, release)) if held and release else 0
    chunks = design.reserve if not left else 1 + max(0, design.reserve - left + 1)
    look = run.watch.runs.filter(kind=WatchRun.Kind.LOOK).count()
    with transaction.atomic():
        plan = design.sentinel_plan(endpoint, chunks, look)
        collection = collections.start(endpoint, plan)
        told = listing.of(endpoint.model) | asdict(names)
        run.facts |= {"listing": told, "chunks": chunks}
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
    endpoint, before = put(run).endpoint, last_done(run)
    if endpoint.pk != release.endpoint_id:
        return replace(_listed_too(endpoint.model), model="")
    # What another release was listed as says nothing of this one.
    if before is None or before.release_id != release.pk:
        return None
    why = listed_otherwise(run.facts["listing"], before.facts["listing"])
    return Noticed(By.LIST, why) if why else None


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
    before, p_value = last_done(run), _compared(run, design, unused(run, release))
    if before is None or p_value is None:
        return None
    # The detector begins anew with each release.
    statistic = 0.0 if before.pk == release.first_look_id else before.statistic
    detector = Detector(design.level, statistic=statistic).look(p_value)
    run.statistic = detector.statistic
    if not detector.alarms:
        return None
    return Noticed(
        By.BEHAVIOUR,
        f"The answers to {len(design.sentinels)} sentinel prompts are not as before"
        f" (p = {p_value:.2g}; the detector stands at {detector.statistic:,.0f}, and"
        f" {1 / design.level:,.0f} is its alarm).",
    )


def _compared(run: WatchRun, design: Design, reserves: list[Reserve]) -> float | None:
    """Hold the answers against the oldest that say anything of the same prompts; None for none.

    Answers that a provider withheld once would otherwise end every look from then on.
    """
    now = answers_of(put(run), 0, design.repeats)
    if not now:
        raise InsufficientDataError("No sentinel prompt was answered in the first turn.")
    for held in reserves:
        first = held.chunk * design.repeats
        before = answers_of(put(held.look), first, first + design.repeats)
        if shared_prompts(before, now):
            rng = np.random.default_rng((design.parameters.seed, run.pk))
            run.p_value = sentinel_p_value(before, now, rng)
            run.compared_with, run.chunk = held.look, held.chunk
            return run.p_value
    return None
