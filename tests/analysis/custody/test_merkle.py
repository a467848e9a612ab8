import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.custody.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from audit.analysis.errors import IntegrityError

MOST = 64

# The reference leaves, roots and proofs of Certificate Transparency (RFC 6962).
REFERENCE = [
    leaf_hash(bytes.fromhex(one))
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Index (from 0), size, proof.
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# First size, second size, proof.
CONSISTENCY = [
    (1, 1, []),
    (1, 8, INCLUSION[1][2]),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]

LEAVES = [leaf_hash(bytes([number])) for number in range(MOST)]


def split(size: int) -> int:
    """The largest power of two smaller than the size (RFC 6962, 2.1)."""
    return max(2**power for power in range(size) if 2**power < size)


@cache
def naive_root(start: int, stop: int) -> bytes:
    if stop - start == 1:
        return LEAVES[start]
    middle = start + split(stop - start)
    return node_hash(naive_root(start, middle), naive_root(middle, stop))


def naive_path(index: int, start: int, stop: int) -> list[tuple[bytes, str]]:
    """PATH of RFC 6962, 2.1.1, each hash with the side on which it stands."""
    if stop - start == 1:
        return []
    middle = start + split(stop - start)
    if index < middle:
        return [*naive_path(index, start, middle), (naive_root(middle, stop), "right")]
    return [*naive_path(index, middle, stop), (naive_root(start, middle), "left")]


def naive_subproof(
    first: int, start: int, stop: int, *, whole: bool = True
) -> list[tuple[bytes, str]]:
    """SUBPROOF of RFC 6962, 2.1.2, `first` counted from the start of the piece."""
    if first == stop - start:
        return [] if whole else [(naive_root(start, stop), "begin")]
    left = split(stop - start)
    middle = start + left
    if first <= left:
        begun = naive_subproof(first, start, middle, whole=whole)
        return [*begun, (naive_root(middle, stop), "right")]
    begun = naive_subproof(first - left, middle, stop, whole=False)
    return [*begun, (naive_root(start, middle), "left")]


def hashes(steps: list[tuple[bytes, str]]) -> list[bytes]:
    return [one for one, _ in steps]


def sides(steps: list[tuple[bytes, str]]) -> list[str]:
    return [side for _, side in steps]


def holds(verify, *values) -> bool:
    try:
        verify(*values)
    except IntegrityError:
        return False
    return True


def flips(value: bytes) -> list[bytes]:
    whole = int.from_bytes(value, "big")
    return [(whole ^ 1 << bit).to_bytes(len(value), "big") for bit in range(8 * len(value))]


def flipped_proofs(proof: list[bytes]) -> list[list[bytes]]:
    return [
        [*proof[:place], changed, *proof[place + 1 :]]
        for place, one in enumerate(proof)
        for changed in flips(one)
    ]


def test_the_reference_leaves_have_the_reference_roots():
    assert [root_of(REFERENCE[:size]).hex() for size in range(1, 9)] == ROOTS
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]) == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_the_reference_inclusion_proofs_are_made_and_hold(index, size, proof):
    made = inclusion_proof(REFERENCE[:size], index)
    assert [one.hex() for one in made] == proof
    verify_inclusion(REFERENCE[index], index, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_the_reference_consistency_proofs_are_made_and_hold(first, second, proof):
    made = consistency_proof(REFERENCE[:second], first)
    assert [one.hex() for one in made] == proof
    roots = [bytes.fromhex(ROOTS[size - 1]) for size in (first, second)]
    verify_consistency(first, roots[0], second, roots[1], made)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_roots_and_proofs_are_those_of_the_recursive_definition(size):
    leaves = np.frombuffer(b"".join(LEAVES[:size]), np.uint8).reshape(size, 32)
    root = naive_root(0, size)
    assert root_of(LEAVES[:size]) == root
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert proof == hashes(naive_path(index, 0, size))
        verify_inclusion(LEAVES[index], index, size, proof, root)
    for first in range(1, size + 1):
        proof = consistency_proof(leaves, first)
        assert proof == hashes(naive_subproof(first, 0, size))
        verify_consistency(first, naive_root(0, first), size, root, proof)


@settings(deadline=None)
@given(st.data())
def test_a_changed_bit_of_a_leaf_a_root_or_an_inclusion_proof_is_refused(data):
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(LEAVES[:size], index), naive_root(0, size)
    leaf = LEAVES[index]
    assert not any(holds(verify_inclusion, one, index, size, proof, root) for one in flips(leaf))
    assert not any(holds(verify_inclusion, leaf, index, size, proof, one) for one in flips(root))
    for changed in flipped_proofs(proof):
        assert not holds(verify_inclusion, leaf, index, size, changed, root)
    for other in {index ^ 1 << bit for bit in range(10)}:
        assert not holds(verify_inclusion, leaf, other, size, proof, root)


@settings(deadline=None)
@given(st.data())
def test_a_changed_bit_of_a_root_or_a_consistency_proof_is_refused(data):
    second = data.draw(st.integers(2, MOST))
    first = data.draw(st.integers(1, second - 1))
    proof = consistency_proof(LEAVES[:second], first)
    roots = naive_root(0, first), naive_root(0, second)
    for one in flips(roots[0]):
        assert not holds(verify_consistency, first, one, second, roots[1], proof)
    for one in flips(roots[1]):
        assert not holds(verify_consistency, first, roots[0], second, one, proof)
    for changed in flipped_proofs(proof):
        assert not holds(verify_consistency, first, roots[0], second, roots[1], changed)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_another_size_is_refused_wherever_the_way_to_the_root_is_another(size):
    """A root does not fix its size: the way up is all that the proof can tell apart."""
    root = naive_root(0, size)
    for index in range(size):
        path = naive_path(index, 0, size)
        for other in range(MOST + 1):
            is_same = index < other and sides(naive_path(index, 0, other)) == sides(path)
            held = holds(verify_inclusion, LEAVES[index], index, other, hashes(path), root)
            assert held == is_same


@pytest.mark.parametrize("second", [2, 3, 8, 11, 21, 32, 47])
def test_another_pair_of_sizes_is_refused_wherever_the_way_is_another(second):
    for first in range(1, second):
        steps = naive_subproof(first, 0, second)
        roots = naive_root(0, first), naive_root(0, second)
        for other in range(MOST + 1):
            held = holds(verify_consistency, first, roots[0], other, roots[1], hashes(steps))
            is_same = first < other and (sides(naive_subproof(first, 0, other)) == sides(steps))
            assert held == is_same
            held = holds(verify_consistency, other, roots[0], second, roots[1], hashes(steps))
            is_same = 0 < other < second and (
                sides(naive_subproof(other, 0, second)) == sides(steps)
            )
            assert held == is_same


def test_a_hash_of_another_length_is_refused_though_the_bytes_laid_end_to_end_are_the_same():
    leaf, sibling = LEAVES[:2]
    shifted = leaf + sibling[:1], [sibling[1:]]
    with pytest.raises(IntegrityError, match="The leaf's hash is 33 bytes long, not 32"):
        verify_inclusion(shifted[0], 0, 2, shifted[1], naive_root(0, 2))
    with pytest.raises(IntegrityError, match="Hash 1 of the proof is 31 bytes long"):
        verify_inclusion(leaf, 0, 2, [sibling[1:]], naive_root(0, 2))
    with pytest.raises(IntegrityError, match="The first root is 0 bytes long"):
        verify_consistency(1, b"", 2, naive_root(0, 2), [sibling])


def test_what_is_wrong_is_named():
    root = naive_root(0, 8)
    with pytest.raises(IntegrityError, match="The proof holds 1 hashes, and leaf 3 of a tree"):
        verify_inclusion(LEAVES[3], 3, 8, LEAVES[:1], root)
    with pytest.raises(IntegrityError, match="There is no leaf 8 in a tree of 8"):
        verify_inclusion(LEAVES[3], 8, 8, LEAVES[:3], root)
    with pytest.raises(IntegrityError, match="There is no leaf -1"):
        verify_inclusion(LEAVES[3], -1, 8, LEAVES[:3], root)
    with pytest.raises(IntegrityError, match="does not continue one of 9"):
        verify_consistency(9, root, 8, root, [])
    with pytest.raises(ValueError, match="no leaf 8 among 8"):
        inclusion_proof(LEAVES[:8], 8)
    with pytest.raises(ValueError, match="so no first 9"):
        consistency_proof(LEAVES[:8], 9)


def test_a_tree_without_leaves_begins_every_other_and_nothing_but_itself_begins_it():
    root = naive_root(0, 3)
    assert consistency_proof(LEAVES[:3], 0) == []
    verify_consistency(0, EMPTY_ROOT, 3, root, [])
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert not holds(verify_consistency, 0, root, 3, root, [])
    assert not holds(verify_consistency, 0, EMPTY_ROOT, 0, root, [])
    assert not holds(verify_consistency, 3, root, 3, EMPTY_ROOT, [])
    assert not holds(verify_consistency, 3, root, 3, root, [root])


@settings(deadline=None)
@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_tree_put_aside_and_taken_up_again_grows_to_the_same_root(before, size):
    tree = CompactRange()
    for leaf in LEAVES[: min(before, size)]:
        tree.add(leaf)
    kept = CompactRange.from_dict(json.loads(json.dumps(tree.as_dict())))
    for leaf in LEAVES[min(before, size) : size]:
        kept.add(leaf)
    assert kept.root() == root_of(LEAVES[:size])
    assert len(kept.peaks) == size.bit_count()


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"size": 3, "peaks": ["00" * 32]},
        {"size": -1, "peaks": ["00" * 32]},
        {"size": "1", "peaks": ["00" * 32]},
        {"size": 1, "peaks": ["00" * 31]},
        {"size": 1, "peaks": ["no hash"]},
        {"size": 1, "peaks": [0]},
        [],
    ],
)
def test_a_kept_tree_that_is_none_is_refused(kept):
    with pytest.raises(IntegrityError, match="kept"):
        CompactRange.from_dict(kept)


def test_a_leaf_that_is_not_a_hash_is_refused():
    with pytest.raises(IntegrityError, match="The hash of leaf 1 is 5 bytes long"):
        root_of([LEAVES[0], b"short"])
