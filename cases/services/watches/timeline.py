"""What happened to a line on one timeline: releases, terms, snapshots of teachers, plan versions.

A person enters what no record of the matter has: clauses that its filings hold and exhibits of
teachers stand on the timeline by themselves.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from cases.models import Exhibit, Filing, FilingClause, Release, Watch, WatchEvent
from cases.services import custody
from cases.services.watches.asking import WatchRefusedError

Kind = WatchEvent.Kind
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Happened:
    """What a person enters; `sha256` is that of a text that was captured, or ""."""

    kind: str
    on: date
    text: str
    source: str
    sha256: str = ""
    exhibit: Exhibit | None = None
    replaces: WatchEvent | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of the timeline; `what` is its kind in words, `entered` who put it there."""

    on: date
    kind: str
    what: str
    text: str
    source: str
    entered: str = ""
    sha256: str = ""
    replaced: bool = False


@transaction.atomic
def enter_event(watch: Watch, happened: Happened, *, by: User) -> WatchEvent:
    """Enter an event; one entered wrongly is replaced by it. Raises WatchRefusedError."""
    Watch.objects.select_for_update().get(pk=watch.pk)
    _require_sense(watch, happened)
    last = watch.events.order_by("-number").first()
    event = WatchEvent.objects.create(
        watch=watch,
        number=last.number + 1 if last else 1,
        kind=happened.kind,
        happened_on=happened.on,
        text=happened.text,
        source=happened.source,
        sha256=happened.sha256,
        exhibit=happened.exhibit,
        replaces=happened.replaces,
        entered_by=by,
    )
    custody.record(watch.matter, "watch event", _facts(event), by=by)
    return event


def _require_sense(watch: Watch, happened: Happened) -> None:
    before, exhibit = happened.replaces, happened.exhibit
    refusals = (
        (not happened.text.strip(), "Say what happened."),
        (not happened.source.strip(), "Say where it was seen."),
        (
            happened.kind == Kind.NOTHING and before is None,
            "Choose the event that was entered in error.",
        ),
        (
            bool(happened.sha256) and not _DIGEST.fullmatch(happened.sha256),
            "The SHA-256 is not 64 digits and letters from a to f.",
        ),
        (
            before is not None and before.watch_id != watch.pk,
            "The event to replace is not one of this watch.",
        ),
        (
            WatchEvent.objects.filter(replaces=before, replaces__isnull=False).exists(),
            "That event is replaced already: replace the one that stands in its place.",
        ),
        (
            exhibit is not None and exhibit.matter_id != watch.matter_id,
            "The exhibit is not one of this matter.",
        ),
    )
    for refused, why in refusals:
        if refused:
            raise WatchRefusedError(why)


def _facts(event: WatchEvent) -> dict[str, object]:
    facts: dict[str, object] = {
        "watch": event.watch.number,
        "event": event.number,
        "what": event.get_kind_display(),
        "happened_on": event.happened_on.isoformat(),
        "text": event.text,
        "source": event.source,
    }
    if event.sha256:
        facts["sha256"] = event.sha256
    if event.exhibit:
        facts["shown_by"] = event.exhibit.label
    if event.replaces:
        facts["replaces"] = event.replaces.number
    return facts


def standing_events(watch: Watch) -> list[WatchEvent]:
    """Return the events that no other replaces, and that say that something happened."""
    found = watch.events.filter(replaced_by__isnull=True).exclude(kind=Kind.NOTHING)
    return list(found.select_related("exhibit"))


def timeline(watch: Watch, *, drafts: bool) -> list[Mark]:
    """Return all marks in the order of time, with clauses of drafts for those who may see them."""
    marks = [
        *_releases(watch),
        *_versions(watch),
        *_events(watch),
        *_clauses(watch, drafts=drafts),
        *_teachers(watch),
    ]
    return sorted(marks, key=lambda one: one.on)


def day_of(watch: Watch, at: datetime) -> date:
    """Return on which day something happened where the watch is."""
    return timezone.localtime(at, ZoneInfo(watch.zone)).date()


def released_on(release: Release) -> date:
    """Return the day of a release: on which it was announced, else on which it was noticed."""
    return release.announced_on or day_of(release.watch, release.noticed_at)


def _releases(watch: Watch) -> Iterator[Mark]:
    for one in watch.releases.select_related("endpoint", "watch"):
        text = f"{one}: {one.endpoint.model}"
        noticed = day_of(watch, one.noticed_at)
        source, entered = f"noticed by {one.get_noticed_by_display()}", ""
        if one.announced_on is not None:
            source, entered = one.why, f"by a person, on {noticed}"
        yield Mark(released_on(one), "release", "release", text, source, entered)


def _versions(watch: Watch) -> Iterator[Mark]:
    for one in watch.plans.exclude(version=1).select_related("sealed_by"):
        text = f"Version {one.version} of the plan: {one.why}"
        who, on = one.sealed_by.get_username(), day_of(watch, one.sealed_at)
        yield Mark(on, "version", "plan", text, "this watch", who)


def _events(watch: Watch) -> Iterator[Mark]:
    related = ("entered_by", "exhibit", "replaced_by")
    for one in watch.events.exclude(kind=Kind.NOTHING).select_related(*related):
        shown = f" (exhibit {one.exhibit.label})" if one.exhibit else ""
        yield Mark(
            on=one.happened_on,
            kind=one.kind,
            what=one.get_kind_display(),
            text=f"{one.text}{shown}",
            source=one.source,
            entered=f"event {one.number}, by {one.entered_by.get_username()}",
            sha256=one.sha256,
            replaced=hasattr(one, "replaced_by"),
        )


def _clauses(watch: Watch, *, drafts: bool) -> Iterator[Mark]:
    """Yield the clauses of filings, each wording and day once, unless a person entered it too."""
    states = [Filing.State.FINAL]
    if drafts:
        states = [one for one in Filing.State if one != Filing.State.DISCARDED]
    known = {(one.sha256, one.happened_on) for one in standing_events(watch)}
    found = FilingClause.objects.filter(
        filing__matter=watch.matter, filing__state__in=states, effective_from__isnull=False
    )
    for one in found.select_related("filing").order_by("effective_from", "pk"):
        if one.effective_from is None or (one.sha256, one.effective_from) in known:
            continue
        known.add((one.sha256, one.effective_from))
        version = f", version {one.version}" if one.version else ""
        text = f"{one.instrument}{version}: in force from then"
        source = one.source or "not said"
        entered = f"clause of filing {one.filing.number}"
        yield Mark(
            one.effective_from, Kind.TERMS, Kind.TERMS.label, text, source, entered, one.sha256
        )


def _teachers(watch: Watch) -> Iterator[Mark]:
    """Yield the exhibits of teachers, on the day they came in unless an event dates one."""
    dated = {one.exhibit_id for one in standing_events(watch)}
    teachers = watch.matter.exhibits.filter(
        role=Exhibit.Role.TEACHER, withdrawn_at__isnull=True
    ).exclude(pk__in=[pk for pk in dated if pk])
    for one in teachers.select_related("received_by"):
        text, who = f"{one}, handed in", one.received_by.get_username()
        on = day_of(watch, one.received_at)
        yield Mark(on, Kind.TEACHER, Kind.TEACHER.label, text, f"exhibit {one.label}", who)
