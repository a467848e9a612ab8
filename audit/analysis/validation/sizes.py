"""The sizes that material can have: how many prompts, how many controls, how much of a teacher."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.fusion import domain
from audit.analysis.fusion.features import Square, standings
from audit.analysis.fusion.training import Trials
from audit.analysis.signals.cohort import Measured
from audit.analysis.validation.figures import rates_of
from audit.analysis.validation.material import Judged, Kind

# Prompts are measured in blocks of so many, of which each number of prompts is made.
BLOCK = 5
PROMPTS = (10, 25, 50, 100, 200, 400)
CONTROLS = (5, 10, 20)
# Each size is looked at so often, where it can be on disjoint samples of prompts: once would be an
# anecdote.
_DRAWS = 4
Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class View:
    """The likenesses of all models on one sample of prompts."""

    prompts: int
    similarities: dict[str, Square]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The cases of one draw: features of all pairs, and the spreads (pairs,) of each signal."""

    trials: Trials
    spreads: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Size:
    """The bounded natural log-LRs of one size: an array (pairs,) for each draw.

    NaN stands for a pair whose material the calibration does not know.
    """

    prompts: int
    kind: Kind
    log_lrs: tuple[Floats, ...]

    def rates(self, judged: Judged) -> dict[str, Any]:
        """Return the figures of all draws together."""
        return rates_of(judged.pairs * len(self.log_lrs), np.concatenate(self.log_lrs))

    def as_dict(self, judged: Judged) -> dict[str, Any]:
        """Return the size with its figures as a JSON object."""
        size = {"prompts": self.prompts, "controls": self.kind.controls}
        return size | {"family": self.kind.family, "draws": len(self.log_lrs)} | self.rates(judged)


def views(measured: Measured, done: Progress) -> Iterator[tuple[View, ...]]:
    """Yield a few disjoint samples of prompts for each number of prompts, rising up to all."""
    blocks = len(measured.blocks)
    counts = blocks_of(blocks)
    for place, count in enumerate(counts):
        yield tuple(_view(measured, times) for times in _samples(blocks, count))
        done(place + 1, len(counts))


def blocks_of(blocks: int) -> list[int]:
    """Return the numbers of blocks to look at: those of PROMPTS up to two thirds, and all."""
    counts = [count // BLOCK for count in PROMPTS]
    return [*(count for count in counts if 3 * count <= 2 * blocks), blocks]


def kinds_of(judged: Judged) -> list[Kind]:
    """Return a teacher's file and its family with few controls to many; its family with all last.

    A population has no more controls for its pairs than the pair with the fewest.
    """
    lines = judged.least_lines
    few = [Kind(count, family) for family in (False, True) for count in CONTROLS if count < lines]
    return [*few, Kind(lines, family=False), Kind(lines, family=True)]


def draws(
    judged: Judged, seen: Sequence[View], kind: Kind, names: tuple[str, ...], *, seed: int
) -> list[Drawn]:
    """Return the cases of a kind, drawn a few times in all; there is one draw of everything."""
    found = []
    everything = kind == Kind(judged.least_lines, family=True)
    for place, view in enumerate(seen):
        rng = np.random.default_rng((seed, place))
        count = 1 if everything else max(1, _DRAWS // len(seen))
        similar = {name: view.similarities[name] for name in names}
        make = _whole if everything else _small
        found += [make(judged, similar, kind, rng) for _ in range(count)]
    return found


def _small(
    judged: Judged, similar: dict[str, Square], kind: Kind, rng: np.random.Generator
) -> Drawn:
    return Drawn(*judged.small_trials(similar, kind, rng))


def _whole(
    judged: Judged, similar: dict[str, Square], _kind: Kind, _rng: np.random.Generator
) -> Drawn:
    standing = standings(similar, judged.cohort.groups, judged.cohort.weights)
    names = tuple(similar)
    spreads = domain.spreads_of(standing, names)
    everywhere = {name: np.full(len(judged.pairs), one) for name, one in spreads.items()}
    return Drawn(judged.trials(standing, names), everywhere)


def _samples(blocks: int, count: int) -> Iterator[Floats]:
    for sample in range(min(_DRAWS, blocks // count)):
        times = np.zeros(blocks)
        times[sample * count : (sample + 1) * count] = 1
        yield times


def _view(measured: Measured, times: Floats) -> View:
    chosen = zip(measured.blocks, times, strict=True)
    both = np.sum([block.both for block, factor in chosen if factor], axis=0)
    return View(int(both.max()), measured.similarities(times))
