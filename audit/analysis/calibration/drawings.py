"""The four pictures of a validation as SVG files, and beside each its numbers as CSV.

Kept apart because it needs matplotlib. The colours are those of Okabe and Ito (2008), and every
curve has its own line style, so that the pictures can be read in grey and by the colour-blind.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from audit.analysis.calibration.curves import (
    CrossEntropy,
    Histogram,
    Pav,
    Tippett,
    cross_entropy,
    histogram,
    pav,
    tippett,
)
from audit.analysis.calibration.log_lrs import LogLRs

# Of Okabe and Ito; H1 is drawn through and H2 dashed in every picture.
_BLUE, _VERMILION, _GREY = "#0072B2", "#D55E00", "#666666"
_H1: dict[str, Any] = {"color": _BLUE, "linestyle": "-"}
_H2: dict[str, Any] = {"color": _VERMILION, "linestyle": (0, (5, 2))}
_THIN: dict[str, Any] = {"color": _GREY, "linewidth": 0.8}

Table = Mapping[str, Sequence[float]]

_SIZE, _SQUARE = (6.0, 3.8), (4.6, 4.9)
_MOST_COLUMNS = 3
_LOG10_LR = "log10 likelihood ratio"
_STYLE: dict[Any, Any] = {
    # A fixed salt and glyphs as outlines: the same bytes and the same look everywhere.
    "svg.hashsalt": "touchstone",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.handlelength": 3,
    # A label is text, also where it holds a dollar sign.
    "text.parse_math": False,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case to be marked among the validation pairs, by its log10-LR."""

    label: str
    log10_lr: float


def draw_all(h1: LogLRs, h2: LogLRs, folder: Path, case: Case | None = None) -> list[Path]:
    """Draw natural log-LRs as `tippett`, `pav`, `ece` and `histogram`; return the files written.

    The folder is made if it is not there. The bytes are the same for the same numbers under the
    same version of matplotlib; they hold no date. The case is marked in the Tippett plot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (figure, table) in _pictures(h1, h2, case).items():
        written += [_save(figure, folder / f"{name}.svg"), _write(table, folder / f"{name}.csv")]
    return written


def _pictures(h1: LogLRs, h2: LogLRs, case: Case | None) -> dict[str, tuple[Figure, Table]]:
    """Return each picture with the table of what it shows."""
    shares, recalibrated = tippett(h1, h2), pav(h1, h2)
    entropies, counts = cross_entropy(h1, h2), histogram(h1, h2)
    with style.context(("default", _STYLE)):
        return {
            "tippett": (_draw_tippett(shares, case), asdict(shares)),
            "pav": (_draw_pav(recalibrated), _pav_table(recalibrated)),
            "ece": (_draw_cross_entropy(entropies), asdict(entropies)),
            "histogram": (_draw_histogram(counts), _histogram_table(counts)),
        }


def _draw_tippett(shares: Tippett, case: Case | None) -> Figure:
    """Draw the shares as steps: each holds from the threshold before it up to its own."""
    figure, axes = _figure(_LOG10_LR, "share of pairs at or above")
    low, high = shares.log10_lr[0], shares.log10_lr[-1]
    margin = max(0.1, 0.05 * (high - low))
    x = (low - margin, *shares.log10_lr, high + margin)
    axes.step(x, (1, *shares.h1, 0), where="pre", label="H1 true", **_H1)
    axes.step(x, (1, *shares.h2, 0), where="pre", label="H2 true", **_H2)
    axes.axvline(0, **_THIN)
    if case is not None:
        _mark(axes, case)
    axes.set(ylim=(-0.01, 1.01))
    return _with_legend(figure)


def _mark(axes: Axes, case: Case) -> None:
    """Draw a line where the case lies; its label runs towards the middle, so that it fits."""
    axes.axvline(case.log10_lr, color="black", linestyle=":", linewidth=1.4)
    side = "right" if case.log10_lr > sum(axes.get_xlim()) / 2 else "left"
    axes.text(case.log10_lr, 1.02, case.label, ha=side, transform=axes.get_xaxis_transform())


def _draw_pav(recalibrated: Pav) -> Figure:
    """Draw the recalibrated log10-LRs; triangles stand where they would be without bound."""
    figure, axes = _figure(f"{_LOG10_LR}, as given", f"{_LOG10_LR}, after PAV", square=True)
    x, y = recalibrated.log10_lr, recalibrated.pav_log10_lr
    low, high = _span(recalibrated)
    axes.plot((low, high), (low, high), label="unchanged", color="black", linestyle=":")
    axes.plot(x, y, label="after PAV", marker="o", markersize=3, **_H1)
    for end, at, marker, label in (
        (recalibrated.zero_up_to, low, "v", "zero up to here"),
        (recalibrated.infinite_from, high, "^", "infinite from here"),
    ):
        if end is not None:
            axes.plot(end, at, marker, color=_VERMILION, label=label, clip_on=False)
    axes.set(xlim=(low, high), ylim=(low, high))
    return _with_legend(figure)


def _span(recalibrated: Pav) -> tuple[float, float]:
    """Return the range of both axes of the PAV plot, with a margin; 0 is in it."""
    ends = (recalibrated.zero_up_to, recalibrated.infinite_from)
    values = [*recalibrated.log10_lr, *recalibrated.pav_log10_lr, 0.0]
    values += [end for end in ends if end is not None]
    margin = max(0.1, 0.08 * (max(values) - min(values)))
    return min(values) - margin, max(values) + margin


def _draw_cross_entropy(entropies: CrossEntropy) -> Figure:
    figure, axes = _figure("prior log10 odds of H1", "empirical cross-entropy (bits)")
    x = entropies.prior_log10_odds
    axes.plot(x, entropies.lrs, label="likelihood ratios", **_H1)
    axes.plot(x, entropies.after_pav, label="after PAV", **_H2)
    axes.plot(x, entropies.neutral, label="LR = 1", color="black", linestyle=":")
    axes.axvline(0, **_THIN)
    # Above LR = 1 the LRs mislead on the whole; how far above is for the table, not the scale.
    top = min(1.5, 1.05 * max(*entropies.lrs, *entropies.neutral))
    axes.set(xlim=(x[0], x[-1]), ylim=(-0.01 * top, top))
    return _with_legend(figure)


def _draw_histogram(counts: Histogram) -> Figure:
    """Draw one panel a hypothesis: the numbers of pairs may differ a hundredfold."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    panels = figure.subplots(2, sharex=True)
    for axes, count, name, look in zip(
        panels, (counts.h1, counts.h2), ("H1 true", "H2 true"), (_H1, _H2), strict=True
    ):
        axes.stairs(count, counts.edges, fill=True, color=look["color"], alpha=0.35)
        axes.stairs(count, counts.edges, linewidth=1.2, **look)
        axes.axvline(0, **_THIN)
        axes.set(ylabel="pairs", title=f"{name} (n = {sum(count)})")
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    panels[-1].set(xlabel=_LOG10_LR)
    return figure


def _figure(x_label: str, y_label: str, *, square: bool = False) -> tuple[Figure, Axes]:
    """Return a figure with one set of axes, labelled with what it shows and its unit."""
    figure = Figure(figsize=_SQUARE if square else _SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlabel=x_label, ylabel=y_label)
    return figure, axes


def _with_legend(figure: Figure) -> Figure:
    """Add the legend below the axes, where it can cover no curve."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=2 if len(labels) > _MOST_COLUMNS else _MOST_COLUMNS,
    )
    return figure


def _pav_table(recalibrated: Pav) -> Table:
    """Return the points, with 0 and infinity at the ends where recalibration has no bound."""
    below, above = recalibrated.zero_up_to, recalibrated.infinite_from
    zero = () if below is None else ((below, -math.inf),)
    infinite = () if above is None else ((above, math.inf),)
    points = zip(recalibrated.log10_lr, recalibrated.pav_log10_lr, strict=True)
    rows = (*zero, *points, *infinite)
    return {
        "log10_lr": [row[0] for row in rows],
        "pav_log10_lr": [row[1] for row in rows],
    }


def _histogram_table(counts: Histogram) -> Table:
    return {
        "from_log10_lr": counts.edges[:-1],
        "below_log10_lr": counts.edges[1:],
        "h1": counts.h1,
        "h2": counts.h2,
    }


def _save(figure: Figure, path: Path) -> Path:
    with style.context(("default", _STYLE)):
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def _write(table: Table, path: Path) -> Path:
    """Write the columns as CSV, fractions with six decimals as in results."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(table)
        rows.writerows(
            [one if isinstance(one, int) else f"{one:.6f}" for one in row]
            for row in zip(*table.values(), strict=True)
        )
    return path
