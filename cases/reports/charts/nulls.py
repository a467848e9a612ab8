"""Where this case stands among what is seen without training on the teacher's outputs."""

from collections.abc import Iterator

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import CONTROL, NEUTRAL, TEACHER, VERMILION, Look
from cases.reports.charts.names import short
from cases.reports.charts.plotting import (
    Entry,
    Frame,
    across,
    cases,
    layer,
    numbers,
    plot,
    upright,
    upwards,
)
from cases.reports.charts.reference import Group, groups_of
from cases.reports.charts.tippett import RATIO, marked, ratios_across
from cases.reports.figures import decimals
from cases.reports.ratios import plain
from cases.reports.tippett import Axis, axis_of, reaching

_HEIGHT, _LEFT = 180, 46
_BARS = Look(VERMILION, filled=False)
_WIDTHS = (0.1, 0.25, 0.5, 1, 2, 5, 10)
_MOST_BARS = 48
_STRIP = 34
_VIEW = "embedding"
_LEAST_TOP = 4


def null_ratios(document: Row) -> Chart | None:
    """Return the ratios of the reference pairs under H2 with the case marked; None without any."""
    found = document["result"].get("likelihood")
    if not found or not found["validation"]:
        return None
    bars = _counted(found)
    return Chart(
        key="null-ratios",
        title="This case among the reference pairs under H2",
        alt=_alt_of_ratios(found),
        spec=plot(
            _bars(found, bars),
            Frame(
                height=_HEIGHT,
                left=_LEFT,
                below=RATIO,
                key=(
                    Entry(
                        Look(VERMILION, shape="square", filled=False), "point", "pairs under H2"
                    ),
                ),
                title="Pairs",
                cases=len(marked(found)),
            ),
        ),
        table=Table(
            ("LR from", "LR below", "Pairs under H2"),
            tuple((plain(low), plain(high), f"{count:,}") for low, high, count in bars if count),
        ),
    )


def _pairs(found: Row) -> int:
    return int(found["validation"]["misleading"]["h2_above_1"]["of"])


def _counted(found: Row) -> list[tuple[float, float, int]]:
    """Return the ends of each bar as log10 LRs, and how many pairs under H2 lie in it."""
    axis, pairs = axis_of(found), _pairs(found)
    width = _width(axis)
    places = range(round((axis.high - axis.low) / width))
    ends = [
        (round(axis.low + at * width, 6), round(axis.low + (at + 1) * width, 6)) for at in places
    ]
    groups = groups_of(found["validation"])
    return [(low, high, _within(groups, low, high, pairs)) for low, high in ends]


def _width(axis: Axis) -> float:
    return next(one for one in _WIDTHS if (axis.high - axis.low) / one <= _MOST_BARS)


def _within(groups: tuple[Group, ...], low: float, high: float, pairs: int) -> int:
    return round(pairs * sum(one.h2 for one in groups if low <= one.log10_lr < high))


def _bars(found: Row, bars: list[tuple[float, float, int]]) -> Iterator[Row]:
    x = ratios_across(axis_of(found))
    most = max(_LEAST_TOP, *(count for *_, count in bars))
    y = upwards("y", numbers(0, most, lambda at: f"{at:,.0f}"))
    values = [
        {
            "x": low,
            "to": high,
            "y": count,
            "from": 0,
            "told": f"LR {plain(low)} to {plain(high)}: {count:,} pairs under H2",
        }
        for low, high, count in bars
        if count
    ]
    ends = {"x2": {"field": "to"}, "y2": {"field": "from"}}
    mark = _BARS.bar(fill="#F6D5BF", type="rect")
    yield layer(values, mark, x=x, y=y, **ends)
    yield upright(0, NEUTRAL, x)
    yield from cases(marked(found), x, _HEIGHT)


def _alt_of_ratios(found: Row) -> str:
    pairs = _pairs(found)
    _, above = reaching(found, 0.0)
    here = [
        f"{name}, which {round(pairs * reaching(found, at)[1]):,} of them reach"
        for at, name in marked(found)
    ]
    return (
        f"Bars: how many of the {pairs:,} reference pairs under H2 have each likelihood ratio; "
        f"{round(pairs * above):,} have one of 1 or more. "
        + (f"Marked: {'; '.join(here)}." if here else "No case is marked.")
    )


def null_ranks(teacher: Row) -> Chart:
    """Return the excess of each control with the teacher's marked: the null of the rank test."""
    view = teacher["views"][_VIEW]
    own, *controls = view["candidates"]
    return Chart(
        key=f"null-ranks-{teacher['label']}",
        title=f"Teacher {teacher['label']} among the controls",
        alt=_alt_of_ranks(teacher, view),
        spec=plot(
            _strip(view, own, controls),
            Frame(
                height=_STRIP,
                left=_LEFT,
                below="Excess by the embedding of the answers",
                key=(
                    Entry(TEACHER, "point", "candidate teacher"),
                    Entry(CONTROL, "point", "controls, each as if in the teacher's place"),
                ),
                cases=1,
            ),
        ),
        table=Table(
            ("Exhibit", "Model", "Role", "Excess"),
            tuple(
                (one["label"], one["model"], one["role"], decimals(one["excess"]["estimate"]))
                for one in sorted(
                    view["candidates"], key=lambda one: -float(one["excess"]["estimate"])
                )
            ),
            words=3,
        ),
    )


def _strip(view: Row, own: Row, controls: list[Row]) -> Iterator[Row]:
    seen = [one["excess"]["estimate"] for one in (own, *controls)]
    ticks = numbers(min(0.0, *seen), max(0.0, *seen), decimals)
    x = across("x", ticks)
    yield upright(0, NEUTRAL, x)
    middle = {"value": _STRIP / 2}
    yield from cases([(own["excess"]["estimate"], _rank(view, own))], x, _STRIP)
    for look, shown in ((CONTROL, controls), (TEACHER, [own])):
        values = [
            {
                "x": one["excess"]["estimate"],
                "told": f"{one['label']} {short(one['model'])}: "
                f"{decimals(one['excess']['estimate'])}",
            }
            for one in shown
        ]
        yield layer(values, look.point(), x=x, y=middle)


def _rank(view: Row, own: Row) -> str:
    return f"{own['label']}: rank {view['rank']} of {view['of']}"


def _alt_of_ranks(teacher: Row, view: Row) -> str:
    own, *controls = (one["excess"]["estimate"] for one in view["candidates"])
    return (
        f"Dots on one line: the excess of {len(controls)} controls, from "
        f"{decimals(min(controls))} to {decimals(max(controls))}, and of teacher "
        f"{teacher['label']}, {decimals(own)}: rank {view['rank']} of {view['of']}, "
        f"p {decimals(view['p_value'])}, where no p below {decimals(view['floor'])} can come out."
    )
