"""SHA-256 of bytes and of canonical JSON (RFC 8785): the only place that makes digests."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import rfc8785

CHUNK = 1024 * 1024


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a stream in pieces of CHUNK bytes."""
    while chunk := stream.read(CHUNK):
        yield chunk


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file; memory is one chunk."""
    with path.open("rb") as stream:
        return sha256_of_chunks(chunks_of(stream))


def sha256_of_chunks(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of the chunks laid end to end; memory is one chunk."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return running.hexdigest()


def canonical_json(value: object) -> bytes:
    """Return the RFC 8785 form of a JSON value: equal values give equal bytes."""
    return rfc8785.dumps(value)  # type: ignore[arg-type] # the library types JSON recursively


def digest_of(value: object) -> str:
    """Return the SHA-256 of the canonical JSON of a value."""
    return sha256_hex(canonical_json(value))
