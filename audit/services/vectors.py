"""Stored vectors, fetched by the keys of their texts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import IntegrityError
from audit.models import Embedding

# Rows are fetched in groups of this many: bounded memory at any size of material.
GROUP = 2000


def vectors_of(encoder: int, text_keys: Sequence[str], ways: set[int]) -> NDArray[np.float32]:
    """Return the vectors of these texts in their order, shape (n, d); adds to `ways` how made.

    Raises IntegrityError where one is not there, such as after an erasure.
    """
    found: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(text_keys), GROUP):
        rows = Embedding.objects.filter(
            encoder_id=encoder, text_key__in=text_keys[start : start + GROUP]
        ).values_list("text_key", "vector", "way")
        for key, vector, way in rows.iterator():
            found[key] = np.frombuffer(vector, dtype="<f4")
            ways.add(way)
    if missing := len(set(text_keys) - found.keys()):
        raise IntegrityError(f"The vectors of {missing:,} texts are not there.")
    return np.stack([found[key] for key in text_keys])
