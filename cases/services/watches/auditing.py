"""The audit of a release: its battery put, the capture handed in, a plan sealed over it.

The plan is that of the watch, under the software, encoder and pack that the watch is pinned to.
"""

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit.analysis.errors import InsufficientDataError, IntegrityError, WrongSettingError
from audit.analysis.plan import Parameters
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role
from audit.models import Collection
from audit.services import collections, runs
from audit.services.sources import store
from cases.models import Exhibit, Finding, Release, WatchRun
from cases.services import exhibits, findings
from cases.services.exhibits import Deposit
from cases.services.watches.answers import missing_in, missing_in_words, refused_in, served_in
from cases.services.watches.asking import pins
from cases.services.watches.design import Design
from cases.services.watches.looking import put

PARTY = "collected by this site's watch"
_CHUNK = 1 << 20
_SUPPORT = "stands_out"


def begin(run: WatchRun, design: Design) -> Collection:
    """Start to put the battery to a release; raises WrongSettingError where pins do not hold."""
    require_pins(design)
    release = release_of(run)
    with transaction.atomic():
        plan = design.battery_plan(release.endpoint)
        run.collection = collections.start(release.endpoint, plan)
        run.save(update_fields=["collection"])
    return run.collection


def require_pins(design: Design) -> None:
    """Refuse to audit with another method than that of the releases before."""
    now = pins()
    if now != design.pins:
        raise WrongSettingError(
            f"The watch is pinned to {design.pins} and this site computes with {now}: change the"
            " plan of the watch, so that a new version says why."
        )


def release_of(run: WatchRun) -> Release:
    """Return the release that an audit is of."""
    if run.release is None:
        raise IntegrityError(f"{run} is of no release.")
    return run.release


def hand_in(run: WatchRun) -> Exhibit:
    """Return the exhibit that the capture is, handed in if it is not yet; twice is once."""
    collection, matter = put(run), run.watch.matter
    found = matter.exhibits.filter(
        source__sha256=collection.capture_sha256, withdrawn_at__isnull=True
    )
    if (exhibit := found.select_related("source", "matter").first()) is not None:
        return exhibit
    deposit = Deposit(
        filename=f"watch-{run.watch.number}-run-{run.pk}.capture.jsonl",
        role=Role.SUSPECT,
        model_name=name_of(run),
        party=PARTY,
    )
    with store().open(collection.capture_sha256) as stream:
        chunks = iter(lambda: stream.read(_CHUNK), b"")
        return exhibits.receive(matter, chunks, deposit, by=run.watch.opened_by)


def name_of(run: WatchRun) -> str:
    """Return the model's name as an exhibit: the line and its release, and which audit of it."""
    release = release_of(run)
    before = release.runs.filter(exhibit__isnull=False).exclude(pk=run.pk).count()
    again = f", audit {before + 1}" if before else ""
    tail = f", release {release.number}{again} (watch {run.watch.number})"
    return f"{release.endpoint.model[: exhibits.LONGEST_NAME - len(tail)]}{tail}"


def note_calls(run: WatchRun) -> None:
    """Put on the run who answered, and which prompts are without an answer."""
    served, missing = served_in(put(run)), missing_in(put(run))
    run.facts |= {
        "served": served.models,
        "fingerprints": served.fingerprints,
        "missing": missing_in_words(missing),
        "missing_count": len(missing),
        "battery": {
            "missing": [text_key(one) for one in missing],
            "refused": [text_key(one) for one in refused_in(put(run))],
        },
        "one_model": served.is_one,
    }


def ask(run: WatchRun, design: Design) -> Finding:
    """Return the finding on a release, its plan sealed if it is not yet; twice is once.

    Raises InsufficientDataError where what was answered does not carry an answer.
    """
    require_pins(design)
    matter, exhibit = run.watch.matter, run.exhibit
    if exhibit is None:
        raise IntegrityError(f"{run} has no exhibit yet.")
    made = matter.findings.filter(run__inputs__source=exhibit.source).select_related("run")
    for one in made.order_by("number"):
        if _is_of(one.run.plan, exhibit, design):
            return one
    rest = [
        one
        for one in matter.exhibits.select_related("source").filter(withdrawn_at__isnull=True)
        if one.label in design.exhibits
    ]
    if lost := set(design.exhibits) - {one.label for one in rest}:
        raise InsufficientDataError(
            f"The watch rests on exhibits that are withdrawn: {', '.join(sorted(lost))}. Change"
            " its plan."
        )
    last = matter.findings.order_by("-number").first()
    change = findings.Change(last, why_of(run)) if last else None
    by = run.watch.opened_by
    return findings.ask(matter, [exhibit, *rest], design.parameters, by=by, change=change)


def _is_of(plan: Mapping[str, Any], exhibit: Exhibit, design: Design) -> bool:
    """Tell whether a plan is that of the watch: a person may seal another on the capture."""
    labels = {one["label"] for one in plan["inputs"]}
    is_whole = labels == {exhibit.label, *design.exhibits}
    return is_whole and Parameters(**plan["parameters"]) == design.parameters


def why_of(run: WatchRun) -> str:
    """Return why there is another plan in the matter."""
    course = "in the ordinary course" if run.ordinary_course else "as a person asked"
    release = release_of(run)
    return f"Release {release.number} by watch {run.watch.number}, {course}: {release.why}"[:500]


def finding_of(run: WatchRun) -> Finding:
    """Return the finding of an audit."""
    if run.finding is None:
        raise IntegrityError(f"{run} has no finding yet.")
    return run.finding


def outcome_of(run: WatchRun) -> dict[str, Any]:
    """Return what a finding came to: its code, and the ratio for each teacher that has one."""
    result = runs.result_of(finding_of(run).run)
    found = (result.get("likelihood") or {}).get("teachers", [])
    kept = ("label", "model", "log10_lr", "low", "high", "abstains")
    return {
        "code": result["outcome"]["code"],
        "answer": result["outcome"]["answer"],
        "teachers": [{name: one[name] for name in kept} for one in found],
    }


def over_threshold(outcome: dict[str, Any], threshold: float) -> list[str]:
    """Return in words what of an outcome people are told of; [] where it is nothing."""
    said = [
        f"the likelihood ratio for {one['label']}, {one['model']}, is {10 ** one['log10_lr']:.2g}"
        for one in outcome["teachers"]
        if one["log10_lr"] is not None and one["log10_lr"] >= math.log10(threshold)
    ]
    if outcome["code"] == _SUPPORT:
        said.append(outcome["answer"])
    return said
