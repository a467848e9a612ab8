"""Calibration: likelihood ratios as given, and after pooling adjacent violators (PAV)."""

import math
from collections.abc import Iterator

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLACK, BLUE, VERMILION, Look
from cases.reports.charts.plotting import Entry, Frame, Tick, cases, layer, plot, upwards
from cases.reports.charts.reference import Pool, groups_of, pools_of
from cases.reports.charts.tippett import RATIO, marked, ratios_across
from cases.reports.figures import decimals
from cases.reports.ratios import logarithm, plain
from cases.reports.tippett import Axis, axis_over, power_of_ten

_HEIGHT, _LEFT = 280, 58
_UNCHANGED = Look(BLACK, (8, 3, 2, 3), width=1.2)
_AFTER = Look(BLUE)
_ZERO = Look(VERMILION, (), "triangle-down", filled=False)
_INFINITE = Look(VERMILION, (), "triangle-up")


def calibration(document: Row) -> Chart | None:
    """Return the PAV plot; None where no ratio was asked for or the material can carry none."""
    found = document["result"].get("likelihood")
    if not found or not found["validation"]:
        return None
    pools = pools_of(groups_of(found["validation"]))
    return Chart(
        key="calibration",
        title="Ratios as given, and recalibrated by the reference pairs (PAV)",
        alt=_alt(found, pools),
        spec=plot(
            _layers(found, pools),
            Frame(
                height=_HEIGHT,
                left=_LEFT,
                below=RATIO,
                key=tuple(_key(pools)),
                title="Likelihood ratio after recalibration",
                cases=len(marked(found)),
            ),
        ),
        table=Table(_COLUMNS, tuple(map(_cells, pools))),
    )


_COLUMNS = ("LR from", "LR to", "Under H1", "Under H2", "LR after PAV", "log10 after PAV")


def _cells(pool: Pool) -> tuple[str, ...]:
    return (
        plain(pool.low),
        plain(pool.high),
        decimals(pool.h1),
        decimals(pool.h2),
        *_recalibrated(pool.log10_lr),
    )


def _recalibrated(log10_lr: float) -> tuple[str, str]:
    if math.isinf(log10_lr):
        return ("no bound", "no bound") if log10_lr > 0 else ("0", "no bound")
    return plain(log10_lr), logarithm(log10_lr)


def _finite(pools: tuple[Pool, ...]) -> tuple[Pool, ...]:
    return tuple(pool for pool in pools if math.isfinite(pool.log10_lr))


def _key(pools: tuple[Pool, ...]) -> Iterator[Entry]:
    yield Entry(_AFTER, "line", "after PAV")
    yield Entry(_UNCHANGED, "line", "where a perfectly calibrated ratio would stay")
    if pools[0].log10_lr == -math.inf:
        yield Entry(_ZERO, "point", "up to here only pairs under H2: 0 after PAV")
    if pools[-1].log10_lr == math.inf:
        yield Entry(_INFINITE, "point", "from here on only pairs under H1: no bound after PAV")


def _layers(found: Row, pools: tuple[Pool, ...]) -> Iterator[Row]:
    axis = _axis(found, pools)
    x = ratios_across(axis)
    y = upwards("y", tuple(Tick(at, power_of_ten(at)) for at in axis.places))
    ends = [{"x": at, "y": at} for at in (axis.low, axis.high)]
    yield layer(ends, _UNCHANGED.line(), x=x, y=y)
    corners = [
        {"x": at, "y": round(pool.log10_lr, 6), "told": _told(pool)}
        for pool in _finite(pools)
        for at in dict.fromkeys((pool.low, pool.high))
    ]
    yield layer([{key: one[key] for key in "xy"} for one in corners], _AFTER.line(), x=x, y=y)
    yield layer(corners, _AFTER.point(size=22), x=x, y=y)
    first, last = pools[0], pools[-1]
    if first.log10_lr == -math.inf:
        yield layer([_end(first, first.high, axis.low)], _ZERO.point(), x=x, y=y)
    if last.log10_lr == math.inf:
        yield layer([_end(last, last.low, axis.high)], _INFINITE.point(), x=x, y=y)
    yield from cases(marked(found), x, _HEIGHT)


def _end(pool: Pool, x: float, y: float) -> Row:
    return {"x": x, "y": y, "told": _told(pool)}


def _told(pool: Pool) -> str:
    after, _ = _recalibrated(pool.log10_lr)
    return f"LR {plain(pool.low)} to {plain(pool.high)}: after PAV {after}"


def _axis(found: Row, pools: tuple[Pool, ...]) -> Axis:
    seen = [end for pool in pools for end in (pool.low, pool.high)]
    seen += [pool.log10_lr for pool in _finite(pools)]
    return axis_over([*seen, *(at for at, _ in marked(found))])


def _alt(found: Row, pools: tuple[Pool, ...]) -> str:
    ends = []
    if pools[0].log10_lr == -math.inf:
        ends.append(f"up to LR {plain(pools[0].high)} there are only pairs under H2")
    if pools[-1].log10_lr == math.inf:
        ends.append(f"from LR {plain(pools[-1].low)} on only pairs under H1")
    validation = found["validation"]
    here = "; ".join(name for _, name in marked(found)) or "no case"
    return (
        "Steps that rise along a dashed diagonal: the ratios of the reference pairs after "
        f"recalibration over those as given, {len(pools)} steps. The nearer to the diagonal, the "
        f"better calibrated: Cllr is {decimals(validation['cllr'])} bits, and "
        f"{decimals(validation['cllr_min'])} after recalibration. "
        f"{_sentence(ends)}Marked: {here}."
    )


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}. " if parts else ""
