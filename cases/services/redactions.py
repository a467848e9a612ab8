"""Redacted versions: a report printed again without passages, looked through, and then kept.

It is made in the request that asks for it, and the passages live only in the memory of that
process: no job, no row, no log and no entry of the ledger has them. What is broken off leaves
nothing; what fails its check is never kept.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from audit.analysis.digests import canonical_json
from audit.services.sources import store
from cases.models import Filing, Finding, Matter, Redaction, Report
from cases.reports.artefacts import Artefact
from cases.reports.covering import RedactionError
from cases.reports.redaction import Made, Passage, redacted, texts_of
from cases.reports.report import report_of
from cases.rules import designations as marks
from cases.services import custody, designations, press, signing

Document = dict[str, Any]

_DIGEST = re.compile("[0-9a-f]{64}")
# So many places are told of a check that failed.
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """What a redacted version is made from: its files by digest, and what it is printed as."""

    name: str
    finding: Finding
    pdf_sha256: str
    results_sha256: str
    artefact_of: Callable[[Document], Artefact] = report_of


def of_report(report: Report) -> Origin:
    """Return an issued report as an origin."""
    return Origin("report", report.finding, report.pdf_sha256, report.results_sha256)


def origins_of(finding: Finding) -> dict[str, Origin]:
    """Return what redacted versions of a finding can be made from, by name, the last first."""
    found = [_of_filing(one) for one in finding.filings.filter(state=Filing.State.FINAL)]
    issued = Report.objects.filter(finding=finding).select_related("finding__run")
    return {one.name: one for one in [*found, *map(of_report, issued)]}


def _of_filing(filing: Filing) -> Origin:
    papers = dict(filing.papers.values_list("kind", "sha256"))
    name = f"filing {filing.number}"
    return Origin(name, filing.finding, papers["report"], papers["document"])


@sensitive_variables()
def make(origin: Origin, passages: Sequence[Passage], *, by: User) -> Redaction:
    """Print an origin without the passages and keep it once no reader finds one in the print.

    Raises RedactionError, which never says what a passage says, or PrintingError.
    """
    with store().open(origin.results_sha256) as stream:
        document: Document = json.load(stream)
    signer = signing.signer_facts()
    document |= {"designation": _mark(origin, document), "signature": signing.told_of(signer)}
    made = Made(
        _next(origin.finding),
        timezone.now().isoformat(),
        origin.name,
        origin.pdf_sha256,
        origin.results_sha256,
    )
    facts = redacted(document, passages, made)
    from cases.reports.leaks import check  # noqa: PLC0415 - pikepdf only where it is used

    printed = _printed(origin, facts)
    sought = [*texts_of(document, passages), *_withheld(document, facts)]
    if leaks := check(printed, sought):
        raise RedactionError(
            f"Nothing was kept, for a passage can still be read. {' '.join(leaks[:_MOST_TOLD])} "
            "A word of the report's own form cannot be redacted, nor can a number that it "
            "measured; a text that is spread over fields is given field by field."
        )
    return _keep(origin, facts, signing.signed(printed, signer), by=by)


def _mark(origin: Origin, document: Document) -> str:
    return marks.highest([document["designation"], designations.of_finding(origin.finding)])


def _next(finding: Finding) -> int:
    last = Redaction.objects.filter(finding=finding).first()
    return last.number + 1 if last else 1


@sensitive_variables()
def _printed(origin: Origin, facts: Document) -> bytes:
    try:
        artefact = origin.artefact_of(facts)
    except (LookupError, TypeError, ValueError):
        # Not chained: what was missing there may be the passage itself.
        raise RedactionError(
            "The report cannot be printed without one of the passages: its parts rest on that "
            "text, such as a date. Give more of the text around it."
        ) from None
    return press.printed(artefact)


def _withheld(document: Document, facts: Document) -> set[str]:
    """Return every digest that the origin has and its redacted version has not."""
    before, after = (
        set(_DIGEST.findall(canonical_json(one).decode())) for one in (document, facts)
    )
    return before - after


@transaction.atomic
def _keep(origin: Origin, facts: Document, printed: bytes, *, by: User) -> Redaction:
    """Keep the files and enter them; raises RedactionError if another took the number."""
    finding, said = origin.finding, facts["redaction"]
    Matter.objects.select_for_update().get(pk=finding.matter_id)
    if _next(finding) != said["number"]:
        raise RedactionError("Another redacted version was made meanwhile. Ask again.")
    made = Redaction.objects.create(
        finding=finding,
        number=said["number"],
        made_from=origin.name,
        origin_sha256=origin.pdf_sha256,
        origin_results_sha256=origin.results_sha256,
        grounds=said["passages"],
        designation=facts["designation"],
        pdf_sha256=store().put([printed]).sha256,
        results_sha256=store().put([canonical_json(facts)]).sha256,
        pages=press.pages_of(printed),
        made_at=said["at"],
        made_by=by,
    )
    custody.record(finding.matter, "redacted", _told(made), by=by)
    return made


def _told(made: Redaction) -> dict[str, Any]:
    """Return what enters into custody: digests and counts."""
    return {
        "finding": made.finding.number,
        "redaction": made.number,
        "origin": made.origin_sha256,
        "origin_results": made.origin_results_sha256,
        "pdf": made.pdf_sha256,
        "results": made.results_sha256,
        "passages": len(made.grounds),
        "places": sum(one["places"] for one in made.grounds),
    }


@transaction.atomic
def open_made(made: Redaction, sha256: str, *, by: User) -> BinaryIO:
    """Open one file of a redacted version, entering into custody that it was taken away."""
    facts = {"finding": made.finding.number, "version": made.number, "sha256": sha256}
    custody.record(made.finding.matter, "exported", facts, by=by)
    return store().open(sha256)
