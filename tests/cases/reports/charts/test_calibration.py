"""Recalibration from the frozen curves, held against scikit-learn on the pairs themselves."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from audit.analysis.calibration.curves import tippett
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.pav import pool, pool_shares
from cases.reports.charts.calibration import calibration
from cases.reports.charts.reference import groups_of, pools_of
from tests.cases.reports.charts.drawn import data_of, numbers_in, whole_document

Floats = NDArray[np.float64]


def drawn_pairs(seed: int, under_h1: int, under_h2: int, decimals: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    h1, h2 = rng.normal(0.8, 0.7, under_h1), rng.normal(-0.7, 0.6, under_h2)
    return h1.round(decimals), h2.round(decimals)


def validation(h1: Floats, h2: Floats) -> dict[str, Any]:
    curves = tippett(h1 * LN10, h2 * LN10)
    rounded = {name: [round(one, 6) for one in getattr(curves, name)] for name in ("h1", "h2")}
    return {"tippett": rounded | {"log10_lr": [round(one, 6) for one in curves.log10_lr]}}


def by_scikit_learn(h1: Floats, h2: Floats) -> Floats:
    """Return the recalibrated log10 LR of every pair, those under H1 first."""
    log10_lrs = np.concatenate([h1, h2])
    truth = np.repeat([1.0, 0.0], [len(h1), len(h2)])
    posterior = IsotonicRegression().fit(log10_lrs, truth).predict(log10_lrs)
    with np.errstate(divide="ignore"):
        return np.log10(posterior / (1 - posterior) * len(h2) / len(h1))


@pytest.mark.parametrize(
    ("seed", "under_h1", "under_h2", "decimals"),
    [(1, 31, 445, 6), (2, 96, 300, 6), (3, 124, 276, 6), (4, 60, 200, 1), (5, 5, 5, 6)],
)
def test_recalibration_is_that_of_scikit_learn(
    seed: int, under_h1: int, under_h2: int, decimals: int
) -> None:
    h1, h2 = drawn_pairs(seed, under_h1, under_h2, decimals)
    if len(np.unique(np.concatenate([h1, h2]))) > 400:
        h2 = h2[:300]
    pools = pools_of(groups_of(validation(h1, h2)))
    ours = np.array(
        [
            next(one.log10_lr for one in pools if one.low - 1e-6 <= at <= one.high + 1e-6)
            for at in np.concatenate([h1, h2])
        ]
    )
    theirs = by_scikit_learn(h1, h2)
    # Rounded shares may keep apart what pools exactly, by as little as the sixth decimal gives.
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_more_pairs_than_the_curves_hold_are_recalibrated_nearly_so() -> None:
    h1, h2 = drawn_pairs(6, 124, 800, 6)
    pools = pools_of(groups_of(validation(h1, h2)))
    theirs = by_scikit_learn(h1, h2)
    places = np.concatenate([h1, h2])
    ours = np.array(
        [next(one.log10_lr for one in reversed(pools) if one.low <= at + 1e-6) for at in places]
    )
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.mean() > 0.4
    assert np.abs(ours[both] - theirs[both]).mean() < 0.05


def test_pooling_shares_is_pooling_pairs() -> None:
    h1, h2 = drawn_pairs(7, 50, 150, 6)
    pooled = pool(h1 * LN10, h2 * LN10)
    shares = [
        np.where(of, 1 / len(pairs), 0.0)
        for of, pairs in ((pooled.is_h1, h1), (~pooled.is_h1, h2))
    ]
    assert pool_shares(shares[0], shares[1]) == pytest.approx(pooled.pav_log_lr)


def test_the_picture_has_the_numbers_of_its_table() -> None:
    document = whole_document()
    chart = calibration(document)
    assert chart is not None
    pools = pools_of(groups_of(document["result"]["likelihood"]["validation"]))
    assert len(chart.table.rows) == len(pools)
    corners = max(data_of(chart), key=len)
    finite = [one for one in pools if np.isfinite(one.log10_lr)]
    ends = {(end, round(one.log10_lr, 6)) for one in finite for end in (one.low, one.high)}
    assert {(row["x"], row["y"]) for row in corners} == ends
    known = document["result"]["likelihood"]["validation"]
    assert {f"{known['cllr']:.3f}", f"{known['cllr_min']:.3f}"} <= numbers_in(chart.alt)


def test_shares_of_all_pools_are_all_pairs() -> None:
    pools = pools_of(groups_of(whole_document()["result"]["likelihood"]["validation"]))
    assert sum(one.h1 for one in pools) == pytest.approx(1, abs=1e-4)
    assert sum(one.h2 for one in pools) == pytest.approx(1, abs=1e-4)
    assert [one.log10_lr for one in pools] == sorted(one.log10_lr for one in pools)
