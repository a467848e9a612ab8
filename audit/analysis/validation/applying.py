"""A calibration pack applied as it stands to a population of documented lineage."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from audit.analysis.fusion import domain
from audit.analysis.fusion.pack import Fit, Pack
from audit.analysis.fusion.training import clipped
from audit.analysis.signals.cohort import Measured
from audit.analysis.validation.intervals import Scorer
from audit.analysis.validation.material import Judged, Kind
from audit.analysis.validation.sizes import (
    Drawn,
    Floats,
    Progress,
    Size,
    View,
    draws,
    kinds_of,
    views,
)


def applied(
    pack: Pack, judged: Judged, measured: Measured, *, seed: int, done: Progress
) -> Iterator[Size]:
    """Yield the log-LRs under a pack for every size of the material; the whole is last.

    A family of which there is one file is weighed as one file is. All pairs are NaN where the
    pack has no fit for so little.
    """
    unusual = _unusual_suspects(pack, judged)
    for seen in views(measured, done):
        prompts = int(np.median([one.prompts for one in seen]))
        for kind in kinds_of(judged):
            log_lrs = _log_lrs(pack, judged, seen, prompts, kind, seed)
            known = tuple(np.where(unusual, np.nan, one) for one in log_lrs)
            yield Size(prompts, kind, known)


def _log_lrs(
    pack: Pack, judged: Judged, seen: Sequence[View], prompts: int, kind: Kind, seed: int
) -> tuple[Floats, ...]:
    fits = [pack.fit_for(prompts, kind.controls, family=one) for one in (False, True)]
    several = _several(judged, kind)
    found = []
    for drawn in draws(judged, seen, kind, pack.signals, seed=seed):
        one_file, family = (_under(fit, judged, drawn) for fit in fits)
        found.append(np.where(several, family, one_file))
    return tuple(found)


def scorer(pack: Pack, judged: Judged, prompts: int) -> Scorer | None:
    """Return what a pack gives the pairs of a whole population; None if it has no fit for it."""
    kind = Kind(judged.least_lines, family=True)
    fits = [pack.fit_for(prompts, kind.controls, family=one) for one in (False, True)]
    one_file, family = (one.fusion if one else None for one in fits)
    if one_file is None or family is None:
        return None
    several = _several(judged, kind)
    return lambda rows: np.where(several, family.log_lr(rows), one_file.log_lr(rows))


def _several(judged: Judged, kind: Kind) -> NDArray[np.bool_]:
    """Return which pairs have a teacher of several files that are weighed together."""
    return np.array([kind.family and len(one) > 1 for one in judged.members])


def _under(fit: Fit | None, judged: Judged, drawn: Drawn) -> Floats:
    if fit is None:
        return np.full(len(judged.pairs), np.nan)
    values = clipped(fit.fusion.log_lr(drawn.trials.features), fit.bounds)
    return np.where(_outside(fit, drawn.spreads), np.nan, values)


def _outside(fit: Fit, spreads: dict[str, Floats]) -> NDArray[np.bool_]:
    """Return which pairs (pairs,) have likenesses that spread as in none of the calibration's."""
    limits: dict[str, domain.Range] = fit.figures["spreads"]
    beyond = [
        (spreads[name] < low) | (spreads[name] > high) for name, (low, high) in limits.items()
    ]
    return np.asarray(np.any(beyond, axis=0), np.bool_)


def _unusual_suspects(pack: Pack, judged: Judged) -> NDArray[np.bool_]:
    """Return which pairs have a suspect with a trait that the calibration has not seen."""
    unusual = {
        suspect: not domain.has_usual_traits(pack.domain, judged.cohort, suspect)
        for suspect in {int(one) for one in judged.suspects}
    }
    return np.array([unusual[int(one)] for one in judged.suspects])
