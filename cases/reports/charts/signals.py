"""What a likelihood ratio is made of: each signal's part of it, and all together."""

from collections.abc import Iterator

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLACK, BLUE, NEUTRAL, Look
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import Entry, Frame, across, layer, numbers, plot, rows, upright
from cases.reports.ratios import logarithm

_ROW = 22
_MOST_NAME = 210
_RAISES, _LOWERS = Look(BLUE, shape="square"), Look(BLUE, shape="square", filled=False)
_TOTAL = Look(BLACK, (), "diamond")
BOUND = Look(BLACK, (8, 3), width=1.2)
_CONSTANT, _TOGETHER = "Constant of the calibration", "All together"


def signals(teacher: Row) -> Chart:
    """Return the parts of one teacher's log10 LR, before bounds."""
    parts = _parts(teacher)
    names = [short(name, _MOST_NAME, whole=True) for name, _ in parts] + [_TOGETHER]
    return Chart(
        key=f"signals-{key_of(teacher)}",
        title=f"What the ratio is made of, teacher {teacher['label']}",
        alt=_alt(teacher, parts),
        spec=plot(
            _layers(teacher, parts, names),
            Frame(
                height=_ROW * len(names),
                left=max(map(room, names)) + 14,
                below="Part of log10 LR, before bounds",
                key=tuple(_key(teacher)),
            ),
        ),
        table=Table(("Signal", "Part of log10 LR"), tuple(_cells(teacher, parts)), words=1),
    )


def key_of(teacher: Row) -> str:
    """Return the label of a teacher, which may be several, as a part of a key."""
    return str(teacher["label"]).replace("+", "-")


def _parts(teacher: Row) -> list[tuple[str, float]]:
    found = [(one["title"], one["contribution"]) for one in teacher["signals"]]
    return [*found, (_CONSTANT, round(teacher["score"] - sum(one for _, one in found), 6))]


def _cells(teacher: Row, parts: list[tuple[str, float]]) -> Iterator[tuple[str, str]]:
    yield from ((name, logarithm(value)) for name, value in parts)
    yield _TOGETHER, logarithm(teacher["score"])


def _key(teacher: Row) -> Iterator[Entry]:
    yield Entry(_RAISES, "point", "raises the ratio")
    yield Entry(_LOWERS, "point", "lowers it")
    interval = ", with the 95 % interval over prompts" * (teacher["log10_lr"] is not None)
    yield Entry(_TOTAL, "point", f"all together{interval}")
    yield Entry(BOUND, "line", "bounds of what validation supports")


def _layers(teacher: Row, parts: list[tuple[str, float]], names: list[str]) -> Iterator[Row]:
    x = across("x", numbers(*_ends(teacher, parts), logarithm))
    y = rows(names, [False] * len(parts) + [True])
    yield upright(0, NEUTRAL, x)
    for at in (teacher["bound"]["lower"], teacher["bound"]["upper"]):
        yield upright(at, BOUND, x)
    for look, sign in ((_RAISES, 1), (_LOWERS, -1)):
        values = [
            {"row": place, "x": value, "from": 0, "told": f"{name}: {logarithm(value)}"}
            for place, (name, (_, value)) in enumerate(zip(names, parts, strict=False))
            if (value < 0) == (sign < 0)
        ]
        yield layer(values, look.bar(), x=x, x2={"field": "from"}, y=y)
    yield from _total(teacher, len(parts), x, y)


def _total(teacher: Row, place: int, x: Row, y: Row) -> Iterator[Row]:
    told = f"{_TOGETHER}: {logarithm(teacher['score'])}"
    if teacher["log10_lr"] is not None:
        ends = {"row": place, "x": teacher["low"], "to": teacher["high"]}
        yield layer([ends], _TOTAL.rule(), x=x, x2={"field": "to"}, y=y)
        told += f" ({logarithm(teacher['low'])} to {logarithm(teacher['high'])})"
    value = {"row": place, "x": teacher["score"], "told": told}
    yield layer([value], _TOTAL.point(), x=x, y=y)


def _ends(teacher: Row, parts: list[tuple[str, float]]) -> tuple[float, float]:
    seen = [0.0, teacher["score"], *(value for _, value in parts), *teacher["bound"].values()]
    if teacher["log10_lr"] is not None:
        seen += [teacher["low"], teacher["high"]]
    known = [one for one in seen if isinstance(one, float | int)]
    return min(known), max(known)


def _alt(teacher: Row, parts: list[tuple[str, float]]) -> str:
    ordered = sorted(teacher["signals"], key=lambda one: -abs(one["contribution"]))
    strongest = [f"{one['title']} ({logarithm(one['contribution'])})" for one in ordered[:3]]
    bound = teacher["bound"]
    return (
        f"Bars to both sides of zero, one a signal: parts of the log10 LR of teacher "
        f"{teacher['label']}. The largest are {', '.join(strongest)}. With the constant of "
        f"{logarithm(parts[-1][1])} all together give log10 {logarithm(teacher['score'])}; the "
        f"bounds stand at {logarithm(bound['lower'])} and {logarithm(bound['upper'])}."
    )
