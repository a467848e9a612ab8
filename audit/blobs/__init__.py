"""Bytes kept under their SHA-256, in a folder or in an S3 bucket; never changed once kept."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from audit.analysis.errors import WrongSettingError
from audit.blobs.folder import FolderStore
from audit.blobs.stored import Stored

__all__ = ["BlobStore", "Stored", "open_store"]


class BlobStore(Protocol):
    """What every store does; a digest is 64 lower-case hexadecimal digits."""

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep the bytes under their digest; the same bytes twice are one blob."""

    def open(self, sha256: str) -> BinaryIO:
        """Open kept bytes for reading; raises IntegrityError if they are missing or changed."""

    def has(self, sha256: str) -> bool:
        """Tell whether the bytes are kept."""

    def digests(self) -> Iterator[str]:
        """Yield the digest of everything that is kept, in order."""

    def raw(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes kept under a digest as they are now; IntegrityError if missing."""

    def remove(self, sha256: str) -> None:
        """Remove kept bytes for good; nothing is done where they are not there."""

    def verify(self, sha256: str) -> None:
        """Read kept bytes again; raises IntegrityError if they are missing or changed."""

    def sweep_incoming(self, older_than_s: float, now: float) -> int:
        """Remove unfinished writes older than that, and return how many they were."""


def open_store(url: str) -> BlobStore:
    """Return the store at file:///FOLDER or s3://BUCKET/PREFIX?endpoint=ADDRESS.

    Raises WrongSettingError, which names STORAGE_URL, for anything else. Nothing is read or made
    before the first use.
    """
    try:
        parts = urlsplit(url)
        served = _folder_at(parts) if parts.scheme == "file" else _bucket_at(parts)
    except ValueError:
        served = None
    if served is None:
        # The value itself is not shown: a mistaken one may hold a password.
        raise WrongSettingError(
            "STORAGE_URL is not the address of a store: set it to file:///FOLDER or to"
            " s3://BUCKET/PREFIX?endpoint=ADDRESS, with no user or password in it."
        )
    return served


def _folder_at(parts: SplitResult) -> BlobStore | None:
    path = unquote(parts.path)
    is_plain = parts.netloc in ("", "localhost") and not parts.query and not parts.fragment
    if not is_plain or not path.startswith("/") or "\0" in path:
        return None
    return FolderStore(Path(path))


def _bucket_at(parts: SplitResult) -> BlobStore | None:
    options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    endpoints = options.pop("endpoint", [""])
    is_plain = not options and not parts.fragment and len(endpoints) == 1
    if parts.scheme != "s3" or not _is_bucket(parts.netloc) or not is_plain:
        return None
    if endpoints[0] and urlsplit(endpoints[0]).scheme not in ("http", "https"):
        return None
    from audit.blobs.s3 import S3Store  # noqa: PLC0415 - boto3 only where a bucket is used

    return S3Store(parts.netloc, unquote(parts.path).strip("/"), endpoints[0])


def _is_bucket(name: str) -> bool:
    return name.replace("-", "").replace(".", "").replace("_", "").isalnum()
