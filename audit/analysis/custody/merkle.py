"""Merkle trees over SHA-256 (RFC 6962, section 2.1): roots, proofs, and what holds against them.

A root fixes the leaves and their order. It does not fix the size by itself: trees of several sizes
can lead from one leaf to one root by one path. So hold size and root together against what was
signed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import IntegrityError

HASH_BYTES = 32
# The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()

# Leaf hashes in order: 32 bytes each, or the rows of a uint8 array (n, 32).
Hashes = Sequence[bytes] | NDArray[np.uint8]


def leaf_hash(data: bytes) -> bytes:
    """Return the 32 bytes that stand for one leaf: SHA-256 of 0x00 and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32 bytes that stand for two subtrees: SHA-256 of 0x01 and their hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class CompactRange:
    """A tree that grows leaf by leaf, kept as the roots of its perfect subtrees, largest first.

    There are as many of them as the size has binary ones, so memory grows with log2 of the size.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise IntegrityError(
                f"A tree of {self.size} leaves is not kept as {len(self.peaks)} hashes."
            )
        for number, peak in enumerate(self.peaks, start=1):
            _require_hash(peak, f"Hash {number} of the kept tree")

    def add(self, leaf: bytes) -> None:
        """Append the hash of one leaf; raises IntegrityError if it is not 32 bytes."""
        _require_hash(leaf, f"The hash of leaf {self.size}")
        node = leaf
        size = self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root, 32 bytes, of the leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` goes on from, as JSON holds it."""
        return {"size": self.size, "peaks": [peak.hex() for peak in self.peaks]}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return a kept tree; raises IntegrityError if it is none."""
        try:
            return cls(value["size"], [bytes.fromhex(peak) for peak in value["peaks"]])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IntegrityError(
                "The kept tree is not a size and its hashes. Build it again from the leaves."
            ) from error


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root, 32 bytes, over leaf hashes in order; memory grows with log2 of them."""
    tree = CompactRange()
    for leaf in leaves:
        tree.add(bytes(leaf))
    return tree.root()


def inclusion_proof(leaves: Hashes, index: int) -> list[bytes]:
    """Return the hashes from leaf `index` (from 0) up to the root, PATH of RFC 6962, 2.1.1.

    The leaves are hashed once, a second for a million. Raises ValueError for no such leaf.
    """
    start, stop = 0, len(leaves)
    if not 0 <= index < stop:
        raise ValueError(f"There is no leaf {index} among {stop}; they count from 0.")
    path = []
    while stop - start > 1:
        middle = start + _left_of(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return [_root_between(leaves, *piece) for piece in reversed(path)]


def consistency_proof(leaves: Hashes, first: int) -> list[bytes]:
    """Return the hashes that show the first leaves unchanged, PROOF of RFC 6962, 2.1.2.

    It is empty where `first` is 0 or all of them. Raises ValueError for more than there are.
    """
    start, stop = 0, len(leaves)
    if not 0 <= first <= stop:
        raise ValueError(f"There are {stop} leaves, so no first {first}.")
    path = []
    while 0 < first < stop:
        middle = start + _left_of(stop - start)
        if first <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, stop))
    return [_root_between(leaves, *piece) for piece in reversed(path)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise IntegrityError unless the leaf hash stands at `index` (from 0) under the root.

    The algorithm of RFC 9162, 2.1.3.2. Size and root are those that were signed.
    """
    if not 0 <= index < size:
        raise IntegrityError(f"There is no leaf {index} in a tree of {size}; they count from 0.")
    _require_hash(leaf, "The leaf's hash")
    _require_hash(root, "The root")
    sides = _sides(index, size - 1)
    _require_hashes(proof, len(sides), f"leaf {index} of a tree of {size}")
    node = leaf
    for sibling, is_left in zip(proof, sides, strict=True):
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
    if node != root:
        raise IntegrityError(
            f"Leaf {index} of {size} does not lead to the root: the leaf, its place, a hash of "
            "the proof or the root is not what it was."
        )


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise IntegrityError unless the second tree begins with all leaves of the first.

    The algorithm of RFC 9162, 2.1.4.2; a tree without leaves begins every other. Sizes and roots
    are those that were signed.
    """
    if not 0 <= first <= second:
        raise IntegrityError(f"A tree of {second} leaves does not continue one of {first}.")
    _require_hash(first_root, "The first root")
    _require_hash(second_root, "The second root")
    if first in {0, second}:
        _require_hashes(proof, 0, f"trees of {first} and {second} leaves")
        same = first_root if first else EMPTY_ROOT
        computed = (same, same if first == second else second_root)
    else:
        computed = _roots_of(first, first_root, second, proof)
    if computed != (first_root, second_root):
        raise IntegrityError(
            f"The tree of {second} leaves is not that of {first} leaves with more appended: a "
            "root, a size or a hash of the proof is not what it was."
        )


def _roots_of(
    first: int, first_root: bytes, second: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the roots of both trees that a consistency proof leads to."""
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    sides = _sides(index, last)
    # A first tree that is one perfect subtree of the second starts the path by its own root.
    start = [] if index else [first_root]
    _require_hashes(proof, len(sides) + 1 - len(start), f"trees of {first} and {second} leaves")
    begin, *siblings = [*start, *proof]
    earlier = later = begin
    for sibling, is_left in zip(siblings, sides, strict=True):
        if is_left:
            earlier = node_hash(sibling, earlier)
            later = node_hash(sibling, later)
        else:
            later = node_hash(later, sibling)
    return earlier, later


def _sides(index: int, last: int) -> list[bool]:
    """Return for each step from a node up to the root whether the sibling stands on the left.

    `index` and `last` count the nodes of one level from 0; a last node without a sibling rises.
    """
    sides = []
    while last:
        is_left = bool(index & 1) or index == last
        sides.append(is_left)
        while is_left and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return sides


def _left_of(size: int) -> int:
    """Return how many of two or more leaves stand in the left subtree."""
    return 1 << (size - 1).bit_length() - 1


def _root_between(leaves: Hashes, start: int, stop: int) -> bytes:
    return root_of(bytes(leaves[place]) for place in range(start, stop))


def _require_hashes(proof: Sequence[bytes], needed: int, what: str) -> None:
    if len(proof) != needed:
        raise IntegrityError(f"The proof holds {len(proof)} hashes, and {what} needs {needed}.")
    for number, sibling in enumerate(proof, start=1):
        _require_hash(sibling, f"Hash {number} of the proof")


def _require_hash(value: bytes, what: str) -> None:
    """Refuse another length: two values of odd lengths could be cut at another place."""
    if len(value) != HASH_BYTES:
        raise IntegrityError(f"{what} is {len(value)} bytes long, not {HASH_BYTES}.")
