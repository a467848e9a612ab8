import csv
import hashlib
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.analysis import battery
from audit.analysis.__main__ import main
from audit.analysis.errors import WrongSettingError


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes, as far as this process can tell."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_both_forms_give_every_prompt_back_unchanged(tmp_path):
    prompts = [one.as_dict() for one in battery.load()]
    battery.write(battery.load(), tmp_path / "all.jsonl")
    battery.write(battery.load(), tmp_path / "all.csv")
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [json.loads(line) for line in lines] == prompts
    assert rows == prompts


def test_a_spreadsheet_sees_utf_8_and_no_formula(tmp_path):
    battery.write(battery.load(), tmp_path / "all.csv")
    content = (tmp_path / "all.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,kind,")
    rows = csv.reader(content.decode("utf-8-sig").splitlines(keepends=True))
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
    )


def test_the_command_says_how_many_and_which(tmp_path, capsys):
    out = tmp_path / "some.jsonl"
    assert main(["battery", "--out", str(out), "--count", "14", "--language", "en", "de"]) == 0
    said = capsys.readouterr().out
    assert f"14 of the {len(battery.load())} prompts" in said
    assert battery.digest() in said
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said
    assert len(out.read_text(encoding="utf-8").splitlines()) == 14


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("one.csv", "other.csv"):
        assert main(["battery", "--out", str(tmp_path / name), "--seed", "7"]) == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_a_file_that_is_there_is_left_alone_unless_forced(tmp_path, capsys):
    out = tmp_path / "mine.jsonl"
    out.write_text("mine")
    assert main(["battery", "--out", str(out)]) == 2
    assert out.read_text() == "mine"
    assert f"{out}: this is there already" in capsys.readouterr().err
    assert main(["battery", "--out", str(out), "--count", "1", "--force"]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["id"].startswith("b")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path):
    out = tmp_path / "all.jsonl"
    out.write_text("old")
    with no_file_above(1000), pytest.raises(WrongSettingError, match="cannot be written there"):
        battery.write(battery.load(), out, force=True)
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("battery.txt", "a file of prompts is one of .jsonl, .csv"),
        ("battery", "a file of prompts is one of .jsonl, .csv"),
        ("nowhere/battery.csv", "cannot be written there (No such file or directory)"),
        ("folder.csv", "cannot be written there (Is a directory)"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_words(tmp_path, place, words, capsys):
    (tmp_path / "folder.csv").mkdir()
    assert main(["battery", "--out", str(tmp_path / place), "--force"]) == 2
    said = capsys.readouterr().err
    assert str(tmp_path / place) in said
    assert words in said
    assert [one.name for one in Path(tmp_path).iterdir()] == ["folder.csv"]


def test_a_negative_seed_is_refused(tmp_path, capsys):
    assert main(["battery", "--out", str(tmp_path / "some.csv"), "--seed", "-1"]) == 2
    assert "The seed is -1" in capsys.readouterr().err
