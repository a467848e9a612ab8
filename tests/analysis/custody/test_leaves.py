import hashlib
import hmac
import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from audit.analysis.custody.leaves import Disclosure, hash_of, leaf_of, salt_of
from audit.analysis.custody.merkle import leaf_hash
from audit.analysis.digests import canonical_json
from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.analysis.transcripts import Exchange

KEY = bytes(range(32))
EXCHANGES = [
    Exchange(record, f"Is {record} a prime number?", "Yes." if record in {2, 3, 5} else "No.")
    for record in (1, 2, 3, 5, 8, 13, 21)
]
LEAVES = [hash_of(one, KEY) for one in EXCHANGES]


@pytest.fixture
def disclosure() -> Disclosure:
    return Disclosure.made(EXCHANGES[3], KEY, LEAVES, 3)


def test_a_leaf_is_made_as_it_is_described():
    salt = hmac.new(KEY, b"touchstone/leaf/1" + bytes(7) + b"\x05", hashlib.sha256).digest()
    assert salt_of(KEY, 5) == salt
    leaf = salt + b'{"answer":"Yes.","model":"","prompt":"Is 5 a prime number?","record":5}'
    assert leaf_of(EXCHANGES[3], salt) == leaf
    assert LEAVES[3] == hashlib.sha256(b"\x00" + leaf).digest()


def test_a_short_answer_cannot_be_guessed_without_the_key():
    """Whoever sees all leaf hashes, and knows the prompt and all answers that there may be."""
    guesses = [replace(EXCHANGES[3], answer=answer) for answer in ("Yes.", "No.", "")]
    salts = [bytes(32), KEY, *[salt_of(KEY, one.record) for one in EXCHANGES if one.record != 5]]
    salts += [salt_of(bytes(32), 5), salt_of(bytes([one ^ 1 for one in KEY]), 5)]
    unsalted = {leaf_hash(canonical_json(asdict(one))) for one in guesses}
    salted = {leaf_hash(leaf_of(one, salt)) for one in guesses for salt in salts}
    assert not (unsalted | salted) & set(LEAVES)
    assert leaf_hash(leaf_of(guesses[0], salt_of(KEY, 5))) in LEAVES


def test_the_same_exchange_twice_does_not_show():
    twice = [replace(EXCHANGES[0], record=record) for record in (1, 2)]
    assert hash_of(twice[0], KEY) != hash_of(twice[1], KEY)


def test_a_disclosure_verifies_after_a_way_through_json(disclosure):
    read = Disclosure.from_dict(json.loads(json.dumps(disclosure.as_dict())))
    assert read == disclosure
    read.verify()


def test_a_disclosure_is_made_from_stored_leaf_hashes(disclosure):
    stored = np.frombuffer(b"".join(LEAVES), np.uint8).reshape(-1, 32)
    assert Disclosure.made(EXCHANGES[3], KEY, stored, 3) == disclosure


def test_a_disclosure_shows_nothing_of_the_other_exchanges(disclosure):
    written = json.dumps(disclosure.as_dict())
    for other in EXCHANGES:
        if other.record != 5:
            assert salt_of(KEY, other.record).hex() not in written
            assert other.prompt not in written
    assert KEY.hex() not in written


def test_no_changed_field_verifies(disclosure):
    exchange = disclosure.exchange
    other = bytes([disclosure.root[0] ^ 1, *disclosure.root[1:]])
    changed = [
        replace(disclosure, salt=other),
        replace(disclosure, salt=disclosure.salt[:-1]),
        replace(disclosure, exchange=replace(exchange, record=6)),
        replace(disclosure, exchange=replace(exchange, prompt="Is 4 a prime number?")),
        replace(disclosure, exchange=replace(exchange, answer="No.")),
        replace(disclosure, exchange=replace(exchange, model="model-a")),
        *[replace(disclosure, index=index) for index in (-1, 0, 1, 2, 4, 5, 6, 7)],
        *[replace(disclosure, size=size) for size in (0, 1, 2, 3, 4, 9, 16)],
        *[
            replace(
                disclosure, proof=(*disclosure.proof[:one], other, *disclosure.proof[one + 1 :])
            )
            for one in range(len(disclosure.proof))
        ],
        replace(disclosure, proof=disclosure.proof[:-1]),
        replace(disclosure, proof=(*disclosure.proof, other)),
        replace(disclosure, root=other),
    ]
    for one in changed:
        with pytest.raises(IntegrityError):
            one.verify()


@pytest.mark.parametrize("size", [5, 6, 8])
def test_a_size_with_the_same_way_up_is_refused_by_what_was_signed(disclosure, size):
    disclosure.verify_under(7, disclosure.root)
    changed = replace(disclosure, size=size)
    changed.verify()
    with pytest.raises(IntegrityError, match=f"from a tree of {size} leaves .* signed has 7 and"):
        changed.verify_under(7, disclosure.root)


def test_a_disclosure_from_another_tree_is_refused_though_it_verifies(disclosure):
    forged = Disclosure.made(EXCHANGES[3], bytes(32), [hash_of(EXCHANGES[3], bytes(32))], 0)
    forged.verify()
    with pytest.raises(IntegrityError, match="from a tree of 1 leaves"):
        forged.verify_under(7, disclosure.root)


def test_an_exchange_at_another_place_is_not_disclosed():
    with pytest.raises(IntegrityError, match="does not lead to the root"):
        Disclosure.made(EXCHANGES[3], KEY, LEAVES, 2)
    with pytest.raises(IntegrityError, match="does not lead to the root"):
        Disclosure.made(replace(EXCHANGES[3], answer="No."), KEY, LEAVES, 3)


def test_half_a_surrogate_pair_is_refused_and_not_mended():
    with pytest.raises(IntegrityError, match="Record 4 cannot be written as canonical JSON"):
        hash_of(Exchange(4, "A prompt", "half \ud83d"), KEY)


def test_a_key_that_could_be_guessed_is_refused():
    with pytest.raises(WrongSettingError, match="31 bytes long"):
        salt_of(bytes(31), 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.pop("salt"),
        lambda value: value.update(salt=3),
        lambda value: value.update(salt="no salt"),
        lambda value: value.update(salt=value["salt"].upper()),
        lambda value: value.update(index="3"),
        lambda value: value.update(index=3.0),
        lambda value: value.update(size=None),
        lambda value: value.update(proof="none"),
        lambda value: value.update(more=1),
        lambda value: value["exchange"].update(more=1),
        lambda value: value["exchange"].update(record="5"),
        lambda value: value["exchange"].update(answer=["Yes."]),
        lambda value: value["exchange"].pop("model"),
        lambda value: value.update(exchange=None),
    ],
)
def test_what_is_no_disclosure_is_refused(disclosure, change):
    value = disclosure.as_dict()
    change(value)
    with pytest.raises(IntegrityError, match="The disclosure"):
        Disclosure.from_dict(value)
