"""Bytes out of a plain or gzip file, with a guard against bombs."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container.limits import Limits

CHUNK = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b"
# The first bytes of other packings that users may hand in, and their names.
OTHER_MAGIC = {
    b"PK\x03\x04": "a ZIP archive",
    b"PAR1": "a Parquet file",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ\x00": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
AGAIN = "Make the file again, or upload it again, whole"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The plain bytes of a file, in chunks."""

    compressed: bool
    chunks: Iterator[bytes]


class _Counted:
    """A file that starts with bytes already read from it and counts what was read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest
        self.count = 0

    def read(self, size: int = CHUNK) -> bytes:
        """Return at most `size` bytes, none at the end."""
        given, self._head = self._head[:size], self._head[size:]
        given = given or self._rest.read(size)
        self.count += len(given)
        return given


def unpacked(stream: BinaryIO, *, name: str, limits: Limits) -> Unpacked:
    """Return the plain bytes; gzip is known by its first bytes, whatever the name says."""
    head = _head(stream)
    if not head:
        raise UnreadableSourceError(
            name, "whole file", "it is empty (0 bytes)", "Upload the file again, whole"
        )
    _refuse_other_packings(head, name)
    source = _Counted(head, stream)
    if head.startswith(GZIP_MAGIC):
        return Unpacked(compressed=True, chunks=_gzip_chunks(source, name, limits))
    return Unpacked(compressed=False, chunks=iter(source.read, b""))


def _head(stream: BinaryIO) -> bytes:
    """Return the first bytes; a stream may give fewer at a time than it is asked for."""
    longest = max(map(len, OTHER_MAGIC))
    head = b""
    while len(head) < longest and (more := stream.read(longest - len(head))):
        head += more
    return head


def _refuse_other_packings(head: bytes, name: str) -> None:
    for magic, kind in OTHER_MAGIC.items():
        if head.startswith(magic):
            raise UnreadableSourceError(
                name,
                "first bytes",
                f"it is {kind}, not JSON",
                "Upload it as JSON or JSON Lines in UTF-8, plain or gzip",
            )


def _gzip_chunks(source: _Counted, name: str, limits: Limits) -> Iterator[bytes]:
    total = 0
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as unpacking:  # type: ignore[call-overload] # it only reads
            while chunk := unpacking.read1(CHUNK):
                total += len(chunk)
                _guard(total, source.count, name, limits)
                yield chunk
    except EOFError as error:
        raise UnreadableSourceError(name, "gzip data", "the file is cut off", AGAIN) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableSourceError(
            name, "gzip data", f"the file is damaged ({error})", AGAIN
        ) from error


def _guard(total: int, packed: int, name: str, limits: Limits) -> None:
    """Stop at a file that unpacks to more than any transcript would."""
    if total > limits.unpacked_bytes:
        reason = f"it unpacks to more than {limits.unpacked_bytes:,} bytes"
    elif total > max(limits.ratio_from_bytes, packed * limits.unpacking_ratio):
        reason = f"it unpacks to more than {limits.unpacking_ratio} times its size"
    else:
        return
    raise UnreadableSourceError(name, "gzip data", reason, "Split it, or upload it unpacked")
