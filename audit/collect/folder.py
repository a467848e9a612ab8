"""Files that somebody else puts into a folder or a bucket: what lies there, and its bytes.

Addresses are those of stores: file:///FOLDER or s3://BUCKET/PREFIX?endpoint=ADDRESS. Nothing is
written, moved or removed there.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from audit.analysis.digests import CHUNK, chunks_of
from audit.analysis.errors import TouchstoneError, WrongSettingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What writers call a file that is not whole yet.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")
# A place that holds more is no folder for handing in.
MOST_FILES = 20_000
_CONNECT_S, _READ_S = 10, 60


class ChangedError(TouchstoneError):
    """A file was written to while it was read."""


class UnreachableError(TouchstoneError):
    """A place, or a file in it, cannot be looked into now; says why."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One file as it lies there now; `changed` is what the place tells of its last change."""

    name: str
    size: int
    changed: str


class Folder(Protocol):
    """What every watched place does."""

    def files(self) -> Iterator[Lying]:
        """Yield each file that is not named as unfinished, in the order of names."""

    def read(self, file: Lying) -> Iterator[bytes]:
        """Yield the bytes of a file; raises ChangedError if it is not as it was found."""


def open_folder(url: str) -> Folder:
    """Return the place at an address; raises WrongSettingError for what is none."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and not parts.query:
        return _Local(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc:
        endpoint = parse_qs(parts.query).get("endpoint", [""])[0]
        return _Bucket(parts.netloc, unquote(parts.path).strip("/"), endpoint)
    raise WrongSettingError(
        "This is not the address of a folder: give file:///FOLDER or"
        " s3://BUCKET/PREFIX?endpoint=ADDRESS, with no user or password in it."
    )


def is_finished(name: str) -> bool:
    """Tell whether a name is that of a whole file, neither hidden nor marked as unfinished."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not path.name.lower().endswith(_UNFINISHED)


@dataclass(frozen=True, slots=True)
class _Local:
    """Plain files below a folder; links are not followed, for they may lead anywhere."""

    root: Path

    def files(self) -> Iterator[Lying]:
        if not self.root.is_dir():
            raise WrongSettingError(f"There is no folder {self.root} to take files from.")
        for path in sorted(_bounded(self.root.rglob("*"), str(self.root))):
            name = path.relative_to(self.root).as_posix()
            if is_finished(name) and path.is_file() and not path.is_symlink():
                yield _lying(name, path.stat(follow_symlinks=False))

    def read(self, file: Lying) -> Iterator[bytes]:
        with self._opened(file) as stream:
            yield from chunks_of(stream)
            if _lying(file.name, os.fstat(stream.fileno())) != file:
                raise ChangedError(f"{file.name} was written to while it was read.")

    def _opened(self, file: Lying) -> BinaryIO:
        """Open a file such that a link put in its way meanwhile leads nowhere."""
        parts = PurePosixPath(file.name).parts
        place = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                inner = os.open(part, flags, dir_fd=place)
                os.close(place)
                place = inner
            # Whoever opens a pipe waits for its other end, unless told not to.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            stream = os.fdopen(os.open(parts[-1], flags, dir_fd=place), "rb")
        finally:
            os.close(place)
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or _lying(file.name, found) != file:
            stream.close()
            raise ChangedError(f"{file.name} is not as it was found.")
        return stream


def _lying(name: str, found: os.stat_result) -> Lying:
    return Lying(name, found.st_size, f"{found.st_mtime_ns}/{found.st_ino}")


def _bounded(entries: Iterator[Path], where: str) -> Iterator[Path]:
    for number, entry in enumerate(entries):
        if number >= MOST_FILES:
            raise UnreachableError(
                f"{where} holds more than {MOST_FILES:,} entries: name a folder below it."
            )
        yield entry


@dataclass(frozen=True, slots=True)
class _Bucket:
    """Objects below a prefix; S3 shows none before it is whole."""

    bucket: str
    prefix: str
    endpoint: str

    def files(self) -> Iterator[Lying]:
        start = f"{self.prefix}/" if self.prefix else ""
        with _reached(f"the bucket {self.bucket}"):
            pages = self._client.get_paginator("list_objects_v2")
            found = [
                Lying(each["Key"].removeprefix(start), each["Size"], each["ETag"])
                for page in pages.paginate(
                    Bucket=self.bucket,
                    Prefix=start,
                    PaginationConfig={"MaxItems": MOST_FILES},
                )
                for each in page.get("Contents", [])
            ]
        if len(found) >= MOST_FILES:
            raise UnreachableError(
                f"The bucket {self.bucket} holds {MOST_FILES:,} objects or more below this prefix:"
                " name a longer one."
            )
        for one in found:
            if one.name and not one.name.endswith("/") and is_finished(one.name):
                yield one

    def read(self, file: Lying) -> Iterator[bytes]:
        key = f"{self.prefix}/{file.name}" if self.prefix else file.name
        with _reached(file.name), _as_found(file):
            # The bucket itself refuses where the object is another by now.
            found = self._client.get_object(Bucket=self.bucket, Key=key, IfMatch=file.changed)
            yield from found["Body"].iter_chunks(CHUNK)

    @property
    def _client(self) -> "S3Client":
        import boto3  # noqa: PLC0415 - only where a bucket is watched
        from botocore.config import Config  # noqa: PLC0415 - as above

        patience = Config(
            connect_timeout=_CONNECT_S, read_timeout=_READ_S, retries={"total_max_attempts": 2}
        )
        return boto3.client("s3", endpoint_url=self.endpoint or None, config=patience)


# As stores say that an object is another by now, or gone.
_CHANGED = frozenset({"PreconditionFailed", "412", "NoSuchKey", "404"})


@contextmanager
def _as_found(file: Lying) -> Iterator[None]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _CHANGED:
            raise
        raise ChangedError(f"{file.name} is not as it was found ({error}).") from error


@contextmanager
def _reached(what: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise UnreachableError(f"{what} cannot be read: {error}") from error
