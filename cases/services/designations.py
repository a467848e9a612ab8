"""Designations: the mark of each exhibit with its history, and of whatever rests on exhibits.

The mark of a derived thing is asked for whenever it is shown or printed, and never kept lower: it
is the highest of all exhibits of the matter whose files it rests on, withdrawn ones among them.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from audit.analysis.errors import TouchstoneError
from audit.models import RunInput
from cases.models import Certification, Designation, Exhibit, Finding, Matter
from cases.rules import designations
from cases.services import custody


class DesignationRefusedError(TouchstoneError):
    """An exhibit cannot be given a mark; says why and what to do."""


def with_marks(exhibits: QuerySet[Exhibit]) -> QuerySet[Exhibit]:
    """Return the exhibits, each with its mark as `mark`."""
    return exhibits.annotate(mark=_latest())


def _latest(at: datetime | None = None) -> Coalesce:
    rows = Designation.objects.filter(exhibit=OuterRef("pk")).order_by("-number")
    rows = rows.filter(at__lte=at) if at else rows
    return Coalesce(Subquery(rows.values("mark")[:1]), Value(designations.NONE))


def _highest(exhibits: QuerySet[Exhibit], at: datetime | None = None) -> str:
    marks = exhibits.order_by().values_list(_latest(at), flat=True).distinct()
    return designations.highest(marks)


def of_exhibit(exhibit: Exhibit) -> str:
    """Return the mark that an exhibit bears now."""
    return _highest(Exhibit.objects.filter(pk=exhibit.pk))


def of_finding(finding: Finding, at: datetime | None = None) -> str:
    """Return the highest mark of the exhibits in a finding's plan as they stand, now or then."""
    sources = finding.run.inputs.values("source")
    return _highest(Exhibit.objects.filter(matter=finding.matter_id, source__in=sources), at)


def raised_since(finding: Finding, at: datetime) -> bool:
    """Say whether what a finding rests on bears a higher mark now than it did then."""
    return designations.is_lower(of_finding(finding, at), of_finding(finding))


def filename(finding: Finding, plain: str) -> str:
    """Return the name of a file that is handed out of a finding: it carries the present mark."""
    return designations.named(plain, of_finding(finding))


def of_certification(asked: Certification) -> str:
    """Return the highest mark of what a certification reads, its findings' exhibits included."""
    inputs = RunInput.objects.filter(run__finding__certified__certification=asked)
    read = Q(certified__certification=asked) | Q(source__in=inputs.values("source"))
    return _highest(Exhibit.objects.filter(read, matter=asked.matter_id))


def of_matter(matter: Matter) -> str:
    """Return the highest mark of the exhibits of a matter."""
    return _highest(Exhibit.objects.filter(matter=matter))


@transaction.atomic
def designate(exhibit: Exhibit, mark: str, reason: str, *, by: User) -> None:
    """Give an exhibit a mark; the same mark again changes nothing.

    A lower one needs a reason. Raises DesignationRefusedError.
    """
    Matter.objects.select_for_update().get(pk=exhibit.matter_id)
    last = exhibit.designations.first()
    before, reason = last.mark if last else designations.NONE, reason.strip()
    if mark == before:
        return
    if designations.is_lower(mark, before) and not reason:
        raise DesignationRefusedError(
            f"Exhibit {exhibit.label} is {before}. To lower it to "
            f"{designations.in_words(mark)}, give the reason, such as the order or stipulation."
        )
    number = last.number + 1 if last else 1
    Designation.objects.create(exhibit=exhibit, number=number, mark=mark, reason=reason, by=by)
    act = "lowered" if designations.is_lower(mark, before) else "designated"
    facts: dict[str, Any] = {"exhibit": exhibit.label, "number": number}
    facts |= {"mark": designations.in_words(mark), "mark_before": designations.in_words(before)}
    custody.record(exhibit.matter, act, facts | ({"reason": reason} if reason else {}), by=by)
