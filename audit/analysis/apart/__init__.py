"""Evidence that is counted apart in every finding: read `count_apart` first.

The counts of `audit.analysis.counts` on the answers of a plan, in one shape. None of them enters
the likelihood ratio or the comparison by rank, and those that cannot be made say why.
"""

from typing import Any

from audit.analysis.apart import canaries, identity, shared_errors, watermarks
from audit.analysis.apart.values import Files
from audit.analysis.plan import Plan
from audit.analysis.results import Material

__all__ = ["count_apart"]


def count_apart(plan: Plan, material: Material) -> list[dict[str, Any]]:
    """Return every separate count as a JSON object, in this order; `values.Count` has the shape.

    Raises WrongSettingError if the plan names a watermark detector that is not installed.
    """
    files = Files.of(plan, material)
    every = (
        *identity.counts(files),
        *canaries.counts(files),
        *shared_errors.counts(files),
        *watermarks.counts(files),
    )
    return [one.as_dict() for one in every]
