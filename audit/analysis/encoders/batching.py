"""Batches of texts of equal padded length; which texts share a batch follows from length alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.encoders.contract import Vectors
from audit.analysis.errors import EncoderError

# A text is padded to the next multiple, whatever shares its batch: its own length alone fixes the
# shape it is computed in, and with OpenVINO its vector to the last bit.
STEP = 16
# Tokenised at once: bounds memory however many texts are given.
_WINDOW = 2048

Tokens = NDArray[np.int64]
Tokenise = Callable[[Sequence[str]], list[Tokens]]


@dataclass(frozen=True, slots=True)
class Padding:
    """How short texts are filled up, and how many tokens (n x width) one batch may hold."""

    token: int
    budget: int
    longest: int
    left: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of one padded width: `rows` (n,) say where their vectors go."""

    rows: NDArray[np.int64]
    ids: Tokens  # (n, width)
    mask: Tokens  # (n, width), 1 where a token is real

    def halves(self) -> "tuple[Batch, Batch]":
        """Return the batch in two, for a device that could not hold it whole."""
        middle = len(self.rows) // 2
        first = Batch(self.rows[:middle], self.ids[:middle], self.mask[:middle])
        return first, Batch(self.rows[middle:], self.ids[middle:], self.mask[middle:])


Run = Callable[[Iterable[Batch], Vectors], None]


def encode_in_order(
    texts: Sequence[str], dimensions: int, tokenise: Tokenise, padding: Padding, run: Run
) -> Vectors:
    """Return the (n, d) unit rows of the texts in their order, each distinct text encoded once.

    `run` writes the vectors of each batch into its rows of the array that it is handed.
    """
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    ordered = list(distinct)
    raw = np.zeros((len(ordered), dimensions), np.float32)
    for start in range(0, len(ordered), _WINDOW):
        tokens = tokenise(ordered[start : start + _WINDOW])
        run(batches(tokens, padding), raw[start : start + _WINDOW])
    order = np.array([distinct[text] for text in texts], np.int64)
    return _unit_rows(raw)[order]


def batches(tokens: Sequence[Tokens], padding: Padding) -> Iterator[Batch]:
    """Yield batches of equal width within the budget, the widest first."""
    for width, rows in sorted(_by_width(tokens, padding).items(), reverse=True):
        size = max(1, padding.budget // width)
        for start in range(0, len(rows), size):
            yield _padded(tokens, rows[start : start + size], width, padding)


def _by_width(tokens: Sequence[Tokens], padding: Padding) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, ids in enumerate(tokens):
        width = max(1, -(-len(ids) // STEP)) * STEP
        # A model that reads 250 tokens has no place for the 256th.
        found.setdefault(max(min(width, padding.longest), len(ids)), []).append(row)
    return found


def _padded(tokens: Sequence[Tokens], rows: list[int], width: int, padding: Padding) -> Batch:
    ids = np.full((len(rows), width), padding.token, np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for place, row in enumerate(rows):
        length = len(tokens[row])
        span = slice(width - length, width) if padding.left else slice(length)
        ids[place, span] = tokens[row]
        mask[place, span] = 1
    return Batch(np.array(rows, np.int64), ids, mask)


def _unit_rows(raw: Vectors) -> Vectors:
    norms = np.linalg.norm(raw.astype(np.float64), axis=1, keepdims=True)
    if not np.all(np.isfinite(norms) & (norms > 0)):
        raise EncoderError(
            "The encoder gave a vector without length or with a value not a number."
        )
    unit: Vectors = (raw / norms).astype(np.float32)
    return unit
