"""The vectors of a bundle in the place of the encoder that made them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.bundling import layout
from audit.analysis.encoders import EncoderIdentity
from audit.analysis.encoders.contract import Way
from audit.analysis.errors import IntegrityError
from audit.analysis.text import text_key
from audit.analysis.verifying.reading import Bundle

# What float32 leaves of a vector of unit length.
_UNIT = 1e-3
_ROWS = 65536


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """Vectors that were made before, found by the keys of their texts; both stay on the disk.

    `keys` are 64 hexadecimal digits each, ascending; `vectors` is float32 (n, d).
    """

    identity: EncoderIdentity
    keys: NDArray[Any]
    vectors: NDArray[np.float32]

    @property
    def way(self) -> Way:
        """Nothing is computed here."""
        return Way("stored", "none", "float32", ())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of the texts in order; raises IntegrityError for one without."""
        wanted = np.array([text_key(one).encode() for one in texts], dtype="S64")
        places = np.searchsorted(self.keys, wanted)
        places = np.minimum(places, len(self.keys) - 1)
        missing = np.flatnonzero(self.keys[places] != wanted)
        if len(missing):
            raise IntegrityError(
                f"{len(missing)} of {len(texts)} texts have no vector in the bundle; the first is "
                f"{wanted[missing[0]].decode()}."
            )
        return np.asarray(self.vectors[places])


def stored_vectors(bundle: Bundle, identity: EncoderIdentity) -> StoredVectors:
    """Return the vectors of an encoder; raises IntegrityError if they are not in order."""
    texts = bundle.path(layout.vectors(identity.digest, "texts.txt"))
    name = layout.vectors(identity.digest, "vectors.npy")
    lines = np.memmap(texts, dtype=[("key", "S64"), ("end", "S1")], mode="r")
    keys = lines["key"]
    vectors = np.load(bundle.path(name), mmap_mode="r", allow_pickle=False)
    if vectors.shape != (len(keys), identity.dimensions) or vectors.dtype != np.float32:
        raise IntegrityError(
            f"{name} is not {len(keys)} vectors of {identity.dimensions} numbers."
        )
    if not (keys[:-1] < keys[1:]).all():
        raise IntegrityError(f"{texts.name} of {name} is not in ascending order.")
    return StoredVectors(identity, keys, vectors)


def odd_rows(stored: StoredVectors) -> list[int]:
    """Return the rows that are not of unit length."""
    odd: list[int] = []
    for start in range(0, len(stored.keys), _ROWS):
        lengths = np.linalg.norm(stored.vectors[start : start + _ROWS].astype(float), axis=1)
        odd += (np.flatnonzero(~(np.abs(lengths - 1) < _UNIT)) + start).tolist()
    return odd
