import subprocess
import sys
from pathlib import Path

import pytest

from audit.analysis.errors import WrongSettingError
from audit.blobs import open_store
from audit.blobs.folder import FolderStore
from audit.blobs.s3 import S3Store

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("url", "store"),
    [
        ("file:///srv/blobs", FolderStore(Path("/srv/blobs"))),
        ("file:///srv/two%20words", FolderStore(Path("/srv/two words"))),
        ("file://localhost/srv/blobs", FolderStore(Path("/srv/blobs"))),
        ("s3://bucket", S3Store("bucket", "", "")),
        ("s3://bucket/", S3Store("bucket", "", "")),
        ("s3://my.bucket-1/some/prefix/", S3Store("my.bucket-1", "some/prefix", "")),
        (
            "s3://bucket/p?endpoint=http://127.0.0.1:9000",
            S3Store("bucket", "p", "http://127.0.0.1:9000"),
        ),
    ],
)
def test_an_address_gives_its_store(url, store):
    assert open_store(url) == store


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/blobs",
        "file://srv/blobs",
        "file:srv",
        "file:///srv?x=1",
        "file:///srv#x",
        "file:///a%00b",
        "ftp://host/x",
        "s3://",
        "s3:///prefix",
        "s3://key:secret@bucket/p",
        "s3://bucket/p?region=x",
        "s3://bucket/p?endpoint",
        "s3://bucket/p?endpoint=minio:9000",
        "s3://bucket/p?endpoint=http://a&endpoint=http://b",
        "s3://bucket/p#x",
        "http://[broken",
    ],
)
def test_any_other_address_is_refused_without_being_repeated(url):
    with pytest.raises(WrongSettingError) as caught:
        open_store(url)
    assert str(caught.value) == (
        "STORAGE_URL is not the address of a store: set it to file:///FOLDER or to"
        " s3://BUCKET/PREFIX?endpoint=ADDRESS, with no user or password in it."
    )


def test_a_folder_is_used_without_boto3():
    block = (
        "import sys; sys.modules['boto3'] = None\n"
        "from audit.blobs import open_store\n"
        "print(type(open_store('file:///srv')).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout == "FolderStore\n", done.stderr
