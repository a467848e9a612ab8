"""What the ledger is told of the runs of a watch: enough to hold every row of them against it."""

from datetime import datetime
from typing import Any

from audit.analysis.digests import digest_of
from cases.models import WatchRun
from cases.services import custody

Facts = dict[str, Any]


def course_of(run: WatchRun) -> str:
    """Return of which kind the records of a run are, in words."""
    return "ordinary course" if run.ordinary_course else "asked for by a person"


def looked(run: WatchRun) -> None:
    """Enter what a look saw, and what it was held against."""
    before = run.compared_with
    _enter(
        run,
        "watch looked",
        {
            "release": run.release.number if run.release else 0,
            "p_value": run.p_value,
            "statistic": run.statistic,
            "compared_with": before.due_at.isoformat() if before else "",
            "part": 0 if run.chunk is None else run.chunk + 1,
        }
        | _asked(run),
    )


def audited(run: WatchRun) -> None:
    """Enter that an audit came to its end, with the digests of what it adds to the series."""
    finding = run.finding
    facts = {
        "release": run.release.number if run.release else 0,
        "finding": finding.number if finding else 0,
        "likeness": digest_of(run.likeness),
        "series": digest_of(run.series),
    }
    _enter(run, "watch audited", facts | _asked(run))


def failed(run: WatchRun, problem: str, next_at: datetime | None) -> None:
    """Enter that a run failed; after a look also which slot is the next, for some are left out."""
    release = run.release.number if run.release else 0
    facts: Facts = {"run": run.kind, "release": release, "problem": problem} | _asked(run)
    if next_at is not None:
        facts["next"] = next_at.isoformat()
    _enter(run, "watch failed", facts)


def skipped(run: WatchRun) -> None:
    """Enter that slots passed without a look, by the policy of the watch."""
    facts = {"problem": run.problem, "plan": run.plan.digest, "many": run.facts["missed"]}
    _enter(run, "watch skipped", facts)


def _asked(run: WatchRun) -> Facts:
    """Return under which plan was asked, and the digest of the capture of what came of it."""
    collection = run.collection
    return {"plan": run.plan.digest, "capture": collection.capture_sha256 if collection else ""}


def _enter(run: WatchRun, act: str, facts: Facts) -> None:
    watch = run.watch
    about = {"watch": watch.number, "due": run.due_at.isoformat()}
    custody.record(
        watch.matter, act, about | facts | {"record": course_of(run)}, by=watch.opened_by
    )
