"""The command line, run as a stranger would run it: in processes and data folders of its own."""

import gzip
import json
from pathlib import Path

import pytest

from audit.analysis.digests import digest_of
from cases import samples
from tests.making import alpaca, answers
from tests.processes import manage

pytestmark = pytest.mark.slow
FORMS = {"report.html": b"<!doctype html>", "report.docx": b"PK", "tables.zip": b"PK"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("command") / "data"


def audit(data: Path, out: Path, *words: str):
    return manage("audit", *words, "--out", str(out), TOUCHSTONE_DATA=str(data))


def given(one: samples.Sample) -> str:
    return f"{one.model}={samples.folder() / one.file}"


def sample_words(suspect: samples.Sample) -> list[str]:
    words = ["--suspect", given(suspect), "--teacher", *map(given, samples.TEACHERS)]
    return [*words, "--control", *map(given, samples.CONTROLS)]


def test_files_in_a_report_and_its_numbers_out(data, tmp_path):
    done = audit(data, tmp_path, *sample_words(samples.IMITATOR))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    document = json.loads((tmp_path / "results.json").read_bytes())
    assert digest_of(document["result"]) == document["result_sha256"]
    for name, begins in FORMS.items():
        assert (tmp_path / name).read_bytes().startswith(begins)
        assert str(tmp_path / name) in done.stdout
    assert document["result"]["outcome"]["code"] == "limited"
    assert document["result"]["outcome"]["answer"] in done.stdout
    assert str(tmp_path / "report.pdf") in done.stdout


def test_the_honest_sample_does_not_come_out_as_evidence(data, tmp_path):
    done = audit(data, tmp_path, *sample_words(samples.HONEST))
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "results.json").read_bytes())
    assert document["result"]["outcome"]["code"] in {"not_shown", "abstains"}


def refused(data: Path, tmp_path: Path, change: dict[str, bytes]) -> str:
    """Return the words with which the audit of eight small files is refused after a change."""
    files = {"suspect": alpaca(answers(1, 31).items())}
    files |= {"teacher": alpaca(answers(2, 31).items())}
    files |= {f"control-{n}": alpaca(answers(3 + n, 31).items()) for n in range(5)}
    for name, content in (files | change).items():
        (tmp_path / f"{name}.json").write_bytes(content)
    controls = [str(tmp_path / f"{name}.json") for name in files if "control" in name]
    words = ["--suspect", str(tmp_path / "suspect.json"), "--teacher"]
    words += [str(tmp_path / "teacher.json"), "--control", *controls]
    done = audit(data, tmp_path / "out", *words)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    return done.stderr


GOOD = alpaca(answers(1, 31).items())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"teacher": b""}, ["teacher.json, whole file: it is empty (0 bytes)"]),
        ({"teacher": b"a, b\n1, 2\n"}, ["teacher.json, line 1, byte 1: the text is not JSON"]),
        ({"teacher": gzip.compress(GOOD)[:-30]}, ["teacher.json", "gzip"]),
        ({"teacher": GOOD[:-40]}, ["teacher.json", "cut off"]),
        ({"teacher": GOOD.replace(b"Question 7", b"Question \xff")}, ["teacher.json", "UTF-8"]),
        ({"teacher": GOOD}, ["teacher.json: the same bytes are exhibit A already"]),
        (
            {"teacher": alpaca((f"other {ask}", told) for ask, told in answers(2, 31).items())},
            [
                "At least 30 prompts must be the same in every file, and 0 are",
                "teacher.json shares 0 of the 31 of suspect.json; its record 1 is the first",
            ],
        ),
    ],
    ids=["empty", "format", "gzip", "cut", "utf8", "two-roles", "no-common-prompts"],
)
def test_bad_input_is_answered_in_words(data, tmp_path, change, words):
    said = refused(data, tmp_path, change)
    for word in words:
        assert word in said


def test_ingest_names_what_is_missing(data):
    words = ["--role", "suspect", "--model", "m", "--party", "p", "--as", "nobody"]
    absent = manage("ingest", "/none.json", "--matter", "1", *words, TOUCHSTONE_DATA=str(data))
    assert "/none.json: there is no such file" in absent.stderr
    readme = str(samples.folder() / "README.md")
    stranger = manage("ingest", readme, "--matter", "1", *words, TOUCHSTONE_DATA=str(data))
    assert "There is no user nobody" in stranger.stderr
