"""The ledger of a result: every test, count and signal that was run, and those that were not.

It is made from the values of the result after the fact and computes no number of its own, so that
nothing can be tried without standing in it. Whoever reads one small p-value can see here among how
many it was found.
"""

from typing import Any

from audit.analysis.plan import Plan
from audit.analysis.tests_run import by_rank, by_ratio, others
from audit.analysis.tests_run.values import Entry, Figure, Outcome

__all__ = ["Entry", "Figure", "Outcome", "ledger"]


def ledger(plan: Plan, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an entry for all that stands in the values of a result, as JSON objects.

    `values` are those of `pipeline.analyse` with their "counts"; `values.Entry` has the shape.
    """
    every = (
        *by_rank.entries(plan, values),
        *by_ratio.entries(plan, values),
        *others.likenesses(plan, values),
        *others.alternatives(plan, values),
        *others.counts(plan, values),
    )
    return [one.as_dict() for one in every]
