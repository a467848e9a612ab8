"""What is said when something given on the command line cannot be used."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.analysis.errors import UnreadableSourceError
from audit.models import Source
from cases.models import Matter
from cases.services import desk
from cases.services.exhibits import LONGEST_NAME, ExhibitRefusedError
from tests.making import alpaca


def test_a_name_longer_than_a_path_may_be_is_a_models_name():
    given = desk.Given.parse("suspect", f"{'m' * 300}=answers.json")
    assert (given.model, given.path) == ("m" * 300, Path("answers.json"))


@pytest.mark.parametrize(
    ("path", "reason"), [("none.json", "there is no such file"), ("", "this is not a file")]
)
def test_a_path_that_is_no_file_is_named_with_its_role(tmp_path, path, reason):
    with pytest.raises(UnreadableSourceError, match=f"control: {reason}. Give the path"):
        desk.Given("control", "m", tmp_path / path).require_file()


def test_a_path_that_is_too_long_is_no_file(tmp_path):
    with pytest.raises(UnreadableSourceError, match="there is no such file"):
        desk.Given("control", "m", tmp_path / ("m" * 300)).require_file()


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    # A folder stands for a file without permission, which root could read all the same.
    (tmp_path / "held.json").mkdir()
    with pytest.raises(UnreadableSourceError, match=r"held\.json, whole file: it cannot be read"):
        list(desk.chunks(tmp_path / "held.json"))


def test_what_is_left_out_of_a_file_is_told_with_its_reason(matter, alice, tmp_path):
    path = tmp_path / "answers.json"
    path.write_bytes(alpaca([("a?", "b"), ("c?", ""), ("a?", "d")]))
    said: list[str] = []
    desk.hand_in(matter, desk.Given("suspect", "m", path), say=said.append, by=alice)
    assert [line.split(".")[0] for line in said[1:]] == [
        "  left out, record 2: its answer is empty",
        "  left out, record 3: its prompt is the same as that of record 1, whose answer is used",
    ]


@pytest.mark.parametrize("name", ["", "  ", "m" * (LONGEST_NAME + 1)])
def test_a_model_without_a_name_that_can_be_kept_leaves_no_trace(matter, alice, tmp_path, name):
    path = tmp_path / "answers.json"
    path.write_bytes(alpaca([("a?", "b")]))
    with pytest.raises(ExhibitRefusedError, match="1 to 120 characters"):
        desk.hand_in(matter, desk.Given("suspect", name, path), say=print, by=alice)
    assert not Source.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_place_that_cannot_hold_the_report_is_refused_before_the_work(tmp_path, out):
    (tmp_path / "taken").write_text("a file")
    given = {role: [os.fspath(tmp_path / "taken")] for role in ("suspect", "teacher", "control")}
    with pytest.raises(CommandError, match="the report cannot be written there"):
        call_command("audit", out=tmp_path / out, **given)
    assert not Matter.objects.exists()
