"""A population from files to pack, scores, figures and plots."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from audit.analysis.calibration import metrics
from audit.analysis.errors import InsufficientDataError, IntegrityError, WrongSettingError
from audit.analysis.fusion.pack import Pack, load, save
from audit.analysis.population.labels import Pair
from audit.analysis.validation import robustness
from audit.analysis.validation.figures import attribution_of, rates_of, within_teacher_auc
from audit.analysis.validation.running import run_calibrate, run_validate
from tests.populations import write_population


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population")
    write_population(folder / "models")
    return folder


@pytest.fixture(scope="module")
def pack(place: Path) -> Path:
    return run_calibrate(
        place / "models", place / "lineage.csv", place / "packs", say=lambda _line: None
    )


def scores(folder: Path) -> list[dict[str, str]]:
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_students_stand_out_where_styles_are_copied(place: Path) -> None:
    out = place / "out"
    said: list[str] = []
    report = run_validate(
        place / "models", place / "lineage.csv", out, pack=None, trials=False, say=said.append
    )
    assert report["figures"]["auc"] > 0.9
    assert report["figures"]["pairs_h1"] == 10
    assert {"tippett.svg", "pav.svg", "ece.svg", "histogram.svg"} <= {
        one.name for one in out.iterdir()
    }
    assert json.loads((out / "validation.json").read_text("utf-8")) == report
    rows = scores(out)
    assert len(rows) == report["figures"]["pairs_h1"] + report["figures"]["pairs_h2"]
    told = [float(one["log10_lr"]) for one in rows if one["log10_lr"]]
    assert min(abs(one) for one in told) >= np.log10(2) - 1e-6
    assert "measured: 12 of 12" in said


def test_a_stopped_run_measures_only_what_is_missing(place: Path) -> None:
    out = place / "resumed"
    arguments = (place / "models", place / "lineage.csv", out)
    first = run_validate(*arguments, pack=None, say=lambda _line: None)
    blocks = sorted(out.glob(".measured/*/block-*.npz"))
    kept = {one.name: one.stat().st_mtime_ns for one in blocks}
    blocks[1].unlink()
    (blocks[0].parent / "block-0003.part").write_bytes(b"half")
    again = run_validate(*arguments, pack=None, say=lambda _line: None)
    changed = [
        one.name
        for one in out.glob(".measured/*/block-*.npz")
        if one.stat().st_mtime_ns != kept[one.name]
    ]
    assert changed == [blocks[1].name]
    assert again == first


def test_a_pack_is_named_after_what_it_holds(pack: Path, tmp_path: Path) -> None:
    found = load(pack)
    assert pack.name == f"pack-{found.digest[:16]}"
    assert load(save(found, tmp_path)) == found
    assert found.fit_for(23, 9) is None
    assert found.fit_for(56, 9).prompts < 60 <= found.fit_for(70, 9).prompts
    assert "otter" not in json.dumps(found.as_dict())


def test_a_pack_that_was_changed_is_refused(pack: Path, tmp_path: Path) -> None:
    copy = tmp_path / pack.name
    copy.mkdir()
    value = json.loads((pack / "pack.json").read_text("utf-8"))
    value["fits"][0]["fusion"]["offset"] += 1
    (copy / "pack.json").write_text(json.dumps(value), "utf-8")
    with pytest.raises(IntegrityError, match="changed after it was made"):
        load(copy)
    with pytest.raises(WrongSettingError, match="holds no calibration pack"):
        load(tmp_path)


def test_a_pack_is_applied_as_it_stands(place: Path, pack: Path) -> None:
    out = place / "applied"
    report = run_validate(
        place / "models", place / "lineage.csv", out, pack=str(pack), say=lambda _line: None
    )
    found: Pack = load(pack)
    assert report["pack"] == found.digest
    bounds = found.fits[-1].bounds
    told = [float(one["log10_lr"]) for one in scores(out) if one["log10_lr"]]
    assert told
    assert all(bounds.lower - 1e-6 <= one <= bounds.upper + 1e-6 for one in told)


def test_trials_say_what_happens_to_students(
    place: Path, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many suspects as are tried otherwise take minutes.
    monkeypatch.setattr(robustness, "SUSPECTS", 2)
    monkeypatch.setattr(robustness, "CONTROLS", 8)
    out = place / "tried"
    run_validate(
        place / "models",
        place / "lineage.csv",
        out,
        pack=str(pack),
        trials=True,
        say=lambda _line: None,
    )
    tried = json.loads((out / "trials.json").read_text("utf-8"))
    dose = [np.mean(tried["dose"][share]) for share in ("0", "0.5", "1")]
    assert dose[0] < dose[1] <= dose[2]
    assert np.mean(tried["laundering"]["unchanged"]) > dose[0]
    assert len(tried["swapped"]) == len(tried["laundering"]["unchanged"]) == 2
    assert len(tried["laundering"]) == 12
    assert len(tried["mixed_up"]["score"]) == len(tried["mixed_up"]["withheld"]) == 2


def test_a_population_with_too_few_students_is_refused(tmp_path: Path) -> None:
    lineage = write_population(tmp_path / "models")
    text = lineage.read_text("utf-8").splitlines()
    kept = [one.replace("ash-chat,", "none,") if "otter" in one else one for one in text]
    kept = [one.replace("birch-chat,", "none,") if "otter" in one else one for one in kept]
    kept = [one.replace("cedar-chat,", "none,") if "otter" in one else one for one in kept]
    lineage.write_text("\n".join(kept), "utf-8")
    with pytest.raises(InsufficientDataError, match="independent lines"):
        run_calibrate(tmp_path / "models", lineage, tmp_path / "out", say=lambda _line: None)


PAIRS = (
    Pair("a", "x-1", is_h1=True, marks=("m",)),
    Pair("a", "y-1", is_h1=False, marks=("m",)),
    Pair("b", "x-1", is_h1=True, marks=("n",)),
    Pair("b", "y-1", is_h1=False, marks=("n",)),
    Pair("c", "x-1", is_h1=True, marks=("n",)),
    Pair("c", "y-1", is_h1=False, marks=("n",)),
    Pair("d", "x-1", is_h1=False, marks=("n",)),
    Pair("e", "x-1", is_h1=False, marks=("n",)),
    Pair("f", "x-1", is_h1=False, marks=("n",)),
)
VALUES = np.array([2.0, 1.0, -1.0, 0.5, -1.0, -2.0, -3.0, 1.0, -2.0])


def test_attribution_takes_the_largest_ratio_of_each_suspect() -> None:
    found = attribution_of(PAIRS, VALUES)
    assert (found["right"], found["wrong"], found["abstained"]) == (1, 1, 1)
    assert found["matrix"] == {"x-1": {"x-1": 1, "y-1": 1, "none": 1}}


def test_auc_within_a_teacher_compares_its_own_suspects() -> None:
    # Of x-1: 2, -1, -1 under H1 against -3, 1, -2: 3 + 2 + 2 of 9 pairs.
    assert within_teacher_auc(PAIRS, VALUES) == pytest.approx(7 / 9)


def test_rates_count_an_abstention_as_one() -> None:
    values = np.where(VALUES == 2, np.nan, VALUES)
    found = rates_of(PAIRS, values)
    filled = np.nan_to_num(values)
    truth = np.array([one.is_h1 for one in PAIRS])
    assert found["abstained"] == 1
    assert found["cllr"] == metrics.cllr(filled[truth], filled[~truth])
    assert found["misleading"]["h2_above_1"]["count"] == 3
