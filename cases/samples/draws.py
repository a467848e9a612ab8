"""Random draws made from `Generator.random` alone: the less is used, the less can change."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def one(items: Sequence[Item], rng: np.random.Generator) -> Item:
    """Return one item, each being as likely as another."""
    return items[int(rng.random() * len(items))]


def count(weights: Sequence[float], rng: np.random.Generator) -> int:
    """Return a number from 0 on, whose probability is the weight at that place."""
    return int(np.searchsorted(np.cumsum(weights)[:-1], rng.random(), side="right"))


def some(
    items: Sequence[Item], weights: Sequence[float], wanted: int, rng: np.random.Generator
) -> tuple[Item, ...]:
    """Return `wanted` different items, heavier ones sooner (Efraimidis and Spirakis 2006)."""
    keys = [-np.log(1.0 - rng.random()) / weight for weight in weights]
    return tuple(items[place] for place in np.argsort(keys, kind="stable")[:wanted])
