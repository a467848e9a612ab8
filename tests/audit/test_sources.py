import json
import os
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections

from audit.analysis.errors import UnreadableSourceError
from audit.blobs.stored import place_of
from audit.models import Exchange, Job, LeftOutRecord, Source
from audit.services import jobs, sources
from tests.making import alpaca

pytestmark = pytest.mark.django_db


def received(data: bytes, name: str = "file.json") -> Source:
    return sources.receive([data], name=name)


def read(data: bytes, name: str = "file.json") -> Source:
    source = received(data, name)
    sources.read(source)
    source.refresh_from_db()
    return source


def test_every_record_is_taken_or_left_out():
    source = read(alpaca([("a?", "yes"), ("b?", "  "), ("a?", "no"), ("c?", "so")]))
    assert (source.state, source.taken, source.left_out) == ("read", 2, 2)
    rows = {row.record: row for row in source.left_out_records.all()}
    assert "answer" in rows[2].reason
    assert rows[3].reason == "its prompt is the same as that of record 1, whose answer is used"
    assert rows[3].mend


def test_prompts_are_the_same_after_normalisation_only():
    source = read(alpaca([("a?\r\n", "yes"), (" a?", "no"), ("A?", "other case")]))
    assert list(source.exchanges.values_list("record", flat=True)) == [1, 3]


def test_the_same_bytes_are_one_source():
    first, second = received(alpaca([("a?", "b")])), received(alpaca([("a?", "b")]))
    assert first == second
    assert Source.objects.count() == 1


def test_an_empty_upload_stores_nothing():
    with pytest.raises(UnreadableSourceError, match=r"file\.json, whole file: it is empty"):
        received(b"")
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no json at all", "file.json"),
        (b"\x1f\x8b\x08\x00broken", "file.json"),
        (alpaca([("a?", "b")] * 3)[:-20], "file.json"),
        (b'[{"instruction": "a?", "output": "\xff\xfe"}]', "file.json"),
        (b"[]", "file.json"),
        (alpaca([("a?", ""), ("b?", "")]), "no record could be taken"),
    ],
)
def test_an_unreadable_file_says_why_and_leaves_nothing_half_stored(data, words):
    source = read(data)
    assert source.state == Source.State.UNREADABLE
    assert words in source.problem
    assert not Exchange.objects.exists()
    assert not LeftOutRecord.objects.exists()
    job = Job.objects.get(kind=Job.Kind.READ)
    assert (job.state, job.error) == (Job.State.FAILED, source.problem)


def test_an_unreadable_file_can_be_tried_again():
    source = read(b"no json at all")
    again = received(b"no json at all")
    assert again == source
    assert again.state == Source.State.RECEIVED
    assert Job.objects.get(kind=Job.Kind.READ).state == Job.State.WAITING


def test_a_reading_that_was_cut_off_is_taken_up_and_comes_to_the_same_rows(monkeypatch):
    monkeypatch.setattr(sources, "CHUNK", 10)
    data = alpaca([(f"{n}?", f"answer {n}") for n in range(35)] + [("0?", "again")])
    source = received(data)
    keep, kept = sources._keep, []

    def dies_in_the_third_chunk(*arguments):
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(keep(*arguments))

    monkeypatch.setattr(sources, "_keep", dies_in_the_third_chunk)
    with pytest.raises(KeyboardInterrupt):
        sources.read(source)
    assert source.exchanges.count() == 20
    monkeypatch.setattr(sources, "_keep", keep)
    sources.read(source)
    source.refresh_from_db()
    assert (source.taken, source.left_out) == (35, 1)
    assert list(source.exchanges.order_by("record").values_list("record", flat=True)) == list(
        range(1, 36)
    )


def test_reading_twice_changes_nothing():
    source = read(alpaca([("a?", "b")]))
    sources.read(source)
    assert source.exchanges.count() == 1


def test_a_claimed_job_is_nobody_elses_until_its_lease_is_over(monkeypatch):
    source = received(json.dumps([{"instruction": "a?", "output": "b"}]).encode())
    assert jobs.claim(Job.Kind.READ, source.pk) is not None
    assert jobs.claim(Job.Kind.READ, source.pk) is None
    monkeypatch.setattr(jobs, "LEASE", -jobs.LEASE)
    assert jobs.claim(Job.Kind.READ, source.pk) is not None


def test_bytes_that_were_changed_in_the_store_are_not_read():
    source = received(alpaca([("a?", "as handed in")]))
    path = sources.store().root / place_of(source.sha256)
    path.chmod(0o644)
    path.write_bytes(alpaca([("a?", "as forged")]))
    sources.read(source)
    source.refresh_from_db()
    assert source.state == Source.State.RECEIVED
    assert "has been changed" in Job.objects.get(kind=Job.Kind.READ).error
    assert not Exchange.objects.exists()


def test_what_was_read_whole_stays_read():
    source = read(alpaca([("a?", "b")]))
    sources._mark_unreadable(source, "a reader that was taken for lost comes late")
    source.refresh_from_db()
    assert source.state == Source.State.READ
    assert source.exchanges.count() == 1


def test_what_killed_uploads_left_behind_is_removed(settings):
    places = [settings.DATA / "incoming", sources.store().root / "incoming"]
    left = [place / name for place in places for name in ("old", "young")]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half an upload")
    now = time.time()
    for path in left[::2]:
        os.utime(path, (now - 90_000, now - 90_000))
    assert sources.remove_leftovers(now) == 2
    assert [path.exists() for path in left] == [False, True, False, True]
    assert sources.remove_leftovers(now + 90_000) == 2


def _reader(source: Source, failures: list[BaseException]) -> Callable[[], None]:
    """A reader that believes to hold the claim, with a connection of its own."""

    def read_on() -> None:
        try:
            with sources.store().open(source.sha256) as stream:
                sources._take_records(source, stream, Job.objects.get())
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            connections.close_all()

    return read_on


@pytest.mark.django_db(transaction=True)
def test_readers_of_one_source_at_once_write_every_record_once(monkeypatch):
    monkeypatch.setattr(sources, "CHUNK", 20)
    source = received(alpaca([(f"{n % 100}?", f"answer {n}") for n in range(300)]))
    failures: list[BaseException] = []
    readers = [threading.Thread(target=_reader(source, failures)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    source.refresh_from_db()
    assert failures == []
    assert (source.state, source.taken, source.left_out) == (Source.State.READ, 100, 200)
