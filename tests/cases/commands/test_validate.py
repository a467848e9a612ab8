"""A population by `manage.py calibrate` and `validate`, in a process and without a database."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit.analysis.fusion.pack import load
from tests.populations import write_population
from tests.processes import manage

SCORE = Path(__file__).resolve().parents[4] / "shared" / "bench" / "score.py"
NO_DATABASE = "postgres://nobody@127.0.0.1:1/none"
needs_score = pytest.mark.skipif(not SCORE.is_file(), reason="the shared benchmark is absent")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population")
    write_population(folder / "models")
    return folder


def run(command: str, place: Path, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = [str(place / "models"), "--lineage", str(place / "lineage.csv"), "--out", str(out)]
    return manage(command, *given, *words, DATABASE_URL=NO_DATABASE)


@pytest.fixture(scope="module")
def pack(place: Path) -> Path:
    done = run("calibrate", place, place / "packs")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1].removeprefix("Pack: "))


@pytest.fixture(scope="module")
def validated(place: Path) -> tuple[Path, str]:
    done = run("validate", place, place / "out")
    assert done.returncode == 0, done.stderr
    return place / "out", done.stdout


def test_the_commands_say_how_far_they_are_and_what_they_found(validated):
    out, said = validated
    figures = json.loads((out / "validation.json").read_text("utf-8"))["figures"]
    lines = said.splitlines()
    assert "read: 26 of 26" in lines
    assert "measured: 12 of 12" in lines
    assert lines[-1].startswith(
        f"{figures['pairs_h1']} pairs under H1, {figures['pairs_h2']} under H2: "
        f"AUC {figures['auc']:.3f}, Cllr {figures['cllr']:.3f}"
    )
    assert sorted(one.name for one in out.iterdir() if one.name != ".measured") == sorted(
        ["scores.csv", "validation.json"]
        + [
            f"{name}.{end}"
            for name in ("tippett", "pav", "ece", "histogram")
            for end in ("csv", "svg")
        ]
    )


@pytest.mark.shared
@needs_score
def test_the_figures_are_those_of_the_benchmark_on_the_scores(validated, place):
    out, _ = validated
    done = subprocess.run(
        [sys.executable, str(SCORE), str(out / "scores.csv"), str(place / "lineage.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    report = json.loads((out / "validation.json").read_text("utf-8"))
    ours = report["figures"]
    for name in ("pairs_h1", "pairs_h2", "abstained"):
        assert ours[name] == theirs[name]
    for name in ("auc", "cllr", "cllr_min"):
        assert ours[name] == pytest.approx(theirs[name], abs=1e-4)
    assert ours["true_positives_at_1_percent"]["value"] == pytest.approx(
        theirs["tpr_at_1pct_fpr"], abs=1e-4
    )
    wrong = ours["misleading"]
    assert wrong["h1_below_1"]["value"] == pytest.approx(theirs["misleading_h1"], abs=1e-4)
    assert wrong["h2_above_1"]["value"] == pytest.approx(theirs["misleading_h2"], abs=1e-4)
    found = {name: report["attribution"][name] for name in theirs["attribution"]}
    assert found == theirs["attribution"]


def test_a_pack_that_was_made_is_applied_by_its_folder(pack, place, tmp_path):
    found = load(pack)
    done = run("validate", place, tmp_path / "out", "--pack", str(pack))
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "validation.json").read_text("utf-8"))
    assert report["pack"] == found.digest
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == report["figures"]["pairs_h1"] + report["figures"]["pairs_h2"]
    assert sum(not row["log10_lr"] for row in rows) == report["figures"]["abstained"]


def test_a_second_run_measures_only_the_block_that_is_missing(validated, place):
    out, _ = validated
    before = (out / "validation.json").read_bytes(), (out / "scores.csv").read_bytes()
    blocks = sorted((out / ".measured").rglob("block-*.npz"))
    times = [one.stat().st_mtime_ns for one in blocks]
    blocks[2].unlink()
    blocks[2].with_suffix(".part").write_bytes(b"cut off")
    blocks[4].with_suffix(".part").write_bytes(b"cut off")
    done = run("validate", place, out)
    assert done.returncode == 0, done.stderr
    assert [one.stat().st_mtime_ns == time for one, time in zip(blocks, times, strict=True)] == [
        place != 2 for place in range(12)
    ]
    after = (out / "validation.json").read_bytes(), (out / "scores.csv").read_bytes()
    assert after == before


@pytest.mark.parametrize("command", ["calibrate", "validate"])
def test_a_refusal_is_one_sentence_that_names_the_line(command, place, tmp_path):
    lineage = tmp_path / "lineage.csv"
    lineage.write_text((place / "lineage.csv").read_text("utf-8") + "ash-1,,,none,\n", "utf-8")
    words = [str(place / "models"), "--lineage", str(lineage), "--out", str(tmp_path / "out")]
    done = manage(command, *words, DATABASE_URL=NO_DATABASE)
    assert done.returncode == 1
    assert 'lineage.csv, line 28: the model "ash-1" has line 2 already' in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
