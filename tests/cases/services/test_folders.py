"""Folders that others fill: what may be named, and what comes of each file, once."""

import os
from datetime import timedelta
from pathlib import Path
from threading import Thread

import boto3
import pytest
from django.db import DatabaseError, connection, transaction

from audit.analysis.errors import WrongSettingError
from audit.collect.folder import ChangedError, UnreachableError, open_folder
from audit.collect.roots import joined, require_below
from audit.models import FoundFile
from cases.models import CustodyEntry, WatchedFile
from cases.services import folders
from cases.services.captures import As
from cases.services.evidence import guards
from cases.services.evidence.words import Sweep
from cases.tasks import gather, take_from_folder
from tests.making import alpaca
from tests.processes import S3_KEYS, launch, s3_server, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = timedelta(0)
THEIRS = As("control", "thornbury-9", "Thornbury Ltd")


def rows(word: str) -> bytes:
    return alpaca([(f"What of {word}?", f"Much of {word}.")])


@pytest.fixture
def root(tmp_path, settings) -> Path:
    found = tmp_path / "handed in"
    (found / "in").mkdir(parents=True)
    settings.COLLECT_FOLDERS = [found.as_uri()]
    return found


@pytest.fixture
def folder(root, matter, alice):
    return folders.watch(matter, (root / "in").as_uri(), THEIRS, by=alice)


def acts(matter) -> list[str]:
    return list(CustodyEntry.objects.filter(matter=matter).values_list("act", flat=True))


def test_each_new_file_is_an_exhibit_once(root, folder, matter, alice):
    (root / "in" / "a").mkdir()
    (root / "in" / "a" / "one.json").write_bytes(rows("one"))
    (root / "in" / "two.json").write_bytes(rows("two"))
    came = folders.look(folder.pk, AT_ONCE)
    assert [one.filename for one in came] == ["one.json", "two.json"]
    assert [one.model_name for one in came] == [
        "thornbury-9 (a/one.json)",
        "thornbury-9 (two.json)",
    ]
    assert {(one.role, one.party.name, one.received_by) for one in came} == {
        ("control", "Thornbury Ltd", alice)
    }
    assert folders.look(folder.pk, AT_ONCE) == []
    (root / "in" / "two.json").write_bytes(rows("three"))
    again = folders.look(folder.pk, AT_ONCE)
    assert [one.model_name for one in again] == ["thornbury-9 (two.json, 2)"]
    assert acts(matter).count("received") == 3
    facts = CustodyEntry.objects.get(matter=matter, act="folder watched").facts
    assert facts["place"] == (root / "in").as_uri()


def test_a_file_that_still_grows_waits(root, folder):
    path = root / "in" / "one.json"
    path.write_bytes(rows("one")[:9])
    assert folders.look(folder.pk) == []
    path.write_bytes(rows("one"))
    assert folders.look(folder.pk) == []
    FoundFile.objects.update(seen_at="2020-01-01T00:00:00Z")
    assert [one.source.size for one in folders.look(folder.pk)] == [len(rows("one"))]


def test_a_bad_file_is_told_of_by_its_name_once_and_may_be_mended(root, folder, matter):
    place = root / "in"
    (place / "empty.json").write_bytes(b"")
    (place / "one.json").write_bytes(rows("one"))
    (place / "same.json").write_bytes(rows("one"))
    (place / "broken \udcff.json").write_bytes(rows("two"))
    for _ in range(2):
        folders.look(folder.pk, AT_ONCE)
    told = dict(folder.files.exclude(problem="").values_list("name", "problem"))
    assert len(told) == 3
    assert "it is empty (0 bytes)" in told["empty.json"]
    assert "the same bytes are exhibit A already" in told["same.json"]
    odd = next(name for name in told if name.startswith("broken ?"))
    assert "no text in UTF-8" in told[odd]
    entries = CustodyEntry.objects.filter(matter=matter, act="file not taken")
    assert sorted(one.facts["file"] for one in entries) == sorted(told)
    (place / "empty.json").write_bytes(rows("three"))
    assert [one.filename for one in folders.look(folder.pk, AT_ONCE)] == ["empty.json"]


def test_two_workers_at_once_take_nothing_twice(root, folder, matter):
    for number in range(6):
        (root / "in" / f"{number}.json").write_bytes(rows(str(number)))

    def worker() -> None:
        folders.look(folder.pk, AT_ONCE)
        connection.close()

    workers = [Thread(target=worker) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    folders.look(folder.pk, AT_ONCE)
    assert matter.exhibits.count() == 6
    assert WatchedFile.objects.filter(exhibit__isnull=False).count() == 6
    assert "file not taken" not in acts(matter)


@pytest.mark.slow
def test_real_workers_take_what_lies_still_and_read_it(root, folder, matter, settings, tmp_path):
    for number in range(3):
        (root / "in" / f"{number}.json").write_bytes(rows(str(number)))
    (root / "in" / "none.json").write_bytes(b"")
    folders.look(folder.pk)
    FoundFile.objects.update(seen_at="2020-01-01T00:00:00Z")
    places = {"STORAGE_URL": settings.STORAGE_URL, "COLLECT_FOLDERS": root.as_uri()}
    words = ["--queues", "default", "--concurrency", "2"]
    worker = launch(words, tmp_path / "worker.log", **places)
    try:
        worker.wait_until_ready()
        for _ in range(4):
            take_from_folder.delay(folder.pk)
        wait_for(lambda: matter.exhibits.filter(source__state="read").count() == 3, 60)
    finally:
        worker.kill()
    assert matter.exhibits.count() == 3
    assert [one.name for one in folder.files.exclude(problem="")] == ["none.json"]
    ways = CustodyEntry.objects.filter(matter=matter, act="received").values_list("way", flat=True)
    assert set(ways) == {"worker"}


def test_two_matters_may_watch_one_folder(root, folder, mallory):
    other = mallory.memberships.get().matter
    theirs = folders.watch(other, folder.url, THEIRS, by=mallory)
    (root / "in" / "one.json").write_bytes(rows("one"))
    assert len(folders.look(folder.pk, AT_ONCE)) == len(folders.look(theirs.pk, AT_ONCE)) == 1


def test_the_beat_looks_and_a_closed_folder_is_left_alone(
    root, folder, matter, alice, monkeypatch
):
    (root / "in" / "one.json").write_bytes(rows("one"))
    monkeypatch.setattr(folders.look, "__defaults__", (AT_ONCE,))
    monkeypatch.setattr(take_from_folder, "apply_async", lambda args, **_: take_from_folder(*args))
    gather()
    assert matter.exhibits.count() == 1
    assert folders.due(9) == []
    folder.refresh_from_db()
    assert folder.problem == ""
    assert folders.close(folder, by=alice)
    assert not folders.close(folder, by=alice)
    (root / "in" / "two.json").write_bytes(rows("two"))
    assert folders.look(folder.pk, AT_ONCE) == []
    assert acts(matter)[-1] == "folder closed"


def test_only_what_lies_below_a_root_may_be_named(root, matter, alice, settings, tmp_path):
    (tmp_path / "other").mkdir()
    (root / "link").symlink_to(tmp_path / "other")
    wrong = [
        (tmp_path / "other").as_uri(),
        f"{root.as_uri()}/../other",
        f"{root.as_uri()}/in/%2e%2e/%2e%2e/other",
        (root / "link").as_uri(),
        f"{root.as_uri()}-more",
        "file:///etc",
        "s3://bucket/in",
    ]
    for url in wrong:
        with pytest.raises(WrongSettingError, match="may not be taken"):
            folders.watch(matter, url, THEIRS, by=alice)
    settings.COLLECT_FOLDERS = ["file:///"]
    with pytest.raises(WrongSettingError, match="its own data"):
        folders.watch(matter, settings.DATA.as_uri(), THEIRS, by=alice)
    with pytest.raises(WrongSettingError, match="its own data"):
        folders.watch(matter, (settings.DATA / "blobs").as_uri(), THEIRS, by=alice)
    assert not matter.folders.exists()


def test_a_folder_that_may_no_longer_be_named_is_left_alone(root, folder, tmp_path, settings):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.json").write_bytes(rows("secret"))
    (root / "in").rmdir()
    (root / "in").symlink_to(tmp_path / "other")
    assert folders.look(folder.pk, AT_ONCE) == []
    folder.refresh_from_db()
    assert "may not be taken" in folder.problem
    (root / "in").unlink()
    assert folders.look(folder.pk, AT_ONCE) == []
    folder.refresh_from_db()
    assert "There is no folder" in folder.problem


def test_a_link_put_in_the_way_leads_nowhere(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "one.json").write_bytes(rows("one"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "one.json").write_bytes(b"secret")
    place = open_folder((tmp_path / "in").as_uri())
    lying = next(place.files())
    (tmp_path / "in" / "sub" / "one.json").unlink()
    (tmp_path / "in" / "sub" / "one.json").symlink_to(tmp_path / "out" / "one.json")
    with pytest.raises(OSError, match="symbolic links"):
        list(place.read(lying))
    (tmp_path / "in" / "sub" / "one.json").unlink()
    os.mkfifo(tmp_path / "in" / "sub" / "one.json")
    with pytest.raises(ChangedError):
        list(place.read(lying))
    (tmp_path / "in" / "sub" / "one.json").unlink()
    (tmp_path / "in" / "sub").rmdir()
    (tmp_path / "in" / "sub").symlink_to(tmp_path / "out")
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        list(place.read(lying))


def test_the_way_below_a_root_is_no_way_out():
    assert joined("file:///srv/in", " a b/c ") == "file:///srv/in/a%20b/c"
    assert joined("file:///srv/in", "") == "file:///srv/in"
    assert joined("s3://b/x?endpoint=http://s3:1", "/y") == "s3://b/x/y?endpoint=http://s3:1"
    for below in ("../x", "a/../../x", "a\0b", "a\\b"):
        with pytest.raises(WrongSettingError, match="without"):
            joined("file:///srv/in", below)


def test_a_bucket_is_below_a_root_by_name_endpoint_and_prefix(tmp_path):
    root = "s3://theirs/in?endpoint=http://127.0.0.1:1"
    require_below("s3://theirs/in/a?endpoint=http://127.0.0.1:1", [root], tmp_path)
    for url in (
        "s3://theirs/inside?endpoint=http://127.0.0.1:1",
        "s3://theirs/in?endpoint=http://169.254.169.254",
        "s3://theirs/in",
        "s3://others/in?endpoint=http://127.0.0.1:1",
    ):
        with pytest.raises(WrongSettingError, match="may not be taken"):
            require_below(url, [root], tmp_path)


def test_a_bucket_is_watched_and_its_troubles_are_told(matter, alice, settings, monkeypatch):
    for name, value in S3_KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as address:
        client = boto3.client("s3", endpoint_url=address)
        client.create_bucket(Bucket="theirs")
        client.put_object(Bucket="theirs", Key="in/a/one.json", Body=rows("one"))
        client.put_object(Bucket="theirs", Key="in/none.json", Body=b"")
        settings.COLLECT_FOLDERS = [f"s3://theirs?endpoint={address}"]
        folder = folders.watch(matter, f"s3://theirs/in?endpoint={address}", THEIRS, by=alice)
        assert [one.filename for one in folders.look(folder.pk, AT_ONCE)] == ["one.json"]
        assert "it is empty" in folder.files.get(name="none.json").problem
        with pytest.raises(UnreachableError, match="the bucket nowhere cannot be read"):
            list(open_folder(f"s3://nowhere/in?endpoint={address}").files())
    assert folders.look(folder.pk, AT_ONCE) == []
    folder.refresh_from_db()
    assert "the bucket theirs cannot be read" in folder.problem


def test_what_came_in_stays(root, folder):
    (root / "in" / "one.json").write_bytes(rows("one"))
    folders.look(folder.pk, AT_ONCE)
    for statement in (
        "DELETE FROM cases_watchedfile",
        "UPDATE cases_watchedfile SET exhibit_id = NULL",
        "UPDATE cases_watchedfile SET sha256 = repeat('a', 64)",
        "UPDATE cases_watchedfolder SET url = 'file:///etc'",
        "TRUNCATE cases_watchedfolder CASCADE",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert list(guards.look(Sweep())) == []
