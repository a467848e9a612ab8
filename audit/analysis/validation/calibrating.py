"""From measured blocks to a calibration pack: fits by size of the material, domain, figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit.analysis.calibration.bounds import Bounds
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion import domain
from audit.analysis.fusion.pack import Fit, Pack
from audit.analysis.fusion.training import (
    Trials,
    bounds_of,
    clipped,
    cross_validated,
    together,
    train,
)
from audit.analysis.signals.cohort import Measured
from audit.analysis.signals.registry import NAMES
from audit.analysis.validation.material import Judged
from audit.analysis.validation.sizes import (
    CONTROLS,
    Drawn,
    Floats,
    Progress,
    Size,
    draws,
    kinds_of,
    views,
)
from audit.analysis.version import VERSION

LEAST_FIT = 20
# So many quantiles of the ratios are kept: the curves need no more.
_KEPT = 400


@dataclass(frozen=True, slots=True)
class Trained:
    """One size by cross-validation, and what a fit for it is made of."""

    size: Size
    trials: Trials
    limits: Bounds
    spreads: dict[str, domain.Range]


def trained(judged: Judged, measured: Measured, *, seed: int, done: Progress) -> Iterator[Trained]:
    """Yield every size of the material, judged by cross-validation; the whole population is last.

    Raises InsufficientDataError if too few lines of models are documented.
    """
    for seen in views(measured, done):
        for kind in kinds_of(judged):
            drawn = draws(judged, seen, kind, NAMES, seed=seed)
            prompts = int(np.median([one.prompts for one in seen]))
            values, limits = _judged(drawn)
            yield Trained(
                Size(prompts, kind, values),
                together([one.trials for one in drawn]),
                limits,
                _spreads(drawn),
            )


def fit_of(judged: Judged, found: Trained) -> Fit:
    """Return the fit of one size: trained on all pairs, judged by cross-validation."""
    every = np.concatenate(found.size.log_lrs)
    truth = found.trials.truth
    return Fit(
        found.size.prompts,
        found.size.kind.controls,
        found.size.kind.family,
        train(found.trials),
        found.limits,
        _quantiles(every[truth]),
        _quantiles(every[~truth]),
        {
            "rates": found.size.rates(judged),
            "spreads": {name: list(one) for name, one in found.spreads.items()},
        },
    )


def calibrate(
    judged: Judged,
    measured: Measured,
    name: str,
    population: dict[str, Any],
    *,
    seed: int,
    done: Progress,
) -> Pack:
    """Return the pack of a population.

    Raises InsufficientDataError if too few lines of models are documented, or no size is usable.
    """
    found = trained(judged, measured, seed=seed, done=done)
    fits = tuple(fit_of(judged, one) for one in found if one.size.prompts >= LEAST_FIT)
    _require_usable(fits)
    traits = domain.ranges_of(judged.cohort)
    return Pack(
        name,
        VERSION,
        NAMES,
        fits,
        population | describe(judged),
        {"traits": {key: list(one) for key, one in traits.items()}},
    )


def describe(judged: Judged) -> dict[str, Any]:
    """Return the sizes of a population, without a name in it."""
    truth = judged.truth
    return {
        "models": len(judged.models),
        "lines": len(np.unique(judged.cohort.groups)),
        "prompts": len(judged.cohort.prompts),
        "h1_pairs": int(truth.sum()),
        "h2_pairs": int((~truth).sum()),
        "h1_sources": len(np.unique(judged.sources[truth])),
        "h2_sources": len(np.unique(judged.sources[~truth])),
        "teacher_families": len({one.family for one in judged.pairs}),
    }


def _judged(drawn: Sequence[Drawn]) -> tuple[tuple[Floats, ...], Bounds]:
    """Return the log-LRs of each draw by fusions without the suspect's line, and their bounds."""
    values = [cross_validated(one.trials) for one in drawn]
    trials = together([one.trials for one in drawn])
    limits = bounds_of(trials, np.concatenate(values))
    return tuple(clipped(one, limits) for one in values), limits


def _spreads(drawn: Sequence[Drawn]) -> dict[str, domain.Range]:
    """Return for each signal the range of spreads that is usual in cases of this size."""
    every = {name: np.concatenate([one.spreads[name] for one in drawn]) for name in NAMES}
    return {name: domain.usual_spreads(one) for name, one in every.items()}


def _require_usable(fits: Sequence[Fit]) -> None:
    if not fits:
        raise InsufficientDataError(
            f"The population has fewer than {LEAST_FIT} prompts in common. Add prompts that were "
            "put to every model."
        )
    if all(one.family for one in fits):
        raise InsufficientDataError(
            f"Some pairs of the population have fewer than {CONTROLS[0]} lines of models that can "
            "be their controls. Add models of other lines."
        )


def _quantiles(values: Floats) -> tuple[float, ...]:
    """Return the values as log10, rising, thinned to quantiles if they are many."""
    found = np.sort(values) / LN10
    if len(found) > _KEPT:
        found = np.quantile(found, np.linspace(0, 1, _KEPT))
    return tuple(np.round(found, 4).tolist())
