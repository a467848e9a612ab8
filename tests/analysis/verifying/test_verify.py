"""A bundle of a real matter, checked as a stranger checks it."""

import json
import subprocess
import sys

import bagit
import pytest

from audit.analysis.__main__ import main
from audit.analysis.bundling import layout
from audit.analysis.verifying import STEPS, Effort, Trust, again, prints, reports, verify
from audit.analysis.verifying.outcome import Found, NotCheckedError, State
from audit.analysis.verifying.reading import Bundle

ALONE = """
import runpy, socket, sys
for name in ("django", "celery", "psycopg", "requests"): sys.modules[name] = None
socket.socket.connect = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

# The fixture fills a database; with the mark pytest-django makes one.
pytestmark = pytest.mark.django_db


def test_every_step_passes_with_all_the_work_done_again(bundle):
    verification = verify(bundle.place, bundle.trust)
    assert [(one.title, one.state, one.problems) for one in verification.steps] == [
        (kind.title, State.PASS, ()) for kind in STEPS
    ]
    assert verification.exit_code == 0


def test_the_bag_is_one_to_the_reference_library(bundle):
    bag = bagit.Bag(str(bundle.place))
    bag.validate()
    assert bag.info["Payload-Oxum"] in (bundle.place / layout.INFO).read_text()
    assert set(bag.payload_entries()) == {
        path.relative_to(bundle.place).as_posix()
        for path in (bundle.place / "data").rglob("*")
        if path.is_file()
    }


def test_the_bundled_verifier_runs_alone_and_without_what_a_site_needs(bundle, tmp_path):
    words = [sys.executable, "-c", ALONE, str(bundle.place / layout.VERIFIER), "--quick", "--json"]
    done = subprocess.run(
        [*words, str(bundle.place)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["counts"] == {"pass": 19, "fail": 0, "not checked": 7}
    assert told["steps"][16]["state"] == "pass"


def test_without_what_a_checker_brings_along_two_steps_say_so(bundle, capsys):
    assert main(["verify", str(bundle.place), "--quick"]) == 0
    said = capsys.readouterr().out
    assert "4  not checked  The signing key is one that you know" in said
    assert "10  not checked  The time-stamping authorities are ones that you know" in said
    assert "the bundle agrees with itself, and not who made it" in " ".join(said.split())


def test_another_key_and_other_authorities_than_the_checkers_fail(bundle):
    other = "touchstone-forger+274470a1+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    stamp = next((bundle.place / "data/ledger/stamps").glob("*-1.pem")).read_text()
    first = f"-----BEGIN{stamp.rpartition('-----BEGIN')[2]}".encode()
    found = verify(bundle.place, Trust((other,), first), Effort.LOOKING)
    assert {one.number for one in found.failed} == {4, 10}
    assert found.steps[3].problems[0].where == layout.KEYS
    assert found.steps[9].problems[0].where.startswith("data/ledger/stamps/")


def test_who_is_no_bundle_or_brings_no_key_is_told_so(bundle, tmp_path, capsys):
    assert main(["verify", str(tmp_path)]) == 2
    assert "this is no bundle. Give the folder that holds bagit.txt" in capsys.readouterr().err
    assert main(["verify", str(bundle.place), "--quick", "--key", "no key"]) == 1
    assert "'no key' is not a verifier key" in capsys.readouterr().out
    assert main(["verify", str(bundle.place), "--roots", str(tmp_path / "none.pem")]) == 2
    assert "none.pem: the root certificates cannot be read" in capsys.readouterr().err


def test_the_page_says_what_every_run_came_to(bundle, capsys):
    assert main(["verify", str(bundle.place), "--quick", "--remarks"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "2 findings: 1 with a result" in said
    assert "1 with a failed step" in said
    assert "finding 1: its plan was time-stamped at" in said


def test_a_step_whose_package_is_missing_is_not_checked(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, "audit.analysis.verifying.again", None)
    found = verify(bundle.place, bundle.trust, Effort.COMPUTING)
    assert found.steps[23].state is State.NOT_CHECKED
    assert "which is not installed" in found.steps[23].reason


def test_the_encoder_need_not_be_there(bundle, monkeypatch):
    monkeypatch.setattr(again, "find_spec", lambda _name: None)
    with pytest.raises(NotCheckedError, match="the encoder needs torch, which is not installed"):
        again.encoded(Bundle(bundle.place), Found())


def test_a_report_of_another_version_is_not_held_against_how_this_one_prints(bundle, monkeypatch):
    monkeypatch.setattr(prints, "VERSION", "9.9.9")
    with pytest.raises(NotCheckedError, match=r"was printed by .*, and this is 9\.9\.9"):
        reports.figures(Bundle(bundle.place), Found())


def test_a_plan_of_another_version_is_not_carried_out_here(bundle, monkeypatch):
    monkeypatch.setattr(again, "VERSION", "9.9.9")
    with pytest.raises(NotCheckedError, match=r"and this is 9\.9\.9; install that version"):
        again.statistics(Bundle(bundle.place), Found())
