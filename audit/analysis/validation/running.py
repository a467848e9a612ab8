"""`calibrate` and `validate` as the commands run them: from a folder to files, resumable."""

import argparse
import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration import drawings
from audit.analysis.calibration.consistency import consistency
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.digests import digest_of
from audit.analysis.fusion.features import standings
from audit.analysis.fusion.pack import DEFAULT, Pack, load, save
from audit.analysis.fusion.training import Folds, bounds_of, clipped, cross_validated
from audit.analysis.population.lineage import read_lineage
from audit.analysis.population.reading import read_population
from audit.analysis.population.values import Population
from audit.analysis.signals.cohort import Measured, deal
from audit.analysis.signals.registry import HABIT_SIGNALS, MEASURED_ANSWERS, NAMES
from audit.analysis.validation import applying
from audit.analysis.validation.calibrating import calibrate, describe, trained
from audit.analysis.validation.checkpoints import measure_resumably
from audit.analysis.validation.figures import (
    attribution_of,
    by_subgroup,
    rates_of,
    within_teacher_auc,
)
from audit.analysis.validation.intervals import Scorer, undecided
from audit.analysis.validation.material import Judged, judge
from audit.analysis.validation.robustness import robustness
from audit.analysis.validation.sizes import BLOCK, Size
from audit.analysis.version import VERSION

SEED = 1
_WORK = ".measured"
# Between LR = 1/2 and LR = 2 no answer is given, as in a case.
_NEUTRAL = float(np.log(2))
Say = Callable[[str], None]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Read:
    """A population that was read, its judged pairs and its measured blocks."""

    population: Population
    judged: Judged
    measured: Measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the population, its lineage and the folder to write to."""
    parser.add_argument("population", type=Path, help="folder of transcripts, a file a model")
    parser.add_argument("--lineage", type=Path, required=True, help="CSV of documented lineage")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")


def run_calibrate(folder: Path, lineage: Path, out: Path, *, say: Say) -> Path:
    """Write the calibration pack of a population into `out` and return its folder."""
    found = _read(folder, lineage, out, say)
    about = {"digest": found.population.digest, "lineage": digest_of(lineage.read_text("utf-8"))}
    models, prompts = len(found.population.models), len(found.population.prompts)
    name = f"{models} models on {prompts} prompts"
    done = _counted(say, "calibrated")
    pack = calibrate(found.judged, found.measured, name, about, seed=SEED, done=done)
    return save(pack, out)


def run_validate(
    folder: Path, lineage: Path, out: Path, *, pack: str | None, trials: bool = False, say: Say
) -> dict[str, Any]:
    """Write scores.csv, validation.json and the plots of a population into `out`.

    Without a pack every suspect is judged by a fusion that has not seen its line; with one, the
    pack is applied as it stands. `trials` also tries edits, doses and mix-ups with the pack, or
    with the shipped one. Returns what validation.json holds.
    """
    chosen = load(pack) if pack else None
    found = _read(folder, lineage, out, say)
    sizes = _sizes(found, chosen, say)
    whole = sizes[-1].log_lrs[0]
    values = np.where(_withheld(whole, found, chosen), np.nan, whole)
    report = _report(values, sizes, found, chosen)
    _write(out, found.judged, values, whole, report)
    if trials:
        tried = robustness(found.judged, chosen or load(DEFAULT), seed=SEED, say=say)
        _write_json(tried, out / "trials.json")
    return report


def _read(folder: Path, lineage_path: Path, out: Path, say: Say) -> _Read:
    lineage = read_lineage(lineage_path)
    for warning in lineage.warnings:
        say(warning)
    population = read_population(folder, lineage, on_progress=_counted(say, "read"))
    for one in population.left:
        say(f"left out: {one}")
    judged = judge(population, population.lineage)
    count = len(population.prompts)
    blocks = deal(count, max(count // BLOCK, 1), SEED)
    signals = [one.name for one in MEASURED_ANSWERS] + [one.name for one in HABIT_SIGNALS]
    key = digest_of([population.digest, VERSION, signals, judged.cohort.groups.tolist()])
    place = out / _WORK / key[:16]
    measured = measure_resumably(judged.cohort, blocks, place, done=_counted(say, "measured"))
    return _Read(population, judged, measured)


def _sizes(found: _Read, pack: Pack | None, say: Say) -> list[Size]:
    """Return every size of the material, judged by cross-validation or by a pack."""
    judged, measured, done = found.judged, found.measured, _counted(say, "sizes")
    if pack:
        return list(applying.applied(pack, judged, measured, seed=SEED, done=done))
    return [one.size for one in trained(judged, measured, seed=SEED, done=done)]


def _withheld(whole: Floats, found: _Read, pack: Pack | None) -> NDArray[np.bool_]:
    """Return which pairs get no ratio, by the rules of a case: it is weak or unsettled."""
    judged, measured, names = found.judged, found.measured, pack.signals if pack else NAMES
    score = applying.scorer(pack, judged, len(found.population.prompts)) if pack else _folds(found)
    weak = np.abs(whole) < _NEUTRAL
    if score is None:
        return weak
    return weak | undecided(judged, measured, names, score, seed=SEED)


def _folds(found: _Read) -> Scorer:
    """Return the fusions of cross-validation, each asked of the line that it has not seen."""
    cohort = found.judged.cohort
    standing = standings(found.measured.similarities(names=NAMES), cohort.groups, cohort.weights)
    return Folds.of(found.judged.trials(standing, NAMES)).log_lrs


def _report(values: Floats, sizes: list[Size], found: _Read, pack: Pack | None) -> dict[str, Any]:
    judged = found.judged
    filled = np.nan_to_num(values)
    truth = judged.truth
    sound = consistency(filled[truth], filled[~truth], np.random.default_rng(SEED))
    return {
        "version": VERSION,
        "seed": SEED,
        "pack": pack.digest if pack else None,
        "population": describe(judged) | {"digest": found.population.digest},
        "left_out": [str(one) for one in found.population.left],
        "figures": rates_of(judged.pairs, values),
        "consistency": sound and sound.as_dict(),
        "attribution": attribution_of(judged.pairs, filled),
        "subgroups": by_subgroup(judged.pairs, filled),
        "by_size": [one.as_dict(judged) for one in sizes],
        "signals": _alone(found),
        "without": [] if pack else _without(found),
    }


def _alone(found: _Read) -> list[dict[str, Any]]:
    """Return the AUC of each signal by itself, whichever of its signs tells more.

    Those that are not fused are among them, and so is the negative control.
    """
    judged, cohort = found.judged, found.judged.cohort
    standing = standings(found.measured.similarities(), cohort.groups, cohort.weights)
    rows = []
    for name in standing:
        excesses = judged.excesses(standing[name])
        auc = rates_of(judged.pairs, excesses)["auc"]
        within = within_teacher_auc(judged.pairs, excesses)
        rows.append({"name": name, "fused": name in NAMES, "auc": auc, "within_teacher": within})
    return rows


def _without(found: _Read) -> list[dict[str, Any]]:
    """Return the figures of cross-validation with each fused signal left out in turn."""
    judged, cohort = found.judged, found.judged.cohort
    similar = found.measured.similarities(names=NAMES)
    standing = standings(similar, cohort.groups, cohort.weights)
    rows = []
    for name in NAMES:
        trials = judged.trials(standing, tuple(one for one in NAMES if one != name))
        log_lrs = cross_validated(trials)
        rates = rates_of(judged.pairs, clipped(log_lrs, bounds_of(trials, log_lrs)))
        kept = ("auc", "within_teacher_auc", "cllr", "cllr_min")
        rows.append({"name": name} | {key: rates[key] for key in kept})
    return rows


def _write(
    out: Path,
    judged: Judged,
    values: Floats,
    whole: Floats,
    report: Mapping[str, Any],
) -> None:
    with (
        _draft(out / "scores.csv") as path,
        path.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(["suspect", "teacher_family", "log10_lr", "score"])
        for pair, value, score in zip(judged.pairs, values, whole, strict=True):
            told = "" if np.isnan(value) else f"{value / LN10:.6f}"
            writer.writerow([pair.suspect, pair.family, told, f"{np.nan_to_num(score):.6f}"])
    _write_json(report, out / "validation.json")
    filled = np.nan_to_num(values)
    drawings.draw_all(filled[judged.truth], filled[~judged.truth], out)


def _write_json(value: Mapping[str, Any], place: Path) -> None:
    with _draft(place) as path:
        path.write_text(json.dumps(value, indent=2, sort_keys=True), "utf-8")


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Give a place to write to, and put it at `path` once it is whole."""
    draft = path.with_name(f"{path.name}.part")
    yield draft
    draft.replace(path)


def _counted(say: Say, what: str) -> Callable[[int, int], None]:
    def done(place: int, of: int) -> None:
        say(f"{what}: {place} of {of}")

    return done
