import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from audit.analysis.__main__ import main
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.replay import differences, replay
from audit.analysis.transcripts import Role
from tests.making import alpaca, answers

ROLES = (Role.SUSPECT, Role.TEACHER, *[Role.CONTROL] * 5)


@pytest.fixture(scope="module")
def case(tmp_path_factory, encoder):
    """A report's results.json with the raw files that it rests on."""
    folder = tmp_path_factory.mktemp("replay")
    inputs = []
    for place, role in enumerate(ROLES):
        data = alpaca(answers(place, 31).items())
        (folder / f"{place}.json").write_bytes(data)
        inputs.append(PlanInput(chr(65 + place), role, f"model-{place}", sha256_hex(data)))
    identity = encoder.identity
    plan = Plan(
        tuple(inputs), identity.as_dict(), identity.digest, Parameters(bootstrap_rounds=200)
    )
    files = sorted(folder.glob("*.json"))
    result = replay(plan, files, encoder)
    return files, {
        "plan": plan.as_dict(),
        "plan_sha256": plan.digest,
        "result": result,
        "result_sha256": digest_of(result),
    }


@pytest.fixture(autouse=True)
def loaded_once(encoder, monkeypatch):
    """Let the command have the encoder that is there; a process of its own loads its own."""
    monkeypatch.setattr("audit.analysis.__main__.load", lambda name: {"": encoder}[name])


def written(tmp_path: Path, document: object) -> str:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_every_value_comes_out_again_without_django_and_in_a_process_of_its_own(case, tmp_path):
    files, document = case
    path = written(tmp_path, document)
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from audit.analysis.__main__ import main\n"
        "raise SystemExit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", program, "replay", path, *map(str, reversed(files))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "every value comes out again" in done.stdout
    assert sha256_hex(Path(path).read_bytes()) in done.stdout


def test_a_number_changed_together_with_its_digest_is_found(case, tmp_path, capsys):
    files, document = deepcopy(case)
    document["result"]["teachers"][0]["views"]["embedding"]["lead"]["low"] = 0.5
    document["result_sha256"] = digest_of(document["result"])
    assert main(["replay", written(tmp_path, document), *map(str, files)]) == 1
    said = capsys.readouterr().out
    assert "result.teachers[0].views.embedding.lead.low: printed 0.5" in said
    assert "values that differ: 1 " in said


def test_another_version_than_the_plans_is_told(case, tmp_path, capsys):
    files, document = deepcopy(case)
    document["plan"]["method"] = "9.9.9"
    document["plan_sha256"] = digest_of(document["plan"])
    assert main(["replay", written(tmp_path, document), *map(str, files)]) == 1
    assert "sealed with version 9.9.9" in capsys.readouterr().out


def test_one_changed_byte_of_a_file_ends_it_by_the_exhibits_label(case, tmp_path, capsys):
    files, document = case
    changed = tmp_path / "2.json"
    changed.write_bytes(files[2].read_bytes().replace(b"river", b"rivet", 1))
    given = [*files[:2], changed, *files[3:]]
    assert main(["replay", written(tmp_path, document), *map(str, given)]) == 2
    assert "No file given has the digest of exhibit C." in capsys.readouterr().err


def change(name, value):
    def changed(document):
        document["plan"][name] = value
        return document | {"plan_sha256": digest_of(document["plan"])}

    return changed


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda document: document | {"plan_sha256": "0" * 64}, "the plan is not the plan"),
        (lambda document: document | {"result": {}}, "the result is not the result"),
        (lambda _document: [1], "not a results.json"),
        (lambda _document: {"plan": {}}, "not a results.json"),
        (lambda document: document | {"result": float("nan")}, "not a results.json"),
        (change("parameters", {"of_a_later_version": 1}), "install the version"),
        (change("parameters", {"alpha": 0.0}), "The level is 0.0. Give a number between 0 and 1"),
        (change("inputs", "none"), "not a results.json"),
    ],
)
def test_a_results_file_that_cannot_be_used_is_refused_in_words(
    case, tmp_path, capsys, broken, words
):
    files, document = deepcopy(case)
    assert main(["replay", written(tmp_path, broken(document)), *map(str, files)]) == 2
    assert words in capsys.readouterr().err


def test_bytes_that_are_no_text_are_refused_in_words(case, tmp_path, capsys):
    (tmp_path / "results.json").write_bytes(b"\xff\xfe\x00")
    assert main(["replay", str(tmp_path / "results.json"), str(case[0][0])]) == 2
    assert "not a results.json" in capsys.readouterr().err


def test_a_share_may_move_by_an_answer_and_a_mean_may_not():
    printed = {"nearest_neighbours": [{"share": 0.3}], "lead": {"low": 0.3}}
    replayed = {"nearest_neighbours": [{"share": 0.3125}], "lead": {"low": 0.3125}}
    assert [one.where for one in differences(printed, replayed)] == ["result.lead.low"]
    assert list(differences({"share": 0.3}, {"share": 0.3125}))
