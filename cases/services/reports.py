"""Reports: a finding's rows frozen into one document, printed, kept and entered into custody."""

from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction

from audit.services.sources import store
from cases.models import Finding, Report
from cases.services import custody


def report_of(finding: Finding) -> Report | None:
    """Return the issued report of a finding, or None while there is none."""
    return Report.objects.filter(finding=finding).first()


@transaction.atomic
def open_issued(report: Report, sha256: str, *, by: User) -> BinaryIO:
    """Open one file of an issued report, entering into custody that it was taken away."""
    facts = {"finding": report.finding.number, "sha256": sha256}
    custody.record(report.finding.matter, "exported", facts, by=by)
    return store().open(sha256)
