"""Content-addressed objects in an S3 bucket: prefix/ab/cd/<sha256>."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from audit.analysis.digests import CHUNK, sha256_of_chunks
from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.blobs.stored import (
    Stored,
    Written,
    check_same,
    is_digest,
    missing,
    place_of,
    write_all,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = frozenset({"404", "NoSuchKey"})
_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


@dataclass(frozen=True, slots=True)
class S3Store:
    """Bytes under their SHA-256 in a bucket; `endpoint` is "" for the standard service.

    Credentials and region come from the usual AWS environment variables. An object appears only
    when it has arrived whole: S3 itself sees to that.
    """

    bucket: str
    prefix: str
    endpoint: str

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep the bytes; they are collected on the local disk first, to learn their name."""
        with tempfile.TemporaryFile() as spool:
            written = write_all(chunks, cast("BinaryIO", spool))
            with self._answering():
                new = self._size(written.sha256) != written.size
                if new:
                    spool.seek(0)
                    self._upload(cast("BinaryIO", spool), written)
        return Stored(written.sha256, written.size, new)

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes for reading; raises IntegrityError if they are missing or changed.

        They are fetched whole and checked before the first is given out.
        """
        spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        try:
            check_same(sha256, write_all(self.raw(sha256), spool).sha256)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return spool

    def has(self, sha256: str) -> bool:
        """Tell whether the bytes are kept."""
        with self._answering():
            return self._size(sha256) is not None

    def digests(self) -> Iterator[str]:
        """Yield the name of everything that is kept, in order."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._answering():
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._start):
                keys = (each["Key"] for each in page.get("Contents", []))
                yield from (sha256 for key in keys if (sha256 := self._digest_of(key)))

    def raw(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes as they are now; raises IntegrityError if they are missing."""
        with self._answering():
            try:
                answer = self._client.get_object(Bucket=self.bucket, Key=self._key(sha256))
                yield from answer["Body"].iter_chunks(CHUNK)
            except ClientError as error:
                if _code(error) in _ABSENT:
                    raise missing(sha256) from error
                raise
            except FlexibleChecksumError as error:
                raise IntegrityError(f"The stored file {sha256} has been changed.") from error

    def remove(self, sha256: str) -> None:
        """Remove the bytes; a bucket that keeps earlier versions must be told to drop them."""
        with self._answering():
            self._client.delete_object(Bucket=self.bucket, Key=self._key(sha256))

    def verify(self, sha256: str) -> None:
        """Read the bytes again; raises IntegrityError if they are missing or changed."""
        check_same(sha256, sha256_of_chunks(self.raw(sha256)))

    def sweep_incoming(self, older_than_s: float, now: float) -> int:
        """Give up the uploads that killed writers left unfinished and return how many they were.

        `now` is in seconds since 1970.
        """
        removed = 0
        pages = self._client.get_paginator("list_multipart_uploads")
        with self._answering():
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._start):
                for each in page.get("Uploads", []):
                    if each["Initiated"].timestamp() < now - older_than_s:
                        self._client.abort_multipart_upload(
                            Bucket=self.bucket, Key=each["Key"], UploadId=each["UploadId"]
                        )
                        removed += 1
        return removed

    @property
    def _client(self) -> "S3Client":
        return _client(self.endpoint)

    @property
    def _start(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    def _key(self, sha256: str) -> str:
        return f"{self._start}{place_of(sha256)}"

    def _digest_of(self, key: str) -> str:
        """Return the digest that a key stands for, or "" if the object is not ours."""
        name = key.rpartition("/")[2]
        return name if is_digest(name) and key == self._key(name) else ""

    def _size(self, sha256: str) -> int | None:
        """Return the size of an object, or None if it is not there."""
        try:
            head = self._client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return head["ContentLength"]

    def _upload(self, spool: BinaryIO, written: Written) -> None:
        self._client.upload_fileobj(
            spool,
            self.bucket,
            self._key(written.sha256),
            ExtraArgs={"ChecksumAlgorithm": "SHA256"},
        )

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say in plain words that the bucket refuses or does not answer."""
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            where = self.endpoint or "the standard endpoint"
            raise WrongSettingError(
                f"The bucket {self.bucket} at {where} cannot be used ({error}): set STORAGE_URL to"
                f" a bucket that exists and {_CREDENTIALS} to keys that may read and write it."
            ) from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


# A client takes a tenth of a second to make, and may be used by many threads.
@cache
def _client(endpoint: str) -> "S3Client":
    return boto3.client("s3", endpoint_url=endpoint or None)
