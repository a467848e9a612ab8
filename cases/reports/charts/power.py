"""What so many prompts can show: how well the reference pairs are told apart by their number."""

from collections.abc import Iterator
from dataclasses import dataclass

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLACK, BLUE, VERMILION, Look
from cases.reports.charts.plotting import Entry, Frame, Tick, across, cases, layer, plot, upwards
from cases.reports.figures import decimals

_HEIGHT, _LEFT = 200, 46
_SHARES = tuple(Tick(at / 4, f"{at / 4:.2f}") for at in range(5))


@dataclass(frozen=True, slots=True)
class _Series:
    """One figure by number of prompts; one from before it was measured is not in every result."""

    field: str
    name: str
    look: Look


_SERIES = (
    _Series("auc", "AUC", Look(BLACK, (2, 2), "square", filled=False, width=1.6)),
    _Series("true_positive_rate", "found, if at most 1 % of the others are", Look(BLUE)),
    _Series(
        "misleading",
        "misled: under H2 with a ratio above 1",
        Look(VERMILION, (6, 3), "triangle-up", filled=False),
    ),
)


def power(document: Row) -> Chart | None:
    """Return the power by prompts; None where no ratio was asked for or there is none of it."""
    found = document["result"].get("likelihood")
    if not found or not found["validation"] or not found["validation"]["by_size"]:
        return None
    sizes, used = found["validation"]["by_size"], found["size"]["calibrated_at"]
    series = [one for one in _SERIES if all(one.field in size for size in sizes)]
    return Chart(
        key="power",
        title="Power by number of prompts",
        alt=_alt(sizes, series, used),
        spec=plot(
            _layers(sizes, series, used),
            Frame(
                height=_HEIGHT,
                left=_LEFT,
                below="Matched prompts, on a logarithmic scale",
                key=[Entry(one.look, "line and point", one.name) for one in series],
                title="Share of the reference pairs",
                cases=1,
            ),
        ),
        table=Table(
            ("Prompts", *(one.name.capitalize() for one in series), "Cllr", "This case"),
            tuple(_cells(size, series, used) for size in sizes),
        ),
    )


def _cells(size: Row, series: list[_Series], used: int) -> tuple[str, ...]:
    shares = [decimals(size[one.field]) for one in series]
    here = "used here" if size["prompts"] == used else ""
    return (f"{size['prompts']:,}", *shares, decimals(size["cllr"]), here)


def _layers(sizes: list[Row], series: list[_Series], used: int) -> Iterator[Row]:
    ticks = [Tick(one["prompts"], f"{one['prompts']:,}") for one in sizes]
    x = across("x", ticks, type="log", **_ends(ticks))
    y = upwards("y", _SHARES)
    yield from cases([(used, f"this case: the fit for {used:,} and more")], x, _HEIGHT)
    for one in series:
        values = [_value(size, one) for size in sizes]
        yield layer([{key: row[key] for key in "xy"} for row in values], one.look.line(), x=x, y=y)
        yield layer(values, one.look.point(), x=x, y=y)


def _ends(ticks: list[Tick]) -> Row:
    """Return the domain: a logarithmic scale of a single number would have no width."""
    return {"domain": [ticks[0].at / 2, ticks[0].at * 2]} if len(ticks) == 1 else {}


def _value(size: Row, one: _Series) -> Row:
    share = decimals(size[one.field])
    told = f"{size['prompts']:,} prompts: {one.name} {share}"
    return {"x": size["prompts"], "y": size[one.field], "told": told}


def _alt(sizes: list[Row], series: list[_Series], used: int) -> str:
    first, last = sizes[0], sizes[-1]
    spans = [
        f"{one.name}: {decimals(first[one.field])} to {decimals(last[one.field])}"
        for one in series
    ]
    return (
        f"Lines over the number of prompts, from {first['prompts']:,} to {last['prompts']:,}. "
        f"{'; '.join(spans)}. The fit used here is that for {used:,} prompts and more."
    )
