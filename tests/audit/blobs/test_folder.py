import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.blobs.folder import FolderStore
from audit.blobs.stored import Stored

ROOT = Path(__file__).resolve().parents[3]
DATA = b"some evidence"
SHA256 = hashlib.sha256(DATA).hexdigest()
ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "blobs")


def path_of(store: FolderStore, sha256: str) -> Path:
    return store.root / sha256[:2] / sha256[2:4] / sha256


def incoming(store: FolderStore) -> list[Path]:
    return list((store.root / "incoming").iterdir())


def test_bytes_are_kept_under_their_digest(store):
    assert store.put([b"some ", b"", b"evidence"]) == Stored(SHA256, len(DATA), new=True)
    assert path_of(store, SHA256).read_bytes() == DATA
    with store.open(SHA256) as stream:
        assert stream.read() == DATA
    assert store.has(SHA256)
    assert incoming(store) == []


def test_the_same_bytes_twice_are_one_blob(store):
    store.put([DATA])
    before = path_of(store, SHA256).stat()
    assert store.put([DATA[:3], DATA[3:]]) == Stored(SHA256, len(DATA), new=False)
    assert path_of(store, SHA256).stat().st_ino == before.st_ino
    assert incoming(store) == []


@settings(max_examples=30, deadline=None)
@given(chunks=st.lists(st.binary(max_size=100), max_size=8))
def test_how_the_bytes_are_cut_changes_nothing(tmp_path_factory, chunks):
    store = FolderStore(tmp_path_factory.mktemp("blobs"))
    kept = store.put(iter(chunks))
    with store.open(kept.sha256) as stream:
        assert stream.read() == b"".join(chunks)
    assert kept.sha256 == hashlib.sha256(b"".join(chunks)).hexdigest()


def test_blobs_are_for_reading_and_their_folders_for_the_owner_alone(store):
    store.put([DATA])
    path = path_of(store, SHA256)
    assert path.stat().st_mode & 0o777 == 0o444
    folders = [store.root, path.parent, path.parent.parent, store.root / "incoming"]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_a_writer_that_fails_leaves_nothing(store):
    def failing():
        yield DATA
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.put(failing())
    assert list(store.digests()) == []
    assert incoming(store) == []


def test_a_writer_killed_in_mid_write_leaves_nothing_under_a_digest(store):
    writer = Path(__file__).with_name("writer.py")
    process = subprocess.Popen(
        [sys.executable, writer, store.root],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == b"writing\n"
        while incoming(store)[0].stat().st_size < 1_000_000:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert len(incoming(store)) == 1
    assert list(store.digests()) == []
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert files == incoming(store)
    assert store.sweep_incoming(0, time.time() + 1) == 1
    assert incoming(store) == []


def test_a_sweep_leaves_what_may_still_be_growing(store):
    store.put([DATA])
    old, young = store.root / "incoming" / "old", store.root / "incoming" / "young"
    for path, written in ((old, 1_000), (young, 1_900)):
        path.write_bytes(b"x")
        os.utime(path, (written, written))
    assert store.sweep_incoming(500, 2_000) == 1
    assert incoming(store) == [young]
    assert store.has(SHA256)


def test_a_sweep_of_a_store_never_used_finds_nothing(store):
    assert store.sweep_incoming(0, time.time()) == 0
    assert list(store.digests()) == []


def test_everything_kept_is_listed_in_order_and_nothing_else(store):
    kept = sorted(store.put([bytes([n])]).sha256 for n in range(20))
    (store.root / "ab").mkdir(exist_ok=True)
    (store.root / "ab" / "notes.txt").write_bytes(b"x")
    wrong_place = store.root / "ff" / "ff" / ABSENT
    wrong_place.parent.mkdir(parents=True, exist_ok=True)
    wrong_place.write_bytes(b"x")
    assert list(store.digests()) == kept


def test_what_is_missing_is_said(store):
    message = f"The stored file {ABSENT} is missing\\."
    with pytest.raises(IntegrityError, match=message):
        store.open(ABSENT)
    with pytest.raises(IntegrityError, match=message):
        store.verify(ABSENT)
    assert not store.has(ABSENT)


def test_bytes_that_were_changed_are_found(store):
    store.put([DATA])
    store.verify(SHA256)
    path = path_of(store, SHA256)
    path.chmod(0o644)
    path.write_bytes(b"same evidence")
    with pytest.raises(IntegrityError, match=f"The stored file {SHA256} has been changed"):
        store.verify(SHA256)


def test_a_damaged_blob_of_another_size_is_replaced_by_the_whole_bytes(store):
    store.put([DATA])
    path = path_of(store, SHA256)
    path.chmod(0o644)
    path.write_bytes(DATA[:4])
    assert store.put([DATA]).new
    store.verify(SHA256)
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_digest_reaches_no_file(store, name):
    for use in (store.open, store.has, store.verify):
        with pytest.raises(IntegrityError, match="is not the SHA-256 of a stored file"):
            use(name)


def test_a_folder_that_cannot_be_written_is_a_wrong_setting(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WrongSettingError, match=r"cannot be written .*: set STORAGE_URL to"):
        FolderStore(tmp_path / "file" / "blobs").put([DATA])
