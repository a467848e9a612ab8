"""What a store says of the bytes it keeps, and the shape of their names."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from audit.analysis.errors import IntegrityError

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """The name of bytes that are kept; `new` is false if they were there already."""

    sha256: str
    size: int
    new: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The digest and number of bytes that went through `write_all`."""

    sha256: str
    size: int


def write_all(chunks: Iterable[bytes], target: BinaryIO) -> Written:
    """Write the chunks one after the other and return their digest and size."""
    running, size = hashlib.sha256(), 0
    for chunk in chunks:
        target.write(chunk)
        running.update(chunk)
        size += len(chunk)
    return Written(running.hexdigest(), size)


def place_of(sha256: str) -> PurePosixPath:
    """Return ab/cd/<digest>; raises IntegrityError for anything that is not a digest."""
    if not is_digest(sha256):
        raise IntegrityError(f"{sha256[:80]!r} is not the SHA-256 of a stored file.")
    return PurePosixPath(sha256[:2], sha256[2:4], sha256)


def is_digest(name: str) -> bool:
    """Tell whether a name is 64 lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(name) is not None


def missing(sha256: str) -> IntegrityError:
    """Return the error for bytes that are not there."""
    return IntegrityError(f"The stored file {sha256} is missing.")


def check_same(sha256: str, found: str) -> None:
    """Raise IntegrityError unless the bytes have the digest they are stored under."""
    if found != sha256:
        raise IntegrityError(
            f"The stored file {sha256} has been changed: its bytes now have the SHA-256 {found}."
        )
