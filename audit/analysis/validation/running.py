"""`calibrate` and `validate` as the commands run them: from a folder to files, resumable."""

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
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.digests import digest_of
from audit.analysis.fusion import domain
from audit.analysis.fusion.features import standings
from audit.analysis.fusion.pack import DEFAULT, Pack, load, save
from audit.analysis.population.lineage import read_lineage
from audit.analysis.population.reading import read_population
from audit.analysis.population.values import Population
from audit.analysis.signals.cohort import Measured, deal
from audit.analysis.signals.registry import CONTENT, HABIT_SIGNALS, MEASURED_ANSWERS, NAMES
from audit.analysis.validation.calibrating import (
    BLOCK,
    Size,
    at_size,
    calibrate,
    describe,
    sizes_of,
)
from audit.analysis.validation.checkpoints import measure_resumably
from audit.analysis.validation.figures import attribution_of, by_subgroup, rates_of
from audit.analysis.validation.material import Judged, judge
from audit.analysis.validation.robustness import robustness
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


def run_calibrate(folder: Path, lineage: Path, out: Path, *, say: Say) -> Path:
    """Write the calibration pack of a population into `out` and return its folder."""
    found = _read(folder, lineage, out, say)
    about = {"digest": found.population.digest, "lineage": digest_of(lineage.read_text("utf-8"))}
    models, prompts = len(found.population.models), len(found.population.prompts)
    name = f"{models} models on {prompts} prompts"
    pack = calibrate(found.judged, found.measured, name, about, done=_counted(say, "calibrated"))
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
    judged, measured = found.judged, found.measured
    sizes = [at_size(judged, measured, count) for count in sizes_of(len(measured.blocks))]
    say("sizes: done")
    whole = _applied(chosen, judged, measured) if chosen else sizes[-1].log_lrs[0]
    values = np.where(np.abs(whole) < _NEUTRAL, np.nan, whole)
    report = _report(judged, values, sizes, found, chosen)
    _write(out, judged, values, whole, report)
    if trials:
        tried = robustness(judged, chosen or load(DEFAULT), seed=SEED, say=say)
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


def _applied(pack: Pack, judged: Judged, measured: Measured) -> Floats:
    """Return the bounded natural log-LRs of all pairs under a pack; NaN where it abstains."""
    cohort = judged.cohort
    fit = pack.fit_for(len(cohort.prompts))
    if fit is None:
        return np.full(len(judged.pairs), np.nan)
    standing = standings(measured.similarities(), cohort.groups, cohort.weights)
    values = fit.fusion.log_lr(judged.trials(standing, pack.signals).features)
    bounded = np.clip(values, fit.bounds.lower * LN10, fit.bounds.upper * LN10)
    limits = {"traits": pack.domain["traits"], "spreads": fit.figures["spreads"]}
    spreads = domain.spreads_of(standing, pack.signals)
    outside = {
        suspect: [
            one.name for one in domain.check(limits, cohort, suspect, spreads) if not one.inside
        ]
        for suspect in {int(one) for one in judged.suspects}
    }
    abstains = np.array([bool(outside[int(one)]) for one in judged.suspects])
    return np.where(abstains, np.nan, bounded)


def _report(
    judged: Judged,
    values: Floats,
    sizes: list[Size],
    found: _Read,
    pack: Pack | None,
) -> dict[str, Any]:
    filled = np.nan_to_num(values)
    return {
        "version": VERSION,
        "seed": SEED,
        "pack": pack.digest if pack else None,
        "population": describe(judged) | {"digest": found.population.digest},
        "left_out": [str(one) for one in found.population.left],
        "figures": rates_of(judged.pairs, values),
        "attribution": attribution_of(judged.pairs, filled),
        "subgroups": by_subgroup(judged.pairs, filled),
        "by_prompts": [_power(judged, one) for one in sizes],
        "signals": _ablation(judged, sizes[-1]),
    }


def _power(judged: Judged, size: Size) -> dict[str, Any]:
    every = np.concatenate(size.log_lrs)
    pairs = judged.pairs * len(size.log_lrs)
    return {"prompts": size.prompts, "samples": len(size.log_lrs)} | rates_of(pairs, every)


def _ablation(judged: Judged, size: Size) -> list[dict[str, Any]]:
    """Return each signal alone, by the AUC of its feature, and its weight's sign is the pack's."""
    trials = size.trials[0]
    columns = trials.features.T
    return [
        {"name": name, "alone": rates_of(judged.pairs, abs(column))["auc"]}
        if name in CONTENT
        else {"name": name, "alone": rates_of(judged.pairs, column)["auc"]}
        for name, column in zip(NAMES, columns, strict=True)
    ]


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
