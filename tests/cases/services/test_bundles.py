"""Bundles: written whole from one snapshot, or not at all."""

import signal
import subprocess
import sys
from threading import Thread

import pytest
from django.db import connection

from audit.analysis.bundling import bag
from audit.analysis.custody import notes
from audit.analysis.custody.notes import SigningKey
from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.analysis.verifying import Effort, Trust, verify
from cases.services import bundles, erasure, matters
from cases.services.bundles import evidence
from tests.making import alpaca, answers, hand_in

KEY = SigningKey("test", bytes(32))
HALF = """
import sys, time
from pathlib import Path
from audit.analysis.bundling import bag
with bag.begun(Path(sys.argv[1])) as made:
    with made.open("data/half.txt") as target:
        target.write(b"half")
        print("writing", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def small(transactional_db, alice):
    """A matter with three exhibits, of which one cannot be read."""
    matter = matters.open_matter("Small", "Was it?", by=alice)
    for name in ("suspect", "teacher"):
        hand_in(matter, name, name, alpaca(answers(len(name), 31).items(), name), alice)
    hand_in(matter, "broken", "control", b"{", alice)
    return matter


def failed(place):
    return [(one.number, one.problems) for one in verify(place, Trust(), Effort.COMPUTING).failed]


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_matter_without_findings_is_bundled_and_holds(small, alice, tmp_path):
    written = bundles.write(small, tmp_path / "b", say=str, by=alice)
    assert written.counts["exhibits"] == 3
    assert written.counts["exchanges"] == 62
    assert failed(tmp_path / "b") == []
    last = small.custody.order_by("-number").first()
    assert (last.act, last.facts["list"]) == ("bundled", written.note_sha256)
    assert left(tmp_path) == ["b"]


def test_an_erased_exhibit_is_told_and_its_texts_are_not_there(small, alice, tmp_path):
    erasure.erase(small.exhibits.get(number=1), "asked for", by=alice)
    written = bundles.write(small, tmp_path / "b", say=str, by=alice)
    assert written.counts["exchanges"] == 31
    assert list((tmp_path / "b/data/exhibits/A").iterdir()) == [
        tmp_path / "b/data/exhibits/A/exhibit.json"
    ]
    assert failed(tmp_path / "b") == []
    found = verify(tmp_path / "b", Trust(), Effort.LOOKING)
    assert "no tree to be checked for A, C" in found.steps[11].remarks


def test_a_missing_file_leaves_nothing(small, alice, tmp_path, monkeypatch):
    class Without:
        def open(self, sha256):
            raise IntegrityError(f"{sha256} is missing.")

    monkeypatch.setattr(evidence, "store", Without)
    with pytest.raises(IntegrityError, match="is missing"):
        bundles.write(small, tmp_path / "b", say=str, by=alice)
    assert left(tmp_path) == []


def test_a_bundle_with_less_than_the_matter_fails_by_its_count(
    small, alice, tmp_path, monkeypatch
):
    monkeypatch.setattr(evidence.trees, "exchanges_of", lambda _source: iter(()))
    with pytest.raises(IntegrityError, match="62 exchanges in the matter, 0 written"):
        bundles.write(small, tmp_path / "b", say=str, by=alice)
    assert left(tmp_path) == []


def test_what_others_add_meanwhile_is_not_in_it(small, alice, tmp_path):
    def act():
        hand_in(small, "late", "control", alpaca(answers(9, 31).items(), "late"), alice)
        connection.close()

    def say(line):
        if line.startswith("exhibit A"):
            other = Thread(target=act)
            other.start()
            other.join(30)

    written = bundles.write(small, tmp_path / "b", say=say, by=alice)
    assert written.counts["exhibits"] == 3
    assert small.exhibits.count() == 4
    assert failed(tmp_path / "b") == []


def test_a_taken_place_is_left_alone(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "c.part").mkdir()
    (tmp_path / "c.part" / "mine.txt").write_text("mine")
    with pytest.raises(WrongSettingError, match="something stands there already"):
        bag.begun(tmp_path / "b").__enter__()
    with pytest.raises(WrongSettingError, match="this is no unfinished bundle"):
        bag.begun(tmp_path / "c").__enter__()
    assert (tmp_path / "c.part" / "mine.txt").read_text() == "mine"


def test_a_killed_writer_leaves_no_bundle_and_the_next_one_clears_up(tmp_path):
    place = tmp_path / "b"
    with subprocess.Popen([sys.executable, "-c", HALF, place], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"writing\n"
        with pytest.raises(WrongSettingError, match="another process is writing this bundle"):
            bag.begun(place).__enter__()
        writer.send_signal(signal.SIGKILL)
    assert left(tmp_path) == ["b.part"]
    with bag.begun(place) as made:
        made.write("data/whole.txt", [b"whole"])
        made.finish({}, lambda text: notes.signed(text, KEY))
    assert left(tmp_path) == ["b"]
    assert not (place / "data/half.txt").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WrongSettingError, match="this folder cannot be made"):
        bag.begun(tmp_path / "file" / "b").__enter__()
