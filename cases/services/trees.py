"""Trees of exhibits: a salted leaf for each exchange, so that one can be shown without the rest.

The key that salts an exhibit's leaves is drawn for it alone and kept encrypted under SALT_KEY.
Once it is destroyed, and the texts with it, root and proofs still hold and lead to no text.
"""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from audit.analysis.custody.leaves import hash_of
from audit.analysis.custody.merkle import CompactRange
from audit.analysis.errors import IntegrityError
from audit.analysis.transcripts import Exchange
from audit.models import Source
from cases.models import Exhibit, ExhibitKey, ExhibitTree

_KEY_BYTES = 32
_NONCE_BYTES = 12
# Exchanges are fetched in groups of this many: bounded memory at any size of exhibit.
GROUP = 2000


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree that is not kept yet: the exhibit's new key, how many leaves, and the root."""

    key: bytes
    size: int
    root: str


def exchanges_of(source: Source) -> Iterator[Exchange]:
    """Yield what was taken of a source as its leaves hold it, ordered by record."""
    rows = source.exchanges.order_by("record")
    fields = ("record", "prompt", "answer", "model")
    return (Exchange(*row) for row in rows.values_list(*fields).iterator(GROUP))


def leaves_of(source: Source, key: bytes) -> Iterator[bytes]:
    """Yield the leaf hashes (32 bytes) of a source under the key of one of its exhibits."""
    return (hash_of(exchange, key) for exchange in exchanges_of(source))


def grown(source: Source) -> Grown:
    """Return the tree over a source that was read, under a new key."""
    key = secrets.token_bytes(_KEY_BYTES)
    tree = tree_of(source, key)
    return Grown(key, tree.size, tree.root().hex())


def tree_of(source: Source, key: bytes) -> CompactRange:
    """Return the tree over the exchanges of a source under a key."""
    tree = CompactRange()
    for leaf in leaves_of(source, key):
        tree.add(leaf)
    return tree


def keep(exhibit: Exhibit, tree: Grown) -> None:
    """Keep the tree and the key of an exhibit, in the transaction that enters its root."""
    ExhibitTree.objects.create(exhibit=exhibit, size=tree.size, root=tree.root)
    ExhibitKey.objects.create(exhibit=exhibit, wrapped=_wrapped(tree.key, exhibit))


def key_of(exhibit: Exhibit) -> bytes:
    """Return the key that salts the leaves of an exhibit; raises IntegrityError without one."""
    kept = ExhibitKey.objects.filter(exhibit=exhibit).first()
    if kept is None:
        raise IntegrityError(f"Exhibit {exhibit.label} has no key: it is not read, or was erased.")
    wrapped = bytes(kept.wrapped)
    nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    try:
        return _cipher().decrypt(nonce, sealed, _whose(exhibit))
    except InvalidTag as error:
        raise IntegrityError(
            f"The key of exhibit {exhibit.label} cannot be opened: SALT_KEY is not the one that "
            "it was kept under, or the row is not what it was."
        ) from error


def _wrapped(key: bytes, exhibit: Exhibit) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, key, _whose(exhibit))


def _cipher() -> AESGCM:
    return AESGCM(base64.b64decode(settings.SALT_KEY))


def _whose(exhibit: Exhibit) -> bytes:
    """Return what binds a wrapped key to its exhibit."""
    return f"exhibit {exhibit.pk}".encode()
