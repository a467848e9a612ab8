"""The certify ceremony: a named person has digests and results recomputed, and gets a record.

Nothing that is stored says that bytes are what they were: each is read again, whole, and both
digests are kept side by side. A finding's result is computed again from the native files, right
after a self-test with known answers. The record shows authenticity and nothing else.
"""

import hashlib
import platform
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.errors import InsufficientDataError, IntegrityError, TouchstoneError
from audit.analysis.known_answers import Known, known_answers
from audit.analysis.version import VERSION
from audit.models import Job
from audit.services import embedding, jobs, recomputing, runs
from audit.services.sources import store
from cases.models import (
    Certification,
    CertifiedExhibit,
    CertifiedFinding,
    Exhibit,
    Finding,
    Matter,
)
from cases.services import custody

TOOL = (
    f"Touchstone {VERSION}, SHA-256 of Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"
)
# How many bytes are read between two signs of progress.
_STEP = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Certifier:
    """Who certifies, as the person states it: full name, position and qualification, relation.

    The relation is that to the party which offers what is certified.
    """

    name: str
    capacity: str
    relation: str = ""


@dataclass(slots=True)
class _Progress:
    """How many of the bytes to be read have been, shown on the job."""

    job: Job
    total: int
    done: int = 0

    def add(self, size: int) -> None:
        self.done += size
        jobs.progress(self.job, self.done, self.total)


@transaction.atomic
def ask(
    matter: Matter,
    exhibits: Iterable[Exhibit],
    certifier: Certifier,
    *,
    by: User,
    findings: Iterable[Finding] = (),
) -> Certification:
    """Ask for digests of exhibits and results of findings to be recomputed.

    Raises InsufficientDataError if nothing is chosen, or a finding without a result.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    chosen = sorted(exhibits, key=lambda one: one.number)
    computed = sorted(findings, key=lambda one: one.number)
    _require_some(chosen, computed)
    asked = _entered(matter, certifier, by=by)
    CertifiedExhibit.objects.bulk_create(
        CertifiedExhibit(certification=asked, exhibit=one, recorded=one.source.sha256)
        for one in chosen
    )
    CertifiedFinding.objects.bulk_create(
        CertifiedFinding(certification=asked, finding=one, recorded=one.run.result_digest)
        for one in computed
    )
    facts = {"certification": asked.number, "exhibits": [one.label for one in chosen]}
    facts |= {"findings": [one.number for one in computed]} if computed else {}
    custody.record(matter, "certifying", facts | _person(asked), by=by)
    jobs.ask(Job.Kind.CERTIFY, asked.pk)
    return asked


def _require_some(exhibits: list[Exhibit], findings: list[Finding]) -> None:
    if not exhibits and not findings:
        raise InsufficientDataError("Nothing is chosen. Choose one exhibit or finding at least.")
    for one in findings:
        if not one.run.result_digest:
            raise InsufficientDataError(f"{one} has no result yet that could come out again.")


def _entered(matter: Matter, certifier: Certifier, *, by: User) -> Certification:
    last = matter.certifications.order_by("-number").first()
    return Certification.objects.create(
        matter=matter,
        number=last.number + 1 if last else 1,
        certifier=by,
        name=certifier.name,
        capacity=certifier.capacity,
        relation=certifier.relation,
    )


def _person(asked: Certification) -> dict[str, str]:
    said = {"name": asked.name, "capacity": asked.capacity}
    return said | ({"relation": asked.relation} if asked.relation else {})


def carry_out(asked: Certification, job: Job) -> None:
    """Read and compute everything anew; taken up after a kill, it goes on where it was."""
    rows = list(asked.exhibits.select_related("exhibit__source"))
    found = list(asked.findings.select_related("finding__run__encoder"))
    read = [row.exhibit.source.size for row in rows]
    sources = [source.size for row in found for source in runs.sources_of(row.finding.run)]
    progress = _Progress(job, sum(read) + sum(sources))
    for row in rows:
        if row.at is None:
            _recompute(row, progress)
        else:
            progress.add(row.exhibit.source.size)
    for each in found:
        if each.at is None:
            _compute_again(each, progress)
    _record(asked)


def _recompute(row: CertifiedExhibit, progress: _Progress) -> None:
    running, size, shown = hashlib.sha256(), 0, 0
    found: dict[str, Any] = {"tool": TOOL}
    try:
        for piece in _bytes_of(row):
            running.update(piece)
            size += len(piece)
            if size - shown > _STEP:
                progress.add(size - shown)
                shown = size
    except IntegrityError as error:
        found |= {"problem": str(error)}
    else:
        found |= {"computed": running.hexdigest(), "size": size}
    progress.add(row.exhibit.source.size - shown)
    CertifiedExhibit.objects.filter(pk=row.pk, at__isnull=True).update(at=timezone.now(), **found)


def _bytes_of(row: CertifiedExhibit) -> Iterator[bytes]:
    return store().raw(row.recorded)


def _compute_again(row: CertifiedFinding, progress: _Progress) -> None:
    """Put the known answers, and if each comes out compute the finding's result again."""
    run = row.finding.run
    found: dict[str, Any] = {"tool": recomputing.TOOL}
    try:
        encoder = embedding.encoder_of(run)
        known = known_answers(encoder)
        found["known_answers"] = [asdict(one) for one in known]
        _require_known(known)
        again = recomputing.recompute(run, encoder, lambda source: progress.add(source.size))
    except TouchstoneError as error:
        found |= {"problem": str(error)}
    else:
        found |= _outcome(again)
    unwritten = CertifiedFinding.objects.filter(pk=row.pk, at__isnull=True)
    unwritten.update(at=timezone.now(), **found)


def _require_known(known: Iterable[Known]) -> None:
    """Raise IntegrityError, which names it, for the first answer that did not come out."""
    for one in known:
        if not one.passed:
            raise IntegrityError(
                f"The self-test failed, and nothing was computed: {one.question} is "
                f"{one.expected}, and {one.found} came out."
            )


def _outcome(again: recomputing.Recomputed) -> dict[str, Any]:
    return {
        "computed": again.digest,
        "difference": again.difference,
        "where": again.where[:300],
        "beyond": again.beyond,
        "details": {
            "answers": again.answers,
            "encoded": again.encoded,
            "least_cosine": again.least_cosine,
            "environment": again.environment,
        },
    }


@transaction.atomic
def _record(asked: Certification) -> None:
    """Enter what was recomputed into custody, once, by who asked for it."""
    Matter.objects.select_for_update().get(pk=asked.matter_id)
    facts: dict[str, Any] = {"certification": asked.number, **_person(asked), "tool": TOOL}
    rows = asked.exhibits.select_related("exhibit").order_by("exhibit__number")
    facts |= {"digests": {row.exhibit.label: row.digests for row in rows}}
    found = asked.findings.select_related("finding").order_by("finding__number")
    results = {str(row.finding.number): row.outcome for row in found}
    facts |= {"recomputed": results} if results else {}
    done = asked.matter.custody.filter(act="certified", facts__certification=asked.number)
    if not done.exists():
        custody.record(asked.matter, "certified", facts, by=asked.certifier)
