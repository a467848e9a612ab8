"""Salted leaves: one exchange of an exhibit can be shown, and says nothing about the others.

Without a salt anyone could confirm a guess: short answers can be tried one by one.
"""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from typing import Any, Self

from audit.analysis.custody.merkle import (
    HASH_BYTES,
    Hashes,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_inclusion,
)
from audit.analysis.digests import canonical_json
from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.analysis.transcripts import Exchange

_LABEL = b"touchstone/leaf/1"
_KEY_BYTES = 32


def salt_of(key: bytes, record: int) -> bytes:
    """Return the 32 bytes of salt of one record (from 1): HMAC-SHA256 (RFC 2104) by the key.

    The key is the exhibit's own and secret; who has it can confirm guesses about every record.
    Raises WrongSettingError for fewer than 32 bytes.
    """
    if len(key) < _KEY_BYTES:
        raise WrongSettingError(
            f"An exhibit's key is {len(key)} bytes long. Draw at least {_KEY_BYTES} at random."
        )
    return hmac.digest(key, _LABEL + record.to_bytes(8, "big"), hashlib.sha256)


def leaf_of(exchange: Exchange, salt: bytes) -> bytes:
    """Return the bytes of a leaf: the salt (32) and the canonical JSON of the exchange.

    Raises IntegrityError for another length of the salt and for text with half a surrogate pair.
    Canonical JSON has no form for such text, and it is not mended: two texts would have one leaf.
    No exhibit holds any, since the readers of files leave such records out by name.
    """
    if len(salt) != HASH_BYTES:
        raise IntegrityError(f"The salt is {len(salt)} bytes long, not {HASH_BYTES}.")
    try:
        return salt + canonical_json(asdict(exchange))
    except ValueError as error:
        raise IntegrityError(
            f"Record {exchange.record} cannot be written as canonical JSON: {error}. Hand in its "
            "text without halves of surrogate pairs."
        ) from error


def hash_of(exchange: Exchange, key: bytes) -> bytes:
    """Return the 32-byte leaf hash (RFC 6962) of an exchange of the exhibit with this key."""
    return leaf_hash(leaf_of(exchange, salt_of(key, exchange.record)))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One exchange with what shows that it stands at `index` (from 0) of `size` under `root`.

    The salt opens this leaf alone. `salt`, `root` and each hash of the proof are 32 bytes.
    """

    salt: bytes
    exchange: Exchange
    index: int
    size: int
    proof: tuple[bytes, ...]
    root: bytes

    @classmethod
    def made(cls, exchange: Exchange, key: bytes, leaves: Hashes, index: int) -> Self:
        """Return the disclosure of one exchange among all leaf hashes of its exhibit.

        Raises IntegrityError if the leaf at `index` is not that of the exchange.
        """
        proof = tuple(inclusion_proof(leaves, index))
        salt = salt_of(key, exchange.record)
        made = cls(salt, exchange, index, len(leaves), proof, root_of(leaves))
        made.verify()
        return made

    def verify(self) -> None:
        """Raise IntegrityError unless the exchange leads to the root as this says.

        That shows nothing about an exhibit yet: anyone can make a root. See `verify_under`.
        """
        leaf = leaf_hash(leaf_of(self.exchange, self.salt))
        verify_inclusion(leaf, self.index, self.size, self.proof, self.root)

    def verify_under(self, size: int, root: bytes) -> None:
        """Raise IntegrityError unless the exchange stands in the tree of this size and root.

        Size and root (32 bytes) are those that were signed or sealed: a root alone does not fix
        the size of its tree.
        """
        if (self.size, self.root) != (size, root):
            raise IntegrityError(
                f"The disclosure is from a tree of {self.size} leaves with root "
                f"{self.root.hex()}; that which was signed has {size} and {root.hex()}."
            )
        self.verify()

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads, as JSON holds it; bytes are hexadecimal."""
        return {
            "salt": self.salt.hex(),
            "exchange": asdict(self.exchange),
            "index": self.index,
            "size": self.size,
            "proof": [one.hex() for one in self.proof],
            "root": self.root.hex(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return a disclosure as handed in, not verified; raises IntegrityError if it is none."""
        try:
            read = cls(
                salt=bytes.fromhex(value["salt"]),
                exchange=Exchange(**value["exchange"]),
                index=value["index"],
                size=value["size"],
                proof=tuple(bytes.fromhex(one) for one in value["proof"]),
                root=bytes.fromhex(value["root"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"The disclosure cannot be read: {error}.") from error
        if read.as_dict() != value or not read._has_right_kinds():
            raise IntegrityError(
                "The disclosure is not written as one is: it holds more, other or differently "
                "spelt fields."
            )
        return read

    def _has_right_kinds(self) -> bool:
        """Say whether numbers are whole numbers and texts are texts."""
        told = self.exchange
        numbers = (self.index, self.size, told.record)
        texts = (told.prompt, told.answer, told.model)
        return all(type(one) is int for one in numbers) and all(type(one) is str for one in texts)
