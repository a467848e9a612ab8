"""How far an answer hangs on single parts of the material: from where to where without each."""

from collections.abc import Iterator

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLUE, NEUTRAL, Look
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import (
    Entry,
    Frame,
    across,
    cases,
    layer,
    numbers,
    plot,
    rows,
    upright,
)
from cases.reports.charts.signals import BOUND, key_of
from cases.reports.figures import VIEWS, decimals
from cases.reports.ratios import logarithm

_ROW = 26
_EACH = Look(BLUE, (), "circle", filled=False)
_PARTS = {
    "left_out": "each control",
    "families_left_out": "each family of several controls",
    "files_left_out": "each file of the teacher",
}
_LEADS = {"controls": "without each control", "families": "without each family"}


def without_ratio(teacher: Row) -> Chart | None:
    """Return what the signals give without each part in turn; None if nothing was left out."""
    shown = {name: teacher[key] for key, name in _PARTS.items() if teacher.get(key)}
    if not shown:
        return None
    names = [f"without {name}" for name in shown]
    return Chart(
        key=f"left-out-ratio-{key_of(teacher)}",
        title=f"The ratio of teacher {teacher['label']} without each part of the material",
        alt=_alt_of_ratio(teacher, shown),
        spec=plot(
            _ratio_layers(teacher, shown, names),
            Frame(
                height=_ROW * len(names),
                left=max(map(room, names)) + 14,
                below="log10 LR, before bounds",
                key=(
                    Entry(_EACH, "point", "without one of them, and the range of all"),
                    Entry(BOUND, "line", "bounds of what validation supports"),
                ),
                cases=1,
            ),
        ),
        table=Table(
            ("Left out", "Model", "log10 LR, before bounds"),
            tuple(
                (name, one["model"], logarithm(one["log10_lr"]))
                for name, parts in shown.items()
                for one in parts
            ),
            words=2,
        ),
    )


def _ratio_layers(teacher: Row, shown: dict[str, list[Row]], names: list[str]) -> Iterator[Row]:
    bounds = [teacher["bound"]["lower"], teacher["bound"]["upper"]]
    each = [one["log10_lr"] for parts in shown.values() for one in parts]
    seen = [0.0, teacher["score"], *bounds, *each]
    x = across("x", numbers(min(seen), max(seen), logarithm))
    y = rows(names)
    yield upright(0, NEUTRAL, x)
    yield from (upright(at, BOUND, x) for at in bounds)
    for place, (name, parts) in enumerate(shown.items()):
        values = [
            {
                "row": place,
                "x": one["log10_lr"],
                "told": f"without {name.removeprefix('each ')} {short(one['model'])}: "
                f"{logarithm(one['log10_lr'])}",
            }
            for one in parts
        ]
        yield from _spread(values, x, y)
    all_of_it = f"with everything: log10 {logarithm(teacher['score'])}"
    yield from cases([(teacher["score"], all_of_it)], x, _ROW * len(names))


def _spread(values: list[Row], x: Row, y: Row) -> Iterator[Row]:
    """Yield a line from the least to the largest, and a point for each."""
    places = [one["x"] for one in values]
    ends = {"row": values[0]["row"], "x": min(places), "to": max(places)}
    yield layer([ends], _EACH.rule(), x=x, x2={"field": "to"}, y=y)
    yield layer(values, _EACH.point(), x=x, y=y)


def _alt_of_ratio(teacher: Row, shown: dict[str, list[Row]]) -> str:
    spans = [
        f"without {name} from {logarithm(min(found))} to {logarithm(max(found))}"
        for name, parts in shown.items()
        if (found := [one["log10_lr"] for one in parts])
    ]
    return (
        f"Dots on rows: the log10 LR of teacher {teacher['label']}, before bounds, "
        f"{logarithm(teacher['score'])} with everything, {', '.join(spans)}."
    )


def without_lead(teacher: Row) -> Chart | None:
    """Return the lead over the closest control without each part; None for an older result."""
    shown = list(_leads(teacher))
    if not shown:
        return None
    names = [name for name, *_ in shown]
    return Chart(
        key=f"left-out-lead-{teacher['label']}",
        title=f"The lead of teacher {teacher['label']} without each part of the controls",
        alt=_alt_of_lead(teacher, shown),
        spec=plot(
            _lead_layers(shown, names),
            Frame(
                height=_ROW * len(names),
                left=max(map(room, names)) + 14,
                below="Lead over the closest control",
                key=(
                    Entry(_WHOLE, "point", "with every control"),
                    Entry(_EACH, "point", "least and largest lead without one"),
                ),
            ),
        ),
        table=Table(
            ("View", "Lead", "Least lead", "Largest lead", "Ranks"),
            tuple((name, *map(decimals, leads), ranks) for name, leads, ranks in shown),
            words=1,
        ),
    )


_WHOLE = Look("#000000", (), "diamond")
_Lead = tuple[str, tuple[float, float, float], str]


def _leads(teacher: Row) -> Iterator[_Lead]:
    """Yield for each view and part: its name, the lead, its least and largest, and the ranks."""
    for view, title in VIEWS.items():
        one = teacher["views"][view]
        for part, words in _LEADS.items():
            if found := one.get("left_out", {}).get(part):
                leads = (one["lead"]["estimate"], found["least_lead"], found["most_lead"])
                yield f"{title}, {words}", leads, _ranks(found)


def _ranks(found: Row) -> str:
    best, worst = found["best_rank"], found["worst_rank"]
    return str(best) if best == worst else f"{best} to {worst}"


def _lead_layers(shown: list[_Lead], names: list[str]) -> Iterator[Row]:
    seen = [0.0, *(lead for _, leads, _ in shown for lead in leads)]
    x = across("x", numbers(min(seen), max(seen), decimals))
    y = rows(names)
    yield upright(0, NEUTRAL, x)
    for place, (name, (whole, least, most), ranks) in enumerate(shown):
        told = f"{name}: lead {decimals(least)} to {decimals(most)}, rank {ranks}"
        values = [{"row": place, "x": at, "told": told} for at in dict.fromkeys((least, most))]
        yield from _spread(values, x, y)
        point = {"row": place, "x": whole, "told": f"{name}: {decimals(whole)} with every control"}
        yield layer([point], _WHOLE.point(size=40), x=x, y=y)


def _alt_of_lead(teacher: Row, shown: list[_Lead]) -> str:
    spans = [
        f"{name}: {decimals(least)} to {decimals(most)}, rank {ranks}"
        for name, (_, least, most), ranks in shown
    ]
    return f"Ranges of the lead of teacher {teacher['label']}, one a row. {'; '.join(spans)}."
