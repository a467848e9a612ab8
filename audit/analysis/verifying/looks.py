"""The step that computes watches again: each look from what was answered, each change of a series.

A look's p-value comes out of its capture and that of the look it was held against; the detector
goes on from the look before it. A change comes out of the likeness by prompt that its audits hold.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np

from audit.analysis.alternatives.permutations import sign_flip_p_value
from audit.analysis.bundling import layout
from audit.analysis.capture import answers_in
from audit.analysis.errors import TouchstoneError
from audit.analysis.series.looks import Detector, spent_at
from audit.analysis.series.sentinels import sentinel_p_value
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle
from audit.analysis.verifying.runs_of_watches import FILES, Run
from audit.analysis.verifying.watches import Row, Watched, read, rows

_EXACT = 1e-9
# Flips are drawn anew here: so many standard errors of a p-value that was drawn with others.
_ERRORS, _LEAST_FLIPS = 6, 5_000
_BEHAVIOUR = "behaviour"


def computed_again(bundle: Bundle, found: Found) -> None:
    """Compute every look, every alarm and every change of every watch again."""
    numbers = sorted(map(int, bundle.numbered("watches", layout.WATCH)))
    for number in numbers:
        found.at = layout.watch(number, layout.WATCH)
        watch = read(bundle, number)
        _looks(bundle, watch, found)
        _changes(bundle, number, found)
    if not numbers:
        found.say("the matter has no watch")


def _looks(bundle: Bundle, watch: Watched, found: Found) -> None:
    runs = {one["id"]: one for one in watch.runs}
    releases = watch.told["releases"]
    behaved = {one["first_look"] for one in releases if one["noticed_by"] == _BEHAVIOUR}
    compared = [one for one in watch.runs if one["p_value"] is not None]
    gone = 0
    for run in compared:
        design = _design(watch, run["plan"])
        p_value = _p_value(bundle, run, runs[run["compared_with"]], design, found)
        gone += p_value is None
        what = f"has the p-value {run['p_value']}; {p_value} comes out of what was answered"
        same = p_value is None or abs(p_value - run["p_value"]) <= _EXACT
        found.unless(same, run.where, what)
        alarms = _hold_detector(watch, run, runs[run["compared_with"]], found)
        what = f"the detector stands at {run['statistic']}, and its release says otherwise"
        found.unless(alarms is (run["id"] in behaved), run.where, what)
    for one in sorted(behaved - {one["id"] for one in compared}):
        found.wrong(watch.name, f"run {one} noticed other answers, and compared none")
    found.say(f"watch {watch.number}: {len(compared) - gone:,} looks computed again")
    if gone:
        found.rest_on(f"watch {watch.number}: of {gone:,} looks what was answered was erased")


def _design(watch: Watched, version: int) -> Row:
    plan = next(one["plan"] for one in watch.told["plans"] if one["version"] == version)
    design: Row = plan["design"]
    return design


def _p_value(bundle: Bundle, run: Run, held: Run, design: Row, found: Found) -> float | None:
    """Return the p-value of a look from the raw calls; None if these were erased."""
    told = [_capture(bundle, one) for one in (held, run)]
    if not all(told):
        return None
    repeats, seed = design["repeats"], design["parameters"]["seed"]
    first = run["chunk"] * repeats
    try:
        before, now = (
            answers_in(bundle.lines(name), start, start + repeats)
            for name, start in zip(told, (first, 0), strict=True)
        )
        return sentinel_p_value(before, now, np.random.default_rng((seed, run["id"])))
    except TouchstoneError as error:
        found.wrong(run.where, f"cannot be computed again: {error}")
        return None


def _capture(bundle: Bundle, run: Run) -> str:
    told = bundle.json(layout.capture(run["collection"], layout.CAPTURE))
    return str(told["held"])


def _hold_detector(watch: Watched, run: Run, held: Run, found: Found) -> bool:
    """Hold the statistic of a look against the look before it; say whether it alarms."""
    ended = datetime.fromisoformat(run["ended_at"])
    earlier = [
        one
        for one in watch.runs
        if (one["kind"], one["state"]) == ("look", "done")
        and datetime.fromisoformat(one["ended_at"]) < ended
    ]
    last = max(earlier, key=lambda one: (datetime.fromisoformat(one["due_at"]), one["id"]))
    # The detector begins anew with each release.
    firsts = {one["number"]: one["first_look"] for one in watch.told["releases"]}
    before = 0.0 if last["id"] == firsts[held["release"]] else last["statistic"]
    design = _design(watch, run["plan"])
    detector = Detector(design["level"], statistic=before).look(run["p_value"])
    what = f"has the statistic {run['statistic']}; {detector.statistic} comes out again"
    same = abs(detector.statistic - run["statistic"]) <= _EXACT * max(1.0, detector.statistic)
    found.unless(same, run.where, what)
    return detector.alarms


def _changes(bundle: Bundle, number: int, found: Found) -> None:
    """Compute the changes of the series again as the last audit that ended left it."""
    audits = [
        (where, row)
        for _, where, row in rows(bundle, number, FILES)
        if (row["kind"], row["state"]) == ("audit", "done")
    ]
    if not audits:
        return
    where, last = max(audits, key=lambda one: (one[1]["ended_at"], one[1]["id"]))
    alpha = _alpha(bundle, number)
    many = 0
    for series in last["series"]:
        for look, change in enumerate(series["changes"], start=1):
            many += 1
            pairs = _pairs([row for _, row in audits], series["label"], change)
            _hold_change(change, change.get("look", look), alpha, pairs, where, found)
    found.say(f"watch {number}: {many} changes computed again from {len(audits)} audits")


def _alpha(bundle: Bundle, number: int) -> float:
    """Return the level that a series may spend, the highest of any version of the plan."""
    plans = bundle.json(layout.watch(number, layout.WATCH))["plans"]
    return max(float(one["plan"]["design"]["parameters"]["alpha"]) for one in plans)


def _pairs(audits: Sequence[Row], label: str, change: Row) -> Iterator[list[float]]:
    """Yield the differences by prompt of any two audits that a change may be between."""
    before, after = (
        [one["likeness"][label] for one in audits if _is_of(one, change[side], label)]
        for side in ("before", "after")
    )
    for first, second in product(before, after):
        shared = sorted(first.keys() & second.keys())
        if len(shared) == change["prompts"]:
            yield [second[one] - first[one] for one in shared]


def _is_of(audit: Row, name: str, label: str) -> bool:
    return f"release {audit['release']}" == name and label in audit["likeness"]


def _hold_change(
    change: Row, look: int, alpha: float, pairs: Iterator[list[float]], where: str, found: Found
) -> None:
    said = f"the change from {change['before']} to {change['after']}"
    estimate, noise = change["difference"]["estimate"], change["noise"]
    fits = [one for one in pairs if abs(float(np.mean(one)) - estimate) <= _EXACT]
    if not found.unless(bool(fits), where, f"{said} comes out of no two audits that are here"):
        return
    p_values = [_two_sided(np.array(one)) for one in fits]
    near = min(abs(one - change["p_value"]) / _error(one) for one in p_values)
    what = f"{said} has the p-value {change['p_value']}; {p_values} come out again"
    found.unless(near <= _ERRORS, where, what)
    level = spent_at(look, alpha)
    what = f"{said} may spend {level} as look {look}, and says {change['level']}"
    found.unless(change["level"] <= level + _EXACT, where, what)
    stands = change["p_value"] <= change["level"] and (noise is None or abs(estimate) > noise)
    found.unless(change["stands"] is stands, where, f"{said} says that it stands: {not stands}")


def _two_sided(differences: Any) -> float:
    rng = np.random.default_rng(0)
    sides = (sign_flip_p_value(sign * differences, rng) for sign in (1, -1))
    return min(1.0, 2 * min(sides))


def _error(p_value: float) -> float:
    """Return the standard error of a two-sided p-value that was drawn, at the least of few."""
    return 2 * float(np.sqrt(max(p_value, 1 / _LEAST_FLIPS) / _LEAST_FLIPS))
