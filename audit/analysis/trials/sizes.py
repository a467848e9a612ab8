"""Nested random samples of prompts and of controls, for curves of power over their number."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import InsufficientDataError, WrongSettingError

Places = NDArray[np.int64]


def nested_prompts(n: int, sizes: Sequence[int], rng: np.random.Generator) -> tuple[Places, ...]:
    """Return for each size as many of the places 0 ... n - 1, ascending, drawn without return.

    The order of the result is that of `sizes`. A larger sample holds each smaller one, so that
    the curve shows the number of prompts and not the luck of another draw; each sample alone is
    a simple random one.

    Raises WrongSettingError if a size is below 1, InsufficientDataError if one is above n.
    """
    return _heads(rng.permutation(n), sizes, "prompts")


def nested_controls(
    groups: Sequence[str], sizes: Sequence[int], rng: np.random.Generator
) -> tuple[Places, ...]:
    """Return for each size as many places of controls, ascending, from as many groups as can be.

    `groups` names the lineage of each control. With k groups or fewer asked for, each control is
    of another group, all groups equally likely whatever their number of controls; beyond that
    each group gives its second control, and so on. A larger sample holds each smaller one.

    Raises WrongSettingError if a size is below 1, InsufficientDataError if one is above the
    number of controls.
    """
    names = sorted(set(groups))
    turn_of_group = dict(zip(names, rng.permutation(len(names)).tolist(), strict=True))
    seen: Counter[str] = Counter()
    turns = []
    for place in rng.permutation(len(groups)).tolist():
        group = groups[place]
        turns.append((seen[group], turn_of_group[group], place))
        seen[group] += 1
    return _heads(np.array([place for *_, place in sorted(turns)], np.int64), sizes, "controls")


def _heads(order: Places, sizes: Sequence[int], things: str) -> tuple[Places, ...]:
    """Return the first of the order, as many as each size says."""
    if min(sizes, default=1) < 1:
        raise WrongSettingError(f"A sample of {min(sizes)} {things} is none. Set 1 or more.")
    if max(sizes, default=0) > len(order):
        raise InsufficientDataError(
            f"A sample of {max(sizes)} {things} cannot be drawn from {len(order)}. Hand in more "
            f"{things}, or set smaller sizes."
        )
    return tuple(np.sort(order[:size]) for size in sizes)
