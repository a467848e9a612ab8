"""Releases that a look noticed: each entered once, told of, and its audit asked for."""

from cases.models import Notice, Release, WatchRun
from cases.services import custody
from cases.services.watches import notices
from cases.services.watches.listed import MOST_NEW
from cases.services.watches.looking import Noticed, latest, put, sibling


def enter(run: WatchRun, noticed: Noticed) -> Release:
    """Enter a new release, and tell of it.

    Of one that the look did not ask nobody knows yet under which name it is served.
    """
    watch, before, asked = run.watch, latest(run.watch), put(run).endpoint
    served, fingerprints = run.facts["served"], run.facts["fingerprints"]
    release = Release.objects.create(
        watch=watch,
        number=before.number + 1 if before else 1,
        endpoint=sibling(asked, noticed.model, watch) if noticed.model else asked,
        noticed_by=noticed.by,
        served_model="" if noticed.model else _most(served),
        fingerprint="" if noticed.model else _most(fingerprints),
        why=noticed.why,
        first_look=run,
    )
    facts = {
        "watch": watch.number,
        "release": release.number,
        "model": release.endpoint.model,
        "noticed_by": release.get_noticed_by_display(),
        "why": noticed.why,
    }
    custody.record(watch.matter, "release noticed", facts, by=watch.opened_by)
    if noticed.by != Release.By.FIRST:
        text = f"{watch.name}: release {release.number} was noticed. {noticed.why}"
        notices.tell(watch, Notice.Kind.CHANGE, f"release {release.number}", text, run=run)
    return release


def _most(counts: dict[str, int]) -> str:
    return max(counts, key=lambda name: counts[name], default="")


def tell_waiting(run: WatchRun) -> None:
    """Tell of new names that are more than one look enters."""
    if waiting := run.facts["listing"].get("waiting", 0):
        text = (
            f"{run.watch.name}: the provider lists more new names than the {MOST_NEW} that"
            f" one look enters; {waiting:,} more wait for the next looks, the oldest first."
        )
        notices.tell(run.watch, Notice.Kind.CHANGE, f"waiting {run.pk}", text, run=run)


def audit_of(run: WatchRun, release: Release) -> WatchRun:
    """Ask for the audit of a release that a look noticed."""
    audit, _ = WatchRun.objects.get_or_create(
        watch=run.watch,
        due_at=run.due_at,
        kind=WatchRun.Kind.AUDIT,
        release=release,
        defaults={"plan": run.plan, "ordinary_course": run.ordinary_course},
    )
    return audit
