"""The battery by `manage.py`, in a process of its own and without a database."""

import pytest

from audit.analysis import battery
from audit.analysis.__main__ import main
from tests.processes import manage


@pytest.mark.parametrize("name", ["some.jsonl", "some.csv"])
def test_the_command_writes_what_the_library_writes(tmp_path, name):
    words = ["--count", "30", "--kind", "open_ended", "topic_survey", "--seed", "5"]
    (tmp_path / "library").mkdir()
    done = manage(
        "battery",
        *words,
        "--out",
        str(tmp_path / name),
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
    )
    assert done.returncode == 0, done.stderr
    assert f"30 of the {len(battery.load())} prompts" in done.stdout
    assert battery.digest() in done.stdout
    assert main(["battery", *words, "--out", str(tmp_path / "library" / name)]) == 0
    assert (tmp_path / name).read_bytes() == (tmp_path / "library" / name).read_bytes()


def test_a_refusal_is_one_sentence_and_leaves_the_file(tmp_path):
    out = tmp_path / "mine.csv"
    out.write_text("mine")
    done = manage("battery", "--out", str(out))
    assert done.returncode == 1
    assert f"{out}: this is there already" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "mine"
