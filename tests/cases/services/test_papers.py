"""What a party asserts, read from the files of the command line, all the way to the replay."""

import json
from pathlib import Path

import pytest

from audit.analysis.__main__ import main
from audit.analysis.asserted import Asserted, Tie
from audit.analysis.errors import TouchstoneError
from audit.analysis.plan import Parameters
from audit.services.sources import store
from cases.models import Report
from cases.services import desk
from cases.services.desk import Given
from cases.services.papers import Papers
from tests.analysis.apart.asserting import KEY, PLANTED, PROMPTS, ROLES, answers_of
from tests.making import alpaca

DECLARED = {
    "larkspur-7": {"released": "2024-05-01"},
    "saltmarsh-5": {"released": "2023-01-31", "names": ["Saltmarsh", "Saltmarsh Labs"]},
    "saltmarsh-5-again": {"second_run_of": "saltmarsh-5"},
    "control-D": {"version_of": "saltmarsh-5"},
    "control-E": {"same_base_as_suspect": True},
}


@pytest.fixture
def given(tmp_path: Path) -> list[Given]:
    found = []
    for label, role, model in ROLES:
        path = tmp_path / f"{label}.json"
        path.write_bytes(alpaca(zip(PROMPTS, answers_of(label), strict=True)))
        found.append(Given(role.value, model, path))
    return found


def papers(folder: Path, **change: bytes) -> Papers:
    """Return a file of each kind, some of them with another content."""
    lines = [json.dumps({"prompt": one, "answer": 3}) for one in PROMPTS]
    content = {
        "declared": json.dumps(DECLARED).encode(),
        "canaries": "\n".join(one.text for one in PLANTED).encode(),
        "gold": "\n".join(lines).encode(),
        "key": KEY,
    } | change
    for name, one in content.items():
        (folder / name).with_suffix(".txt" if name == "canaries" else ".jsonl").write_bytes(one)
    return Papers(
        folder / "declared.jsonl",
        f"saltmarsh-5={folder / 'canaries.txt'}",
        folder / "gold.jsonl",
        [f"green-words={folder / 'key.jsonl'}"],
    )


def test_files_are_read_by_the_names_of_models(tmp_path, given):
    asserted = papers(tmp_path).read(given)
    assert asserted.planted_by == "saltmarsh-5"
    assert asserted.tied(Tie.SECOND_RUN, "saltmarsh-5") == ("saltmarsh-5-again",)
    assert asserted.tied(Tie.SAME_BASE) == ("control-E",)
    assert (len(asserted.canaries), len(asserted.gold)) == (2, len(PROMPTS))
    assert asserted.marks[0].key == KEY.hex()


def test_nothing_given_asserts_nothing(given):
    assert Papers().read(given) == Asserted()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"declared": b"{"}, "declared.jsonl, whole file: it is not JSON"),
        ({"declared": b"[]"}, "declared.jsonl, whole file: it is not a JSON object"),
        ({"declared": b'{"control-D": {"cousin_of": "x"}}'}, "declared.jsonl, control-D: what is"),
        ({"declared": b'{"nobody": {"released": "2024-01-01"}}'}, "exhibit nobody"),
        ({"declared": b'{"control-D": {"version_of": "nobody"}}'}, "Exhibit nobody is named as"),
        ({"declared": b'{"control-D": {"released": "May"}}'}, "May is no date"),
        ({"declared": b'{"saltmarsh-5": {"names": "x"}}'}, '"names" is no list'),
        (
            {"declared": b'{"control-D": {"version_of": "a", "second_run_of": "b"}}'},
            "two things at once",
        ),
        ({"canaries": b"too short\n"}, "canaries.txt, line 1: It has 8 letters"),
        ({"gold": b'{"prompt": "a", "answer": "x"}'}, 'gold.jsonl, line 1: its "answer" is not'),
        ({"gold": b'{"prompt": "\\ud800", "answer": 1}'}, 'line 1: its "prompt" is empty or'),
        (
            {"gold": b'{"prompt":"a","answer":"C","options":4}\n{"prompt":"b","answer":1}'},
            "line 2: choices and numbers stand in one file",
        ),
        ({"key": b"short"}, "The watermark key has 5 bytes"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_place(tmp_path, given, change, words):
    with pytest.raises(TouchstoneError) as error:
        papers(tmp_path, **change).read(given)
    assert words in str(error.value)


def test_several_teachers_need_to_be_told_apart(tmp_path, given):
    (tmp_path / "list.txt").write_text(PLANTED[0].text)
    with pytest.raises(TouchstoneError, match="There are 2 candidate teachers"):
        Papers(canaries=str(tmp_path / "list.txt")).read(given)
    named = Papers(canaries=f"saltmarsh-5={tmp_path / 'list.txt'}").read(given)
    assert named.planted_by == "saltmarsh-5"
    twice = [*given, Given("control", "saltmarsh-5", given[3].path)]
    with pytest.raises(TouchstoneError, match="saltmarsh-5 is the name of 2 files"):
        Papers(canaries=f"saltmarsh-5={tmp_path / 'list.txt'}").read(twice)


def test_a_file_that_is_not_there_is_named(tmp_path, given):
    with pytest.raises(TouchstoneError, match=r"none\.jsonl, whole file: it cannot be read"):
        Papers(gold=tmp_path / "none.jsonl").read(given)


@pytest.mark.django_db
def test_a_finding_with_all_of_it_is_printed_and_comes_out_again(tmp_path, given, capsys):
    asserted = papers(tmp_path).read(given)
    finding = desk.audit(
        given,
        Parameters(bootstrap_rounds=200),
        say=lambda _line: None,
        by=desk.clerk(),
        asserted=asserted,
    )
    assert finding.run.plan["asserted"]["planted_by"] == "B"
    with store().open(Report.objects.get(finding=finding).results_sha256) as stream:
        (tmp_path / "results.json").write_bytes(stream.read())
    document = json.loads((tmp_path / "results.json").read_bytes())
    kinds = {one["kind"]: one for one in document["result"]["counts"]}
    assert [kinds["canaries"]["numbers"][0][key] for key in ("count", "of")] == [1, 2]
    assert document["result"]["alternatives"][0]["p_value"] is not None
    files = [str(one.path) for one in given]
    assert main(["replay", str(tmp_path / "results.json"), *files]) == 0
    assert "every value comes out again" in capsys.readouterr().out
