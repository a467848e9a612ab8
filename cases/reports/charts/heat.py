"""The heat map: every exhibit by candidate teachers and controls."""

from collections.abc import Iterator
from itertools import product

from cases.reports.chart import Chart, Row, Spec, Table
from cases.reports.charts.looks import BLACK, ON_DARK, ON_LIGHT, RAMP, WHITE, Look
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import Entry, Frame, columns, layer, plot, rows, text
from cases.reports.figures import decimals

# With more columns a cell is too small for its number, and with more rows a row for its name.
_MOST_NUMBERS, _MOST_NAMES = 12, 60
# A picture is no higher than a printed page.
_ROW, _HEIGHT, _LEAST_COLUMN = 22, 600, 13
_ITSELF = "\u2013"


def heat_map(document: Row) -> Chart:
    """Return the mean cosine of every exhibit with every candidate; darker is higher."""
    similarity = document["result"]["similarity"]
    return Chart(
        key="heat-map",
        title="Mean cosine of every two exhibits",
        alt=_alt(similarity),
        spec=_plot(similarity),
        table=Table(
            (
                "Exhibit",
                "Model",
                "Role",
                *(similarity["labels"][at] for at in _places(similarity)),
            ),
            tuple(_cells(similarity)),
            words=3,
        ),
    )


def _places(similarity: Row) -> list[int]:
    """Return the columns: all exhibits but the suspect."""
    return [at for at, role in enumerate(similarity["roles"]) if role != "suspect"]


def _others(similarity: Row) -> list[float]:
    """Return the cosines of different exhibits."""
    matrix = similarity["mean_cosine"]
    return [value for i, row in enumerate(matrix) for j, value in enumerate(row) if i != j]


def _cells(similarity: Row) -> Iterator[tuple[str, ...]]:
    named = zip(similarity["labels"], similarity["models"], similarity["roles"], strict=True)
    for at, names in enumerate(named):
        values = similarity["mean_cosine"][at]
        yield (
            *names,
            *(_ITSELF if at == to else decimals(values[to]) for to in _places(similarity)),
        )


def _plot(similarity: Row) -> Spec:
    labels, places = similarity["labels"], _places(similarity)
    row = min(_ROW, _HEIGHT / len(labels))
    size = round(min(11.0, row - 2), 2)
    named = len(labels) <= _MOST_NAMES
    names = [
        f"{label}  {short(model)}" if named else label
        for label, model in zip(labels, similarity["models"], strict=True)
    ]
    strong = [role != "control" for role in similarity["roles"]]
    y = rows(names, strong, size) | {"scale": {"domain": list(range(len(names))), "padding": 0}}
    x = columns([labels[to] for to in places], size, upright=len(places) > _MOST_NUMBERS)
    left = max(map(room, names)) + 14
    height = round(row * len(names), 2)
    spec = plot(_layers(similarity, x, y), Frame(height=height, left=left, key=_key(similarity)))
    least = left + len(places) * (34 if len(places) <= _MOST_NUMBERS else _LEAST_COLUMN)
    return spec | {"usermeta": {"least": least}}


def _layers(similarity: Row, x: Row, y: Row) -> Iterator[Row]:
    cells = list(_values(similarity))
    fill = {"field": "fill", "type": "nominal", "scale": None}
    mark = {"type": "rect", "stroke": WHITE, "strokeWidth": 0.6}
    yield layer(cells, mark, x=x, y=y, fill=fill)
    if len(_places(similarity)) <= _MOST_NUMBERS:
        ink = {"field": "ink", "type": "nominal", "scale": None}
        numbers = text(cells, x, y, fontSize=9.5)
        yield numbers | {"encoding": numbers["encoding"] | {"fill": ink}}


def _values(similarity: Row) -> Iterator[Row]:
    others, matrix = _others(similarity), similarity["mean_cosine"]
    least, spread = min(others), (max(others) - min(others)) or 1.0
    labels, places = similarity["labels"], _places(similarity)
    for at, (column, to) in product(range(len(labels)), enumerate(places)):
        value = matrix[at][to]
        step = round((value - least) / spread * (len(RAMP) - 1)) if at != to else 0
        yield {
            "row": at,
            "column": column,
            "text": _ITSELF if at == to else decimals(value),
            "fill": WHITE if at == to else RAMP[step],
            "ink": _ink(step, own=at == to),
            "told": f"{labels[at]} with {labels[to]}: "
            + ("itself" if at == to else decimals(value)),
        }


def _ink(step: int, *, own: bool) -> str:
    """Return the colour of a number on a step of the ramp, or on the ground."""
    if own:
        return BLACK
    return ON_DARK if step > len(RAMP) / 2 else ON_LIGHT


def _key(similarity: Row) -> tuple[Entry, ...]:
    others = _others(similarity)
    ends = ((RAMP[0], "the lowest", min(others)), (RAMP[-1], "the highest", max(others)))
    return tuple(
        Entry(Look(colour, shape="square"), "box", f"{decimals(value)}, {which}")
        for colour, which, value in ends
    )


def _alt(similarity: Row) -> str:
    at = similarity["roles"].index("suspect")
    suspect, labels = similarity["mean_cosine"][at], similarity["labels"]
    order = sorted(_places(similarity), key=lambda to: -suspect[to])
    nearest, farthest = order[0], order[-1]
    others = _others(similarity)
    return (
        f"Grid of {len(labels)} exhibits by {len(order)} candidates; the darker a cell, the "
        f"higher the mean cosine, from {decimals(min(others))} to {decimals(max(others))}. In the "
        f"row of the suspect, {labels[at]}, the darkest cell is {labels[nearest]} "
        f"({decimals(suspect[nearest])}) and the lightest {labels[farthest]} "
        f"({decimals(suspect[farthest])})."
    )
