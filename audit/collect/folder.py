"""Files that somebody else puts into a folder or a bucket: what lies there, and its bytes.

Addresses are those of stores: file:///FOLDER or s3://BUCKET/PREFIX?endpoint=ADDRESS. Nothing is
written, moved or removed there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from audit.analysis.digests import CHUNK, chunks_of
from audit.analysis.errors import TouchstoneError, WrongSettingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What writers call a file that is not whole yet.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


class ChangedError(TouchstoneError):
    """A file was written to while it was read."""


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
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if is_finished(name) and path.is_file() and not path.is_symlink():
                yield self._lying(name)

    def read(self, file: Lying) -> Iterator[bytes]:
        with (self.root / file.name).open("rb") as stream:
            yield from chunks_of(stream)
        if self._lying(file.name) != file:
            raise ChangedError(f"{file.name} was written to while it was read.")

    def _lying(self, name: str) -> Lying:
        found = (self.root / name).stat(follow_symlinks=False)
        return Lying(name, found.st_size, f"{found.st_mtime_ns}/{found.st_ino}")


@dataclass(frozen=True, slots=True)
class _Bucket:
    """Objects below a prefix; S3 shows none before it is whole."""

    bucket: str
    prefix: str
    endpoint: str

    def files(self) -> Iterator[Lying]:
        start = f"{self.prefix}/" if self.prefix else ""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=start):
            for each in page.get("Contents", []):
                name = each["Key"].removeprefix(start)
                if name and not name.endswith("/") and is_finished(name):
                    yield Lying(name, each["Size"], each["ETag"])

    def read(self, file: Lying) -> Iterator[bytes]:
        key = f"{self.prefix}/{file.name}" if self.prefix else file.name
        with _as_found(file):
            # The bucket itself refuses where the object is another by now.
            found = self._client.get_object(Bucket=self.bucket, Key=key, IfMatch=file.changed)
            yield from found["Body"].iter_chunks(CHUNK)

    @property
    def _client(self) -> "S3Client":
        import boto3  # noqa: PLC0415 - only where a bucket is watched

        return boto3.client("s3", endpoint_url=self.endpoint or None)


@contextmanager
def _as_found(file: Lying) -> Iterator[None]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

    try:
        yield
    except ClientError as error:
        raise ChangedError(f"{file.name} is not as it was found ({error}).") from error
