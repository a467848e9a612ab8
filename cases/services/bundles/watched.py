"""The watches of a bundle, every run of theirs with it, and the captures of what was asked.

What a schedule made by itself and what a person asked for are written into files of their own.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.digests import canonical_json, chunks_of
from audit.models import Collection
from audit.services.sources import store
from cases.models import Exhibit, Matter, Notice, Release, Watch, WatchEvent, WatchPlan, WatchRun
from cases.services import answers_erased
from cases.services.bundles.evidence import GROUP, write_lines
from cases.services.watches import schedule_in_words

_COURSES = {"ordinary_runs": (layout.ORDINARY, True), "asked_runs": (layout.ASKED, False)}
# An audit has its whole series with it: few are held at once.
_FEW = 20


def write(matter: Matter, made: Bag) -> dict[str, int]:
    """Write every watch and every capture of a matter; return how much of what is counted."""
    names = ("watches", *_COURSES, "notices", "captures", "capture_stamps")
    counts = dict.fromkeys(names, 0)
    for watch in matter.watches.select_related("opened_by", "schedule").order_by("number"):
        counts["watches"] += 1
        for name, many in _watch(watch, made).items():
            counts[name] += many
    held = _held(made)
    for collection in collections_of(matter).order_by("pk").iterator(_FEW):
        counts["captures"] += 1
        counts["capture_stamps"] += _capture(collection, held, made)
    return counts


def collections_of(matter: Matter) -> QuerySet[Collection]:
    """Return what was asked for a matter, by a watch or by hand, or handed in as an exhibit."""
    natives = Exhibit.objects.filter(matter=matter).values("source__sha256")
    watched = WatchRun.objects.filter(watch__matter=matter, collection__isnull=False)
    of_matter = Q(pk__in=watched.values("collection")) | Q(gathering__matter=matter)
    return Collection.objects.filter(of_matter | Q(capture_sha256__in=natives))


def _watch(watch: Watch, made: Bag) -> dict[str, int]:
    told = {
        "number": watch.number,
        "name": watch.name,
        "state": watch.state,
        "zone": watch.zone,
        "schedule": schedule_in_words(watch),
        "missed": watch.missed,
        "next_at": watch.next_at.isoformat(),
        "opened_by": watch.opened_by.get_username(),
        "opened_at": watch.opened_at.isoformat(),
        "plans": [_plan(one) for one in watch.plans.select_related("sealed_by")],
        "releases": [_release(one) for one in watch.releases.select_related("endpoint")],
        "events": [_event(one) for one in watch.events.select_related("entered_by")],
    }
    made.write(layout.watch(watch.number, layout.WATCH), [canonical_json(told)])
    counts = {
        counted: write_lines(made, layout.watch(watch.number, name), _runs(watch, ordinary=course))
        for counted, (name, course) in _COURSES.items()
    }
    notices = map(_notice, watch.notices.order_by("created_at", "pk").iterator(GROUP))
    path = layout.watch(watch.number, layout.NOTICES)
    return counts | {"notices": write_lines(made, path, notices)}


def _plan(one: WatchPlan) -> dict[str, Any]:
    return {
        "version": one.version,
        "digest": one.digest,
        "why": one.why,
        "sealed_by": one.sealed_by.get_username(),
        "sealed_at": one.sealed_at.isoformat(),
        "plan": one.plan,
    }


def _release(one: Release) -> dict[str, Any]:
    return {
        "number": one.number,
        "model": one.endpoint.model,
        "noticed_by": one.noticed_by,
        "noticed_in_words": one.get_noticed_by_display(),
        "noticed_at": one.noticed_at.isoformat(),
        "served_model": one.served_model,
        "fingerprint": one.fingerprint,
        "why": one.why,
        "first_look": one.first_look_id,
        "announced_on": one.announced_on.isoformat() if one.announced_on else None,
    }


def _event(one: WatchEvent) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "happened_on": one.happened_on.isoformat(),
        "text": one.text,
        "source": one.source,
        "sha256": one.sha256,
        "exhibit": one.exhibit.label if one.exhibit else "",
        "replaces": one.replaces.number if one.replaces else None,
        "entered_by": one.entered_by.get_username(),
        "entered_at": one.entered_at.isoformat(),
    }


def _runs(watch: Watch, *, ordinary: bool) -> Iterator[dict[str, Any]]:
    rows = watch.runs.filter(ordinary_course=ordinary).order_by("due_at", "pk")
    related = rows.select_related("plan", "release", "exhibit", "finding")
    for one in related.iterator(_FEW):
        yield {
            "id": one.pk,
            "kind": one.kind,
            "due_at": one.due_at.isoformat(),
            "ordinary_course": one.ordinary_course,
            "state": one.state,
            "problem": one.problem,
            "asked_at": one.asked_at.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "plan": one.plan.version,
            "release": one.release.number if one.release else None,
            "collection": one.collection_id,
            "exhibit": one.exhibit.label if one.exhibit else "",
            "finding": one.finding.number if one.finding else None,
            "compared_with": one.compared_with_id,
            "chunk": one.chunk,
            "p_value": one.p_value,
            "statistic": one.statistic,
            "tokens": one.tokens,
            "cost": one.cost,
            "facts": one.facts,
            "likeness": one.likeness,
            "series": one.series,
        }


def _notice(one: Notice) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.get_kind_display(),
        "run": one.run_id,
        "text": one.text,
        "created_at": one.created_at.isoformat(),
        "acknowledged_by": one.acknowledged_by.get_username() if one.acknowledged_by else "",
        "acknowledged_at": one.acknowledged_at.isoformat() if one.acknowledged_at else None,
        "sent": [
            {
                "channel": each.channel,
                "attempts": each.attempts,
                "at": each.sent_at.isoformat() if each.sent_at else None,
                "problem": each.problem,
            }
            for each in one.deliveries.order_by("channel")
        ],
    }


def _held(made: Bag) -> dict[str, str]:
    """Return where the native files of exhibits lie, by their digests."""
    return {one.sha256: path for path, one in made.files.items() if "/native" in path}


def _capture(collection: Collection, held: dict[str, str], made: Bag) -> int:
    """Write what is said of a capture, and its calls where no exhibit is that file."""
    sha256, place = collection.capture_sha256, ""
    if sha256 in held:
        place = held[sha256]
    elif sha256 and not _is_going(collection):
        place = layout.capture(collection.pk, layout.CALLS)
        with store().open(sha256) as stream:
            made.write(place, chunks_of(stream))
    stamps = list(_stamps(collection, made))
    told = {
        "collection": collection.pk,
        "state": collection.state,
        "problem": collection.problem,
        "plan_sha256": collection.plan_digest,
        "sealed_at": collection.sealed_at.isoformat(),
        "ended_at": collection.ended_at.isoformat() if collection.ended_at else None,
        "sha256": sha256,
        "bytes": collection.capture_size,
        "held": place,
        "erased_at": collection.erased_at.isoformat() if collection.erased_at else None,
        "stamps": stamps,
    }
    made.write(layout.capture(collection.pk, layout.CAPTURE), [canonical_json(told)])
    return len(stamps)


def _is_going(collection: Collection) -> bool:
    """Say whether what a collection brought is erased, or is about to be."""
    return (
        collection.erased_at is not None or answers_erased.due().filter(pk=collection.pk).exists()
    )


def _stamps(collection: Collection, made: Bag) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(collection.stamps.order_by("at", "pk"), start=1):
        path = layout.capture_stamp(collection.pk, number, "tsr")
        made.write(path, [bytes(one.answer)])
        path = layout.capture_stamp(collection.pk, number, "pem")
        made.write(path, [one.certificates.encode()])
        yield {
            "number": number,
            "url": one.url,
            "authority": one.authority,
            "at": one.at.isoformat(),
            "independent": one.independent,
            "received_at": one.received_at.isoformat(),
        }
