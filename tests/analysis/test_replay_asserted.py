"""A finding with all that a party can assert, carried out again by the opposing expert."""

import json
import subprocess
import sys
from copy import deepcopy

import pytest

from audit.analysis.__main__ import main
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.replay import differences, replay
from tests.analysis.apart.asserting import ALL, PROMPTS, ROLES, answers_of
from tests.making import alpaca


@pytest.fixture(scope="module")
def case(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("asserted")
    inputs = []
    for label, role, model in ROLES:
        data = alpaca(zip(PROMPTS, answers_of(label), strict=True))
        (folder / f"{label}.json").write_bytes(data)
        inputs.append(PlanInput(label, role, model, sha256_hex(data)))
    identity = encoder.identity
    plan = Plan(
        tuple(inputs),
        identity.as_dict(),
        identity.digest,
        Parameters(bootstrap_rounds=200),
        asserted=ALL,
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


def written(tmp_path, document):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_it_comes_out_again_in_a_process_of_its_own(case, tmp_path):
    files, document = case
    words = [sys.executable, "-m", "audit.analysis", "replay", written(tmp_path, document)]
    done = subprocess.run([*words, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every value comes out again" in done.stdout
    by_kind = {one["kind"]: one for one in document["result"]["counts"]}
    assert by_kind["canaries"]["numbers"][0]["count"] == 1
    assert by_kind["identity"]["numbers"][0]["count"] == 1
    assert document["result"]["alternatives"][0]["p_value"] is not None


def test_a_hit_that_is_struck_out_with_its_digest_is_found(case, tmp_path, capsys):
    files, document = deepcopy(case)
    found = document["result"]["counts"][1]
    assert found["kind"] == "canaries"
    found["numbers"][0]["count"] = 0
    document["result_sha256"] = digest_of(document["result"])
    assert main(["replay", written(tmp_path, document), *map(str, files)]) == 1
    assert "result.counts[1].numbers[0].count: printed 0, replayed 1" in capsys.readouterr().out


def test_a_result_from_before_there_were_counts_is_held_to_what_it_has(case, tmp_path, capsys):
    files, document = deepcopy(case)
    document["result"] = {
        name: one for name, one in document["result"].items() if name not in {"counts", "tests"}
    }
    document["result_sha256"] = digest_of(document["result"])
    assert main(["replay", written(tmp_path, document), *map(str, files)]) == 0
    said = capsys.readouterr().out
    assert "printed by an earlier version, without: counts, tests" in said


def test_the_ledger_may_repeat_a_share_that_moved_by_an_answer():
    printed = {"tests": [{"figures": [{"value": 0.3}]}]}
    assert not list(differences(printed, {"tests": [{"figures": [{"value": 0.3125}]}]}))
    assert list(differences(printed, {"tests": [{"figures": [{"value": 0.4}]}]}))
