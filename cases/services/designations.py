"""Designations: the mark of each exhibit with its history, and of whatever rests on exhibits.

The mark of a derived thing is asked for whenever it is shown or printed, and never kept lower: it
is the highest of all exhibits of the matter whose files it rests on, withdrawn ones among them.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from audit.analysis.errors import TouchstoneError
from cases.models import Designation, Exhibit, Finding, Matter
from cases.rules import designations
from cases.services import custody


class DesignationRefusedError(TouchstoneError):
    """An exhibit cannot be given a mark; says why and what to do."""


def with_marks(exhibits: QuerySet[Exhibit]) -> QuerySet[Exhibit]:
    """Return the exhibits, each with its mark as `mark`."""
    return exhibits.annotate(mark=_latest())


def _latest() -> Coalesce:
    rows = Designation.objects.filter(exhibit=OuterRef("pk")).order_by("-number")
    return Coalesce(Subquery(rows.values("mark")[:1]), Value(designations.NONE))


def _highest(exhibits: QuerySet[Exhibit]) -> str:
    marks = exhibits.order_by().values_list(_latest(), flat=True).distinct()
    return designations.highest(marks)


def of_exhibit(exhibit: Exhibit) -> str:
    """Return the mark that an exhibit bears now."""
    return _highest(Exhibit.objects.filter(pk=exhibit.pk))


def of_finding(finding: Finding) -> str:
    """Return the highest mark of the exhibits in a finding's plan as they stand now."""
    sources = finding.run.inputs.values("source")
    return _highest(Exhibit.objects.filter(matter=finding.matter_id, source__in=sources))


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
    Designation.objects.create(
        exhibit=exhibit,
        number=last.number + 1 if last else 1,
        mark=mark,
        reason=reason,
        by=by,
    )
    act = "lowered" if designations.is_lower(mark, before) else "designated"
    facts = {"exhibit": exhibit.label, "mark": designations.in_words(mark)}
    facts |= {"mark_before": designations.in_words(before)}
    custody.record(exhibit.matter, act, facts | ({"reason": reason} if reason else {}), by=by)
