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
    for seen in views(measured, done):
        prompts = int(np.median([one.prompts for one in seen]))
        for kind in kinds_of(judged):
            yield Size(prompts, kind, _log_lrs(pack, judged, seen, prompts, kind, seed))


def _log_lrs(
    pack: Pack, judged: Judged, seen: Sequence[View], prompts: int, kind: Kind, seed: int
) -> tuple[Floats, ...]:
    fits = [pack.fit_for(prompts, kind.controls, family=one) for one in (False, True)]
    several = _several(judged, kind)
    found = []
    for drawn in draws(judged, seen, kind, pack.signals, seed=seed):
        one_file, family = (_under(pack, fit, judged, drawn) for fit in fits)
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


def _under(pack: Pack, fit: Fit | None, judged: Judged, drawn: Drawn) -> Floats:
    if fit is None:
        return np.full(len(judged.pairs), np.nan)
    values = clipped(fit.fusion.log_lr(drawn.trials.features), fit.bounds)
    return np.where(_outside(pack, fit, judged, drawn.spreads), np.nan, values)


def _outside(pack: Pack, fit: Fit, judged: Judged, spreads: dict[str, float]) -> NDArray[np.bool_]:
    """Return which pairs have a suspect whose material is not of the calibration's kind."""
    limits = pack.limits(fit)
    outside = {
        suspect: not all(
            one.inside for one in domain.check(limits, judged.cohort, suspect, spreads)
        )
        for suspect in {int(one) for one in judged.suspects}
    }
    return np.array([outside[int(one)] for one in judged.suspects])
