"""Reports: a finding's rows frozen into one document, printed, kept and entered into custody."""

import json
import secrets
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.errors import InsufficientDataError
from audit.analysis.version import VERSION
from audit.services.sources import store
from cases.models import Checkpoint, Exhibit, Finding, Report, WatchRun
from cases.reports import document
from cases.reports.courses import CourseFacts
from cases.reports.report import report_of as printed_report_of
from cases.reports.stamped import CheckpointFacts, StampFacts
from cases.rules import designations as marks
from cases.services import (
    bates,
    checkpoints,
    custody,
    designations,
    press,
    signing,
    stamping,
)
from cases.services.courses import levels_up_to

# As many bytes of salt as make a digest of a document say nothing of what is redacted in it.
_SALT = 16


def report_of(finding: Finding) -> Report | None:
    """Return the issued report of a finding, or None while there is none."""
    return Report.objects.filter(finding=finding).first()


def issue(finding: Finding, *, by: User) -> Report:
    """Print the report of a finding and issue it; the first to finish wins, all get the same.

    Printed outside any transaction. The files are kept before their row, never after it.
    """
    if (issued := report_of(finding)) is not None:
        return issued
    # What is printed of time-stamps is asked for now: the report is frozen with it.
    stamping.stamp(checkpoints.cover(finding.matter))
    signer = signing.signer_facts()
    now = timezone.now().isoformat()
    said = document.IssueFacts(now, by.get_username(), signature=signing.told_of(signer))
    facts = facts_of(finding, said)
    printed = signing.signed(press.printed(printed_report_of(facts)), signer)
    results = store().put([canonical_json(facts)])
    report = store().put([printed])
    with transaction.atomic():
        issued, first = Report.objects.get_or_create(
            finding=finding,
            defaults={
                "pdf_sha256": report.sha256,
                "results_sha256": results.sha256,
                "designation": facts["designation"],
                "issued_by": by,
            },
        )
        if first:
            digests = {"pdf": report.sha256, "results": results.sha256}
            custody.record(finding.matter, "issued", {"finding": finding.number} | digests, by=by)
    return issued


def facts_of(finding: Finding, issue: document.IssueFacts) -> dict[str, Any]:
    """Return the frozen document of a finding: all that its report, or its filing, prints."""
    run = finding.run
    if run.result is None or run.environment is None:
        raise InsufficientDataError(f"{finding} has no result yet; there is nothing to print.")
    return document.report_document(
        matter=document.MatterFacts(finding.matter.name, finding.matter.question),
        finding=document.FindingFacts(
            number=finding.number,
            asked_by=finding.asked_by.get_username(),
            asked_at=finding.asked_at.isoformat(),
            plan=run.plan,
            plan_sha256=run.plan_digest,
            sealed_at=run.sealed_at.isoformat(),
            result=run.result,
            result_sha256=run.result_digest,
            record=_record(finding),
            course=_course(finding),
        ),
        issue=_handled(finding, issue),
        software=document.SoftwareFacts("Touchstone", VERSION, run.environment),
        exhibits=_exhibits(finding),
        custody=document.CustodyChain(
            tuple(
                document.CustodyFacts(**asdict(entry), seal=seal)
                for entry, seal in custody.entries_of(finding.matter)
            ),
            tuple(custody.problems(finding.matter)),
            _checkpoint(checkpoints.latest(finding.matter)),
            _checkpoint(checkpoints.covering(finding)),
        ),
    )


def _record(finding: Finding) -> str:
    """Return how the finding of a watch came about; "" for one that a person asked for as such."""
    run = WatchRun.objects.select_related("watch", "release").filter(finding=finding).first()
    if run is None or run.release is None:
        return ""
    whose = f"watch {run.watch.number}, release {run.release.number}"
    if run.ordinary_course:
        due = f"{run.due_at:%Y-%m-%d %H:%M} UTC"
        return f"Made in the ordinary course by the schedule of {whose}, due {due}"
    return f"Made by {whose}, outside its schedule, because a person asked"


def _course(finding: Finding) -> CourseFacts | None:
    """Return which run of which watch a finding came of; None where a person asked for it."""
    runs = WatchRun.objects.select_related("watch", "release", "plan")
    run = runs.filter(finding=finding).first()
    if run is None or run.release is None:
        return None
    return CourseFacts(
        ordinary_course=run.ordinary_course,
        watch=run.watch.number,
        release=run.release.number,
        due_at=run.due_at.isoformat(),
        version=run.plan.version,
        plan_sha256=run.plan.digest,
        levels=levels_up_to(finding),
    )


def _handled(finding: Finding, issue: document.IssueFacts) -> document.IssueFacts:
    """Return an issue with the mark that its exhibits bear now, and a salt if it has none."""
    mark = marks.highest([issue.designation, designations.of_finding(finding)])
    return replace(issue, designation=mark, salt=issue.salt or secrets.token_hex(_SALT))


def _checkpoint(row: Checkpoint | None) -> CheckpointFacts | None:
    if row is None:
        return None
    state = stamping.state_of(row)
    stamps = tuple(
        StampFacts(one.authority, one.at.isoformat(), one.serial, one.policy, one.independent)
        for one in (*state.independent, *state.others)
    )
    return CheckpointFacts(row.size, row.made_at.isoformat(), row.note, stamps, state.wanting)


def _exhibits(finding: Finding) -> list[document.ExhibitFacts]:
    inputs = [one["sha256"] for one in finding.run.plan["inputs"]]
    rows = finding.matter.exhibits.filter(source__sha256__in=inputs).order_by("number")
    numbers = bates.of_exhibits(finding.matter)
    collected = WatchRun.objects.filter(exhibit__in=rows).values_list("exhibit", "ordinary_course")
    courses = {pk: "ordinary" if ordinary else "asked" for pk, ordinary in collected}
    return [
        _exhibit(one, numbers.get(one.pk, ""), courses.get(one.pk, ""))
        for one in rows.select_related("source", "party", "received_by")
    ]


def _exhibit(one: Exhibit, number: str, course: str) -> document.ExhibitFacts:
    return document.ExhibitFacts(
        label=one.label,
        role=one.role,
        model=one.model_name,
        party=one.party.name,
        filename=one.filename,
        size=one.source.size,
        sha256=one.source.sha256,
        format=one.source.format,
        taken=one.source.taken,
        left_out=one.source.left_out,
        received_at=one.received_at.isoformat(),
        received_by=one.received_by.get_username(),
        bates=number,
        course=course,
    )


@transaction.atomic
def open_issued(report: Report, sha256: str, *, by: User) -> BinaryIO:
    """Open one file of an issued report, entering into custody that it was taken away."""
    facts = {"finding": report.finding.number, "sha256": sha256}
    custody.record(report.finding.matter, "exported", facts, by=by)
    return store().open(sha256)


def form_of(report: Report, name: str, *, by: User) -> bytes:
    """Return an issued report in a form of `press.FORMS`, entering that it was taken away.

    It is made anew each time, from the issued results.json. Raises TouchstoneError.
    """
    with store().open(report.results_sha256) as stream:
        made = press.written(json.load(stream), name)
    facts = {"finding": report.finding.number, "file": name, "sha256": sha256_hex(made)}
    custody.record(report.finding.matter, "exported", facts, by=by)
    return made
