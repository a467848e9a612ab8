"""The figures of validation: error rates, calibration, attribution, and by subgroup."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration import metrics
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.population.labels import Pair

Floats = NDArray[np.float64]

# An AUC within one teacher needs a few pairs on both sides.
_LEAST_WITHIN = 3


def rates_of(pairs: Sequence[Pair], log_lrs: Floats) -> dict[str, Any]:
    """Return all figures of natural log-LRs (pairs,) as a JSON value; NaN stands for abstained.

    An abstention counts as LR = 1. Rates have exact intervals (Clopper and Pearson 1934), which
    take pairs for independent: pairs that share a suspect are not.
    """
    values = np.nan_to_num(log_lrs)
    truth = np.array([one.is_h1 for one in pairs])
    h1, h2 = values[truth], values[~truth]
    return {
        "pairs_h1": len(h1),
        "pairs_h2": len(h2),
        "abstained": int(np.isnan(log_lrs).sum()),
        "cllr": metrics.cllr(h1, h2),
        "cllr_min": metrics.cllr_min(h1, h2),
        "dev_pav": metrics.dev_pav(h1, h2),
        "auc": metrics.auc(h1, h2),
        "within_teacher_auc": within_teacher_auc(pairs, values),
        "true_positives_at_1_percent": metrics.rate_at(h1, h2, 0.01).as_dict(),
        "true_positives_at_0_1_percent": metrics.rate_at(h1, h2, 0.001).as_dict(),
        "misleading": {name: one.as_dict() for name, one in metrics.misleading(h1, h2).items()},
    }


def within_teacher_auc(pairs: Sequence[Pair], values: Floats) -> float | None:
    """Return the AUC among pairs of the same teacher, averaged by pairs under H1.

    A teacher that every model resembles lifts the plain AUC and not this one.
    """
    parts = []
    for family in sorted({one.family for one in pairs}):
        here = np.array([one.family == family for one in pairs])
        truth = np.array([one.is_h1 for one in pairs])
        h1, h2 = values[here & truth], values[here & ~truth]
        if min(len(h1), len(h2)) >= _LEAST_WITHIN:
            parts.append((metrics.auc(h1, h2), len(h1)))
    if not parts:
        return None
    return float(np.average([auc for auc, _ in parts], weights=[count for _, count in parts]))


def attribution_of(pairs: Sequence[Pair], values: Floats) -> dict[str, Any]:
    """Return which teacher has the largest LR for each suspect that has a documented one.

    `matrix` counts documented teachers against named ones, "none" where no LR is above 1.
    """
    best: dict[str, tuple[float, Pair]] = {}
    taught: dict[str, list[str]] = {}
    for pair, value in zip(pairs, values, strict=True):
        if pair.is_h1:
            taught.setdefault(pair.suspect, []).append(pair.family)
        if pair.suspect not in best or value > best[pair.suspect][0]:
            best[pair.suspect] = (float(value), pair)
    matrix: dict[str, dict[str, int]] = {}
    counts = {"suspects": len(taught), "right": 0, "wrong": 0, "abstained": 0}
    for suspect, teachers in sorted(taught.items()):
        value, pair = best[suspect]
        named = pair.family if value > 0 else "none"
        row = matrix.setdefault(";".join(sorted(teachers)), {})
        row[named] = row.get(named, 0) + 1
        counts["abstained" if value <= 0 else "right" if pair.is_h1 else "wrong"] += 1
    return counts | {"matrix": matrix}


def by_subgroup(pairs: Sequence[Pair], values: Floats) -> dict[str, Any]:
    """Return for each mark of pairs how many there are, and how their LRs fall on either side."""
    marks = sorted({mark for one in pairs for mark in one.marks})
    return {mark: _sides(pairs, values, mark) for mark in marks}


def _sides(pairs: Sequence[Pair], values: Floats, mark: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, under_h1 in (("h1", True), ("h2", False)):
        chosen = np.array([mark in one.marks and one.is_h1 == under_h1 for one in pairs])
        if chosen.any():
            count = int((values[chosen] > 0).sum())
            found[name] = {
                "above_1": metrics.rate(count, int(chosen.sum())).as_dict(),
                "median_log10_lr": float(np.median(values[chosen]) / LN10),
            }
    return found
