"""Several signals fused into one likelihood ratio by regularised logistic regression."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import expit

from audit.analysis.calibration.log_lrs import LogLRs
from audit.analysis.errors import InsufficientDataError, WrongSettingError

_MOST_STEPS = 10_000
# Gradients of the mean loss over pairs: where to stop, and what is still taken for a minimum.
_GRADIENT = 1e-10
_NEAR_ENOUGH = 1e-7


@dataclass(frozen=True, slots=True)
class Fusion:
    """A natural log-LR that is linear in d features: offset + sum of weight times feature.

    `seen` is for each feature the range that it was fitted on. A value beyond counts as the edge
    of that range: nothing was seen that would say what more of it means.
    """

    weights: tuple[float, ...]
    offset: float
    seen: tuple[tuple[float, float], ...]

    def parts(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each feature adds to the natural log-LR, in the shape of `features`."""
        low, high = np.array(self.seen).T
        return np.asarray(np.clip(features, low, high) * np.array(self.weights))

    def log_lr(self, features: NDArray[np.float64]) -> LogLRs:
        """Return the natural log-LR of each row of `features`, which has the shape (n, d)."""
        return np.asarray(self.parts(features).sum(axis=-1) + self.offset)

    def as_dict(self) -> dict[str, Any]:
        """Return weights and offset as a JSON object."""
        return asdict(self)


def fit(
    features: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weights: NDArray[np.float64] | None = None,
    *,
    penalty: float,
    nonnegative: bool = False,
) -> Fusion:
    """Return the fusion that tells pairs under H1 (`truth` is true) from pairs under H2.

    `features` has the shape (n, d), `truth` and `weights` (n,). Minimised is the weighted sum of
    the logistic losses plus penalty / 2 times the sum of squared feature weights (scikit-learn's C
    is 1 / penalty); the offset is not penalised. Features should be of like scale, since the
    penalty treats them alike. The log odds of H1 in the weighted training data are then taken out
    of the offset, so that a log-LR is left (Brummer and du Preez 2006; Morrison 2013). With
    weights that add up to the same under both hypotheses these are zero.

    `nonnegative` keeps every feature weight at or above zero: then no signal can speak for H2 by
    being larger. Raises WrongSettingError for a penalty of zero, under which separable pairs would
    get infinite likelihood ratios, and InsufficientDataError if a hypothesis has no weight.
    """
    truth = np.asarray(truth, dtype=np.bool_)
    weights = np.ones(len(truth)) if weights is None else weights
    _require_material(features, truth, weights, penalty)
    slopes, intercept = _minimum(features, truth, weights, penalty, nonnegative=nonnegative)
    prior = np.log(weights[truth].sum() / weights[~truth].sum())
    seen = zip(features.min(axis=0).tolist(), features.max(axis=0).tolist(), strict=True)
    return Fusion(tuple(slopes.tolist()), float(intercept - prior), tuple(seen))


def _minimum(
    features: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weights: NDArray[np.float64],
    penalty: float,
    *,
    nonnegative: bool,
) -> tuple[NDArray[np.float64], float]:
    """Return the feature weights, shape (d,), and the intercept at which the loss is least."""
    # The problem stays the same in standard units, but the optimiser finds its way much faster.
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread[spread == 0] = 1.0
    total = weights.sum()
    bounds = _bounds(features.shape[1], nonnegative=nonnegative)
    found = minimize(
        _loss,
        np.zeros(features.shape[1] + 1),
        args=(
            (features - centre) / spread,
            np.where(truth, 1.0, -1.0),
            weights / total,
            penalty / total / spread**2,
        ),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"gtol": _GRADIENT, "ftol": 0.0, "maxiter": _MOST_STEPS},
    )
    _require_minimum(found.x, found.jac, bounds)
    slopes: NDArray[np.float64] = found.x[:-1] / spread
    return slopes, float(found.x[-1] - slopes @ centre)


def _loss(
    values: NDArray[np.float64],
    features: NDArray[np.float64],
    sign: NDArray[np.float64],
    weights: NDArray[np.float64],
    penalties: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Return the penalised mean loss and its gradient; the last of `values` is the intercept."""
    slopes = values[:-1]
    margin = sign * (features @ slopes + values[-1])
    loss = weights @ np.logaddexp(0, -margin) + penalties @ slopes**2 / 2
    pull = -weights * sign * expit(-margin)
    return float(loss), np.append(features.T @ pull + penalties * slopes, pull.sum())


def _bounds(count: int, *, nonnegative: bool) -> Bounds:
    """Return the bounds of the feature weights and, last, of the free intercept."""
    lowest = 0.0 if nonnegative else -np.inf
    return Bounds(np.append(np.full(count, lowest), -np.inf), np.full(count + 1, np.inf))


def _require_material(
    features: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weights: NDArray[np.float64],
    penalty: float,
) -> None:
    """Raise WrongSettingError or InsufficientDataError if no fusion can come of this."""
    if not penalty > 0:
        raise WrongSettingError(f"The penalty of the fusion is {penalty:g}; set it above zero.")
    if not truth.shape == weights.shape == features.shape[:-1]:
        raise InsufficientDataError(
            "The fusion needs one row of features, one truth and one weight for each pair."
        )
    if not np.isfinite(features).all():
        raise InsufficientDataError("A feature of a pair is not a finite number. Leave it out.")
    if not ((weights >= 0).all() and weights[truth].sum() > 0 and weights[~truth].sum() > 0):
        raise InsufficientDataError(
            "The fusion needs pairs under H1 and pairs under H2, with weights of zero or more."
        )


def _require_minimum(
    values: NDArray[np.float64], gradient: NDArray[np.float64], bounds: Bounds
) -> None:
    """Raise InsufficientDataError unless no allowed step leads further down.

    The optimiser's own verdict also fails where it merely ran out of digits.
    """
    allowed = values - np.clip(values - gradient, bounds.lb, bounds.ub)
    if not np.abs(allowed).max() < _NEAR_ENOUGH:
        raise InsufficientDataError(
            "The fusion did not settle. Bring the features to a like scale, or raise the penalty."
        )
