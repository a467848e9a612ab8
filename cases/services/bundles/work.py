"""The findings of a bundle: every plan with whatever came of it, and every issued report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.bundling.statement import Made
from audit.analysis.digests import canonical_json, chunks_of
from audit.services.sources import store
from cases.models import Finding, Matter, Report
from cases.services.bundles import filings
from cases.services.bundles.evidence import GROUP


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written of what is counted, and what was made from what."""

    counts: dict[str, int]
    made: list[Made]


def write(matter: Matter, made: Bag, say: Callable[[str], None]) -> Written:
    """Write every finding, every report, and every final filing."""
    written = Written(dict.fromkeys(("findings", "results", "reports", "filings"), 0), [])
    failures = _failures(matter)
    asked = matter.findings.select_related("run", "asked_by", "follows")
    for finding in asked.order_by("number").iterator(GROUP):
        _finding(finding, failures.get(finding.number, []), made)
        written.counts["findings"] += 1
        if finding.run.result is not None:
            written.counts["results"] += 1
            reports = _reports(finding, made)
            written.counts["reports"] += bool(reports)
            final = filings.write(finding, made)
            written.counts["filings"] += final.filings
            written.made.append(_made(finding, [*reports, *final.paths], made))
        say(f"finding {finding.number}: {_outcome(finding)}")
    return written


def _failures(matter: Matter) -> dict[int, list[str]]:
    """Return what went wrong in each finding, as the ledger tells it."""
    told: dict[int, list[str]] = {}
    for facts in matter.custody.filter(act="failed").values_list("facts", flat=True):
        told.setdefault(facts["finding"], []).append(facts["problem"])
    return told


def _finding(finding: Finding, failures: list[str], made: Bag) -> None:
    run, number = finding.run, finding.number
    told = {
        "number": number,
        "asked_by": finding.asked_by.get_username(),
        "asked_at": finding.asked_at.isoformat(),
        "follows": finding.follows.number if finding.follows else None,
        "why": finding.why,
        "plan_entry": finding.plan_entry,
        "plan_sha256": run.plan_digest,
        "sealed_at": run.sealed_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "result_sha256": run.result_digest,
        "outcome": _outcome(finding),
        "failures": failures,
        "environment": run.environment,
    }
    made.write(layout.finding(number, "finding.json"), [canonical_json(told)])
    made.write(layout.finding(number, "plan.json"), [canonical_json(run.plan)])
    if run.result is not None:
        made.write(layout.finding(number, "result.json"), [canonical_json(run.result)])


def _outcome(finding: Finding) -> str:
    result: dict[str, Any] | None = finding.run.result
    return "no result" if result is None else str(result["outcome"]["code"])


def _reports(finding: Finding, made: Bag) -> list[str]:
    """Write the report of a finding, if one was issued, and return the paths of its files."""
    report = Report.objects.filter(finding=finding).first()
    if report is None:
        return []
    files = {"report.pdf": report.pdf_sha256, "results.json": report.results_sha256}
    paths = {layout.report(finding.number, name): sha256 for name, sha256 in files.items()}
    for path, sha256 in paths.items():
        with store().open(sha256) as stream:
            made.write(path, chunks_of(stream))
    return list(paths)


def _made(finding: Finding, printed: list[str], made: Bag) -> Made:
    run = finding.run
    labels = [one["label"] for one in run.plan["inputs"]]
    natives = [
        path
        for label in labels
        for path in made.files
        if path.startswith(layout.exhibit(label, "native"))
    ]
    used = [layout.finding(finding.number, "plan.json"), *natives]
    paths = [layout.finding(finding.number, "result.json"), *printed]
    return Made(
        finding=finding.number,
        made={path: made.files[path].sha256 for path in paths},
        used={path: made.files[path].sha256 for path in used},
        plan_sha256=run.plan_digest,
        sealed_at=run.sealed_at.isoformat(),
        finished_at=run.finished_at.isoformat() if run.finished_at else "",
        environment=run.environment,
    )
