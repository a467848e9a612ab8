"""Background doors of a matter: ids in, one service call; each may arrive twice or never."""

import logging
import time
from contextlib import suppress

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.models import Job
from audit.services import embedding, jobs, sources
from audit.tasks import DATABASE_AWAY, collect, embed_shard
from cases.models import Bundle, Certification, Exhibit, Filing, Finding, Production
from cases.services import (
    answers_erased,
    bundles,
    captures,
    certifications,
    checkpoints,
    erasure,
    evidence,
    exhibits,
    filings,
    findings,
    folders,
    gathering,
    holds,
    productions,
    reports,
    stamping,
    watches,
)
from cases.services.sweep import MOST, due_work

log = logging.getLogger(__name__)


def ring(task: Task, subject: int) -> None:
    """Set a task off once the transaction is over.

    A broker that takes no bell is no fault of what was asked for: the sweep rings again.
    """
    # Not a `partial`, which lacks the __qualname__ by which Django tells of a failure.
    transaction.on_commit(lambda: task.delay(subject), robust=True)


@shared_task(**DATABASE_AWAY)
def read_exhibit(exhibit_id: int) -> None:
    """Read one exhibit's file and enter what came of it."""
    exhibit = Exhibit.objects.select_related("source", "matter", "received_by").get(pk=exhibit_id)
    exhibits.read(exhibit, by=exhibit.received_by)


@shared_task(**DATABASE_AWAY)
def carry_out(finding_id: int) -> None:
    """Take a finding one step on: ring its shards, or, when all are done, compute and print.

    Each shard that is done rings this again, so that the last of them sets off the computing.
    """
    finding = Finding.objects.select_related("run__encoder", "matter", "asked_by").get(
        pk=finding_id
    )
    if finding.run.sharded_at is None:
        # Before any number: the plan's checkpoint, and whoever will vouch for it at once.
        stamping.stamp(checkpoints.require(finding))
    embedding.cut_shards(finding.run)
    for shard in embedding.shards_to_ring(finding.run):
        embed_shard.apply_async((shard,), link=carry_out.si(finding_id))
    if embedding.is_complete(finding.run) or embedding.failure(finding.run):
        _compute(finding)


def _compute(finding: Finding) -> None:
    told = findings.tell_failure(finding, Job.Kind.AUDIT, by=finding.asked_by)
    job = jobs.claim(Job.Kind.AUDIT, finding.pk, told)
    if job is None:
        return
    with jobs.carried_out(job, told):
        embedding.require_no_failure(finding.run)
        findings.carry_out(finding, by=finding.asked_by)
    if Job.objects.filter(kind=Job.Kind.PRINT, subject=finding.pk).exists():
        print_report.delay(finding.pk)
    for run in watches.waiting_for(finding):
        watch_run.delay(run)


@shared_task(**DATABASE_AWAY)
def print_report(finding_id: int) -> None:
    """Print the report of a finding that has a result."""
    finding = Finding.objects.select_related("run", "matter", "asked_by").get(pk=finding_id)
    told = findings.tell_failure(finding, Job.Kind.PRINT, by=finding.asked_by)
    job = jobs.claim(Job.Kind.PRINT, finding_id, told)
    if job is None:
        return
    with jobs.carried_out(job, told):
        # Claimed only now: whatever was written before the claim must be seen.
        finding.run.refresh_from_db()
        reports.issue(finding, by=finding.asked_by)


@shared_task(**DATABASE_AWAY)
def certify(certification_id: int) -> None:
    """Recompute the digests that a certification asks for."""
    asked = Certification.objects.select_related("matter", "certifier").get(pk=certification_id)
    job = jobs.claim(Job.Kind.CERTIFY, asked.pk)
    if job is None:
        return
    with jobs.carried_out(job):
        certifications.carry_out(asked, job)


@shared_task(**DATABASE_AWAY)
def write_bundle(bundle_id: int) -> None:
    """Write a bundle that was asked for."""
    asked = Bundle.objects.select_related("matter", "asked_by").get(pk=bundle_id)
    job = jobs.claim(Job.Kind.BUNDLE, asked.pk)
    if job is None:
        return
    with jobs.carried_out(job):
        bundles.carry_out(asked, job)


@shared_task(**DATABASE_AWAY)
def write_production(production_id: int) -> None:
    """Write a production that was asked for."""
    asked = Production.objects.select_related("matter", "asked_by").get(pk=production_id)
    job = jobs.claim(Job.Kind.PRODUCE, asked.pk)
    if job is None:
        return
    with jobs.carried_out(job):
        productions.carry_out(asked, job)


@shared_task(**DATABASE_AWAY)
def finalise(filing_id: int) -> None:
    """Print a filing that is to be final."""
    job = jobs.claim(Job.Kind.FINALISE, filing_id)
    if job is None:
        return
    with jobs.carried_out(job):
        # Read only now: whatever was written before the claim must be seen.
        filings.carry_out(Filing.objects.select_related("matter").get(pk=filing_id))


@shared_task(**DATABASE_AWAY)
def look_if_due(watch_id: int) -> None:
    """Enter the look that is due of a watch, if one is, and begin it."""
    run = watches.look_if_due(watch_id)
    if run is not None:
        watch_run.delay(run.pk)


@shared_task(**DATABASE_AWAY)
def watch_run(run_id: int) -> None:
    """Take a run of a watch one step on, and ring for whatever it then waits for."""
    bells = watches.take_on(run_id)
    for collection in bells.collections:
        collect.apply_async((collection,), link=watch_run.si(run_id))
    for finding in bells.findings:
        carry_out.delay(finding)
    for run in bells.runs:
        watch_run.delay(run)


@shared_task(**DATABASE_AWAY)
def notify() -> None:
    """Send the notices of watches that are due."""
    watches.deliver_due(MOST)


@shared_task(**DATABASE_AWAY)
def gather() -> None:
    """Look through the folders that are due, and hand in the captures that are written."""
    for folder in folders.due(MOST):
        take_from_folder.apply_async((folder,), expires=folders.PAUSE.total_seconds())
    for bound in gathering.due(MOST):
        exhibit = gathering.hand_in(bound)
        if exhibit is not None:
            read_exhibit.delay(exhibit.pk)


@shared_task(**DATABASE_AWAY)
def take_from_folder(folder_id: int) -> None:
    """Take what is new in a folder as exhibits."""
    for exhibit in folders.look(folder_id):
        read_exhibit.delay(exhibit.pk)


@shared_task(**DATABASE_AWAY)
def sweep() -> None:
    """Ring again for whatever was asked for and seems to be lost; harmless if it is not."""
    due = due_work()
    for task, subjects in (
        (read_exhibit, due.exhibits),
        (carry_out, due.findings),
        (print_report, due.reports),
        (certify, due.certifications),
        (write_bundle, due.bundles),
        (write_production, due.productions),
        (finalise, due.filings),
        (look_if_due, due.watches),
        (watch_run, due.watch_runs),
        (collect, due.collections),
    ):
        for subject in subjects:
            task.delay(subject)


@shared_task(**DATABASE_AWAY)
def cover() -> None:
    """Make a checkpoint for each matter whose ledger has grown since its last one."""
    for matter in checkpoints.uncovered(MOST):
        checkpoints.cover(matter)


@shared_task(**DATABASE_AWAY)
def stamp() -> None:
    """Ask for the time-stamps that are still wanting."""
    for checkpoint in stamping.due(MOST):
        stamping.stamp(checkpoint)
    for collection in captures.due(MOST):
        captures.stamp(collection)


@shared_task(**DATABASE_AWAY)
def tidy() -> None:
    """Remove what killed processes left behind of files that they were receiving."""
    sources.remove_leftovers(time.time())
    bundles.remove_drafts()
    bundles.remove_outdated()
    productions.remove_outdated()
    for source in erasure.due(MOST):
        erasure.evict(source)
    for collection in answers_erased.due()[:MOST]:
        answers_erased.evict(collection)


@shared_task(**DATABASE_AWAY)
def check_evidence() -> None:
    """Look through store and database, once a day; log and status page say what is found."""
    if not evidence.is_due():
        return
    outcome = evidence.check(lambda found: log.error("%s", found) if found.grave else None)
    log.info("Evidence checked: %d found not as they were left.", outcome.problems)


@shared_task(**DATABASE_AWAY)
def retain() -> None:
    """Erase what is past its matter's day, where the site does so at all."""
    if not settings.RETENTION:
        return
    for exhibit in erasure.past_their_day(timezone.now().date(), MOST):
        with suppress(erasure.NotErasableError, holds.HeldError):
            reason = f"kept until {exhibit.matter.keep_until}, by the policy of the matter"
            erasure.erase(exhibit, reason, by=erasure.janitor())
    # Their answers go with the next tidying.
    late = answers_erased.past_their_day(timezone.now().date(), MOST)
    answers_erased.erase_past(late, by=erasure.janitor())
