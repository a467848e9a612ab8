"""From measured blocks to a calibration pack: fits by number of prompts, domain, figures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion import domain
from audit.analysis.fusion.features import Standing, standings
from audit.analysis.fusion.pack import Fit, Pack
from audit.analysis.fusion.training import Trials, bounded, bounds_of, cross_validated, train
from audit.analysis.signals.cohort import Measured
from audit.analysis.signals.registry import NAMES
from audit.analysis.validation.figures import rates_of
from audit.analysis.validation.material import Judged
from audit.analysis.version import VERSION

# Blocks of about twelve prompts: the smallest number that figures are given for.
BLOCK = 12
LEAST_FIT = 20
# Small sizes are measured on several disjoint samples, since one would be an anecdote.
_SAMPLES = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What came out for one number of prompts, over one or more disjoint samples of prompts."""

    prompts: int
    trials: tuple[Trials, ...]
    log_lrs: tuple[NDArray[np.float64], ...]
    spreads: dict[str, float]


def sizes_of(blocks: int) -> list[int]:
    """Return the numbers of blocks to look at: 1, 2, 4 ... up to two thirds, and all."""
    powers = [2**power for power in range(blocks.bit_length()) if 3 * 2**power <= 2 * blocks]
    return [*powers, blocks]


def at_size(judged: Judged, measured: Measured, blocks: int) -> Size:
    """Return trials and cross-validated, bounded log-LRs with so many blocks of prompts."""
    samples = min(_SAMPLES, len(measured.blocks) // blocks)
    trials, spreads, prompts = [], [], []
    for sample in range(samples):
        times = np.zeros(len(measured.blocks))
        times[sample * blocks : (sample + 1) * blocks] = 1
        standing = _standing(judged, measured, times)
        trials.append(judged.trials(standing, NAMES))
        spreads.append(domain.spreads_of(standing, NAMES))
        prompts.append(_prompts(measured, times))
    values = tuple(bounded(one, cross_validated(one)) for one in trials)
    mean = {name: float(np.mean([one[name] for one in spreads])) for name in NAMES}
    return Size(int(np.median(prompts)), tuple(trials), values, mean)


def fit_at(judged: Judged, size: Size) -> Fit:
    """Return the fit of one size: trained on all pairs, judged by cross-validation."""
    together = _together(size.trials)
    every = np.concatenate(size.log_lrs)
    limits = bounds_of(together, np.concatenate([cross_validated(one) for one in size.trials]))
    rates = [rates_of(judged.pairs, one) for one in size.log_lrs]
    truth = together.truth
    return Fit(
        size.prompts,
        train(together),
        limits,
        tuple((every[truth] / LN10).tolist()),
        tuple((every[~truth] / LN10).tolist()),
        {
            "rates": rates_of(judged.pairs * len(size.log_lrs), every),
            "auc_by_sample": [one["auc"] for one in rates],
            "spreads": size.spreads,
        },
    )


def calibrate(
    judged: Judged, measured: Measured, name: str, population: dict[str, Any], *, done: Progress
) -> Pack:
    """Return the pack of a population.

    Raises InsufficientDataError if too few lines of models are documented, or no size is usable.
    """
    blocks = sizes_of(len(measured.blocks))
    fits = []
    for place, count in enumerate(blocks):
        size = at_size(judged, measured, count)
        if size.prompts >= LEAST_FIT:
            fits.append(fit_at(judged, size))
        done(place + 1, len(blocks))
    if not fits:
        raise InsufficientDataError(
            f"The population has fewer than {LEAST_FIT} prompts in common. Add prompts that were "
            "put to every model."
        )
    traits = domain.ranges_of(judged.cohort)
    return Pack(
        name,
        VERSION,
        NAMES,
        tuple(fits),
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


def _standing(
    judged: Judged, measured: Measured, times: NDArray[np.float64]
) -> dict[str, Standing]:
    cohort = judged.cohort
    return standings(measured.similarities(times), cohort.groups, cohort.weights)


def _prompts(measured: Measured, times: NDArray[np.float64]) -> int:
    both = np.sum(
        [
            block.both * factor
            for block, factor in zip(measured.blocks, times, strict=True)
            if factor
        ],
        axis=0,
    )
    return int(both.max())


def _together(trials: tuple[Trials, ...]) -> Trials:
    """Return the trials of several samples as one; a source keeps its number in all of them."""
    return Trials(
        np.concatenate([one.features for one in trials]),
        np.concatenate([one.truth for one in trials]),
        np.concatenate([one.sources for one in trials]),
    )
