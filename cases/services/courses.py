"""Among how many audits one stands: each had its own chance to err."""

from cases.models import Finding, WatchRun


def levels_up_to(finding: Finding) -> tuple[float, ...]:
    """Return the levels of every audit by a watch of the matter, up to that of a finding.

    All watches count: a second watch of a line gives nobody a fresh start.
    """
    audits = WatchRun.objects.filter(
        watch__matter=finding.matter_id, finding__number__lte=finding.number
    ).order_by("finding__number")
    return tuple(audits.values_list("finding__run__plan__parameters__alpha", flat=True))
