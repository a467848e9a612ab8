"""Against a real server process that speaks S3, with real HTTP between."""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.blobs import open_store
from audit.blobs.s3 import S3Store
from audit.blobs.stored import Stored
from tests.processes import S3_KEYS, free_port, s3_server

DATA = b"some evidence"
SHA256 = hashlib.sha256(DATA).hexdigest()
ABSENT = "0" * 64


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch, request) -> S3Store:
    for name, value in S3_KEYS.items():
        monkeypatch.setenv(name, value)
    bucket = f"b{hashlib.sha256(request.node.name.encode()).hexdigest()[:20]}"
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=bucket)
    opened = open_store(f"s3://{bucket}/some/prefix?endpoint={endpoint}")
    assert isinstance(opened, S3Store)
    return opened


def key(sha256: str) -> str:
    return f"some/prefix/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def test_bytes_are_kept_under_their_digest(store):
    assert store.put([b"some ", b"", b"evidence"]) == Stored(SHA256, len(DATA), new=True)
    with store.open(SHA256) as stream:
        assert stream.read() == DATA
        stream.seek(5)
        assert stream.read() == b"evidence"
    assert store.has(SHA256)
    head = store._client.head_object(Bucket=store.bucket, Key=key(SHA256), ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"]


def test_the_same_bytes_twice_are_one_object_and_sent_once(store):
    store.put([DATA])
    first = store._client.head_object(Bucket=store.bucket, Key=key(SHA256))["LastModified"]
    time.sleep(1.1)
    assert store.put([DATA]) == Stored(SHA256, len(DATA), new=False)
    assert store._client.head_object(Bucket=store.bucket, Key=key(SHA256))["LastModified"] == first


def test_large_bytes_are_sent_in_parts_and_come_back_the_same(store):
    piece = bytes(range(256)) * 4096
    kept = store.put([piece] * 20)
    assert kept.size == 20 * len(piece)
    store.verify(kept.sha256)
    head = store._client.head_object(Bucket=store.bucket, Key=key(kept.sha256))
    assert head["ETag"].rstrip('"').endswith("-3")


def test_a_writer_that_fails_leaves_nothing(store):
    def failing():
        yield DATA
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.put(failing())
    assert list(store.digests()) == []


def test_everything_kept_is_listed_in_order_and_nothing_else(store):
    kept = sorted(store.put([bytes([n])]).sha256 for n in range(5))
    for foreign in ("some/prefix/notes.txt", f"some/prefix/ff/ff/{ABSENT}", f"other/{ABSENT}"):
        store._client.put_object(Bucket=store.bucket, Key=foreign, Body=b"x")
    assert list(store.digests()) == kept


def test_a_store_without_a_prefix_begins_at_the_root_of_the_bucket(store):
    bare = S3Store(store.bucket, "", store.endpoint)
    bare.put([DATA])
    found = store._client.list_objects_v2(Bucket=store.bucket)["Contents"]
    assert [each["Key"] for each in found] == [f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert list(bare.digests()) == [SHA256]


def test_what_is_missing_is_said(store):
    with pytest.raises(IntegrityError, match=f"The stored file {ABSENT} is missing"):
        store.open(ABSENT)
    with pytest.raises(IntegrityError, match=f"The stored file {ABSENT} is missing"):
        store.verify(ABSENT)
    assert not store.has(ABSENT)


def test_bytes_that_were_changed_are_never_given_out(store):
    store.put([DATA])
    store._client.put_object(Bucket=store.bucket, Key=key(SHA256), Body=b"same evidence")
    with pytest.raises(IntegrityError, match=f"The stored file {SHA256} has been changed"):
        store.open(SHA256)
    with pytest.raises(IntegrityError, match=f"The stored file {SHA256} has been changed"):
        store.verify(SHA256)


def test_a_sweep_gives_up_old_unfinished_uploads_only(store):
    begun = store._client.create_multipart_upload(Bucket=store.bucket, Key=key(ABSENT))
    assert begun["UploadId"]
    # The server used here dates every upload 2010; the two times lie around that.
    assert store.sweep_incoming(60, datetime(2009, 1, 1, tzinfo=UTC).timestamp()) == 0
    assert store.sweep_incoming(60, time.time() + 120) == 1
    assert store.sweep_incoming(60, time.time() + 120) == 0


@pytest.mark.parametrize("name", ["", "../x", "A" * 64])
def test_a_name_that_is_no_digest_reaches_no_object(store, name):
    for use in (store.open, store.has, store.verify):
        with pytest.raises(IntegrityError, match="is not the SHA-256 of a stored file"):
            use(name)


def test_a_bucket_that_is_not_there_is_a_wrong_setting(store):
    absent = S3Store("no-such-bucket", "", store.endpoint)
    message = r"The bucket no-such-bucket at http://.* cannot be used .*: set STORAGE_URL to"
    with pytest.raises(WrongSettingError, match=message):
        absent.put([DATA])
    with pytest.raises(WrongSettingError, match=message):
        list(absent.digests())
    with pytest.raises(WrongSettingError, match=message):
        absent.open(ABSENT)


def test_a_server_that_does_not_answer_is_a_wrong_setting(store, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    silent = S3Store(store.bucket, "", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(WrongSettingError, match="Could not connect"):
        silent.has(ABSENT)
