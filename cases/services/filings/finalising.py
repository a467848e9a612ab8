"""Finalising: another person than the drafter asks, a worker prints, all comes at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.digests import digest_of
from audit.analysis.errors import TouchstoneError
from audit.models import Job
from audit.services import jobs
from audit.services.compared import compared
from audit.services.sources import store
from cases.models import Filing, FilingPaper
from cases.reports.artefacts import Bates
from cases.reports.document import IssueFacts
from cases.services import (
    bates,
    certificates,
    checkpoints,
    custody,
    papers_of_filing,
    reports,
    signing,
    stamping,
)
from cases.services.filings.facts import facts_of
from cases.services.filings.standing import problems_of
from cases.services.filings.steps import FilingRefusedError, locked, require
from cases.services.papers_of_filing import Frozen, Numbers, Paper


class NotFinalError(TouchstoneError):
    """A filing cannot be finalised; `problems` says what keeps it, each with the mend."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asked for a filing to be finalised, when, and as which revision it then stood."""

    by: User
    at: datetime
    revision: int


@transaction.atomic
def ask_finalise(filing: Filing, *, by: User) -> None:
    """Ask for a reviewed filing to be printed and finalised; by another than who drafted it.

    Raises NotFinalError with all that keeps it from being finalised.
    """
    row = locked(filing)
    require(row, (Filing.State.REVIEWED,), "finalised")
    if problems := problems_of(row, by):
        raise NotFinalError(problems)
    if row.finalise_asked_by is not None and not _has_failed(row):
        raise FilingRefusedError(f"{row} is being finalised already. Wait until it is printed.")
    Filing.objects.filter(pk=row.pk).update(finalise_asked_by=by, finalise_asked_at=timezone.now())
    custody.record(row.matter, "finalise asked", {"filing": row.number}, by=by)
    jobs.ask(Job.Kind.FINALISE, row.pk)


def _has_failed(filing: Filing) -> bool:
    failed = Job.objects.filter(kind=Job.Kind.FINALISE, subject=filing.pk, state=Job.State.FAILED)
    return failed.exists()


def carry_out(filing: Filing) -> None:
    """Print a filing and make it final; the first to finish wins, and done twice it is once.

    Printed outside any transaction. The files are kept before their rows, never after them; a
    worker that was killed leaves nothing but files that no row names, and another begins anew.
    """
    if filing.state == Filing.State.FINAL:
        return
    asked = _asked(filing)
    if problems := problems_of(filing, asked.by):
        raise NotFinalError(problems)
    # What is printed of time-stamps is asked for now: the papers are frozen with it.
    stamping.stamp(checkpoints.cover(filing.matter))
    at = timezone.now()
    frozen = _frozen(filing, document_of(filing, asked.by, at), by=asked.by)
    document = frozen.document
    papers = papers_of_filing.print_all(frozen, _numbers(filing, document, by=asked.by))
    rows = [_kept(filing, one) for one in papers]
    end = {"finalised_by": asked.by, "finalised_at": at, "document_sha256": digest_of(document)}
    _finish(filing, asked, rows, end)


def _frozen(filing: Filing, document: dict[str, Any], *, by: User) -> Frozen:
    """Return all that the papers are printed from; certificates of those that are offered."""
    rows, asked = compared(filing.finding.run), filing.certification
    if asked is None:
        return Frozen(document, rows)
    rules = tuple(rule for rule, why in certificates.offers(asked).items() if not why)
    numbered = {one["label"]: one["bates"] for one in document["exhibits"] if one["bates"]}
    held = certificates.document_of(asked, by=by, bates=numbered)
    return Frozen(document, rows, held | {"filing": document["filing"]}, rules)


def _numbers(filing: Filing, document: dict[str, Any], *, by: User) -> Numbers:
    """Return what gives papers their Bates numbers, where the matter has a prefix.

    A print that comes to nothing keeps the numbers that it took: another may have other pages.
    """
    print_ = digest_of(document)[:12]

    def first(kind: str, pages: int) -> Bates | None:
        if bates.series_of(filing.matter) is None:
            return None
        what = f"filing {filing.number}, {kind} (of document {print_})"
        return bates.number(filing.matter, what, pages, by=by)

    return first


def _asked(filing: Filing) -> _Asked:
    by, at = filing.finalise_asked_by, filing.finalise_asked_at
    if by is None or at is None:
        raise FilingRefusedError(
            f"{filing} was changed after somebody asked to have it finalised. Have it reviewed, "
            "and ask again."
        )
    return _Asked(by, at, filing.revision)


def document_of(filing: Filing, finaliser: User | None, at: datetime) -> dict[str, Any]:
    """Return the frozen document of a filing: a draft if nobody finalises it."""
    by = (finaliser or filing.drafted_by).get_username()
    said = facts_of(filing, finaliser, at)
    signer = signing.signer_facts() if finaliser else None
    issue = IssueFacts(at.isoformat(), by, filing=said, signature=signing.told_of(signer))
    return reports.facts_of(filing.finding, issue)


def _kept(filing: Filing, paper: Paper) -> FilingPaper:
    """Keep the bytes of a paper; return its row, which is not entered yet."""
    kept = store().put([paper.data])
    return FilingPaper(
        filing=filing,
        kind=paper.kind,
        media=paper.media,
        filename=paper.filename,
        sha256=kept.sha256,
        size=kept.size,
        pages=paper.pages,
        bates_first=paper.bates_first,
        signed=paper.signed,
    )


@transaction.atomic
def _finish(filing: Filing, asked: _Asked, rows: list[FilingPaper], end: dict[str, Any]) -> None:
    """Make a filing final with its papers and the one entry of it, if it is as it was printed."""
    row = locked(filing)
    if row.state == Filing.State.FINAL:
        return
    if _asked(row) != asked:
        raise FilingRefusedError(f"{row} was changed while it was printed. Ask again.")
    # An exhibit may have been withdrawn meanwhile; the chain was gone through before the print.
    if problems := problems_of(row, asked.by, whole_chain=False):
        raise NotFinalError(problems)
    FilingPaper.objects.bulk_create(rows)
    Filing.objects.filter(pk=row.pk).update(state=Filing.State.FINAL, **end)
    facts = {
        "filing": row.number,
        "finding": row.finding.number,
        "document": end["document_sha256"],
        "papers": {one.filename: one.sha256 for one in rows},
    }
    custody.record(row.matter, "finalised", facts, by=asked.by)


@transaction.atomic
def open_paper(paper: FilingPaper, *, by: User) -> BinaryIO:
    """Open a paper of a final filing, entering into custody that it was taken away."""
    filing = paper.filing
    facts: dict[str, Any] = {"finding": filing.finding.number, "filing": filing.number}
    facts |= {"file": paper.filename, "sha256": paper.sha256}
    custody.record(filing.matter, "exported", facts, by=by)
    return store().open(paper.sha256)


def preview(filing: Filing, *, by: User) -> bytes:
    """Return the report of a filing as it stands, printed as a draft and not kept."""
    custody.record_reading(filing.matter, "previewed", {"filing": filing.number}, by=by)
    return papers_of_filing.report(document_of(filing, None, timezone.now()))
