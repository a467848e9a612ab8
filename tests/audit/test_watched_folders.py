"""Files that somebody else puts down are taken once each, whole, and left where they are."""

import os
from datetime import timedelta

import boto3
import pytest

from audit.analysis.errors import WrongSettingError
from audit.collect.folder import ChangedError, is_finished, open_folder
from audit.models import FoundFile, Job, Source
from audit.services.collections import take_new
from audit.services.sources import store
from tests.making import alpaca
from tests.processes import S3_KEYS, s3_server

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = timedelta(0)


def rows(word: str) -> bytes:
    return alpaca([(f"What of {word}?", f"Much of {word}.")])


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "put here"
    found.mkdir()
    return found


def test_a_file_is_taken_once_whatever_it_is_called(folder):
    (folder / "one.json").write_bytes(rows("one"))
    taken = take_new(folder.as_uri(), AT_ONCE)
    assert [one.name for one in taken] == ["one.json"]
    with store().open(taken[0].sha256) as kept:
        assert kept.read() == rows("one")
    assert Job.objects.filter(kind="read", subject=taken[0].pk).exists()
    assert take_new(folder.as_uri(), AT_ONCE) == []
    (folder / "same.json").write_bytes(rows("one"))
    assert take_new(folder.as_uri(), AT_ONCE) == []
    assert Source.objects.count() == 1
    assert FoundFile.objects.filter(source=taken[0]).count() == 2
    assert sorted(one.name for one in folder.iterdir()) == ["one.json", "same.json"]


def test_a_file_that_is_still_written_to_waits(folder):
    path = folder / "sub" / "growing.jsonl"
    path.parent.mkdir()
    path.write_bytes(rows("one")[:20])
    hour = timedelta(hours=1)
    assert take_new(folder.as_uri(), hour) == []
    path.write_bytes(rows("one"))
    FoundFile.objects.update(seen_at="2020-01-01T00:00:00Z")
    assert take_new(folder.as_uri(), hour) == []
    FoundFile.objects.update(seen_at="2020-01-01T00:00:00Z")
    assert [one.size for one in take_new(folder.as_uri(), hour)] == [len(rows("one"))]


def test_a_file_that_is_written_anew_is_taken_again(folder):
    path = folder / "one.json"
    for word in ("one", "two"):
        path.write_bytes(rows(word))
        take_new(folder.as_uri(), AT_ONCE)
    assert Source.objects.count() == 2


def test_what_is_empty_hidden_unfinished_or_a_link_is_not_taken(folder):
    for name in ("x.part", "x.tmp", ".hidden", "x~"):
        (folder / name).write_bytes(rows("one"))
    (folder / "empty.json").write_bytes(b"")
    (folder / "link.json").symlink_to("/etc/passwd")
    assert take_new(folder.as_uri(), AT_ONCE) == []
    assert Source.objects.count() == 0


def test_a_file_that_changes_while_it_is_read_is_not_taken(folder):
    path = folder / "one.json"
    path.write_bytes(rows("one"))
    place = open_folder(folder.as_uri())
    lying = next(place.files())
    path.write_bytes(rows("two"))
    with pytest.raises(ChangedError):
        list(place.read(lying))


def test_a_bucket_is_watched_as_a_folder_is(monkeypatch):
    for name, value in S3_KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as address:
        client = boto3.client("s3", endpoint_url=address)
        client.create_bucket(Bucket="others")
        client.put_object(Bucket="others", Key="in/a/one.json", Body=rows("one"))
        client.put_object(Bucket="others", Key="elsewhere/two.json", Body=rows("two"))
        url = f"s3://others/in?endpoint={address}"
        assert [one.name for one in take_new(url, AT_ONCE)] == ["one.json"]
        assert take_new(url, AT_ONCE) == []
        place = open_folder(url)
        lying = next(place.files())
        client.put_object(Bucket="others", Key="in/a/one.json", Body=rows("three"))
        with pytest.raises(ChangedError, match=r"a/one\.json is not as it was found"):
            list(place.read(lying))


@pytest.mark.parametrize("url", ["ftp://x/y", "s3://user:pw@bucket/x", "file://host/x", "x"])
def test_what_is_no_address_of_a_folder_is_refused(url):
    with pytest.raises(WrongSettingError, match="give file:///FOLDER"):
        open_folder(url)


def test_a_folder_that_is_not_there_is_said(folder):
    with pytest.raises(WrongSettingError, match="There is no folder"):
        take_new(f"{folder.as_uri()}-not", AT_ONCE)


def test_names_of_whole_files_are_told():
    assert is_finished("a/b.jsonl")
    assert not is_finished("a/.b/c.jsonl")
    assert not is_finished("B.PART")
    assert os.sep == "/"
