"""Likeness to the suspect over the dates on which models are asserted to have been released."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import CONTROL, TEACHER
from cases.reports.charts.moments import ticks_of
from cases.reports.charts.names import short
from cases.reports.charts.plotting import (
    Entry,
    Frame,
    across,
    cases,
    layer,
    numbers,
    plot,
    text,
    upwards,
)
from cases.reports.figures import decimals

_HEIGHT, _LEFT, _RIGHT = 200, 52, 36
_DAY = 86_400
_LEAST = 2


@dataclass(frozen=True, slots=True)
class _Model:
    """One model with its date of release and its mean cosine with the suspect."""

    label: str
    name: str
    role: str
    on: str
    cosine: float

    @property
    def at(self) -> datetime:
        return _midnight(self.on)


def releases(document: Row) -> Chart | None:
    """Return the plot; None unless two candidates or more have a date."""
    dates = _dates(document)
    models = sorted(_models(document["result"]["similarity"], dates), key=lambda one: one.on)
    if len(models) < _LEAST:
        return None
    suspect = document["result"]["similarity"]["labels"][_suspect(document)]
    released = dates.get(suspect, "")
    return Chart(
        key="releases",
        title="Likeness to the suspect over the dates of release, as asserted",
        alt=_alt(models, suspect, released),
        spec=plot(
            _layers(models, suspect, released),
            Frame(
                height=_HEIGHT,
                left=_LEFT,
                below="Released, as the parties assert",
                key=(
                    Entry(TEACHER, "point", "candidate teacher"),
                    Entry(CONTROL, "point", "control"),
                ),
                title="Mean cosine with the suspect",
                cases=bool(released),
                right=_RIGHT,
            ),
        ),
        table=Table(
            ("Released", "Exhibit", "Model", "Role", "Mean cosine with the suspect"),
            tuple((one.on, one.label, one.name, one.role, decimals(one.cosine)) for one in models),
            words=4,
        ),
    )


def _dates(document: Row) -> dict[str, str]:
    declared = document["plan"].get("asserted", {}).get("declared", ())
    return {one["label"]: one["released"] for one in declared if one["released"]}


def _suspect(document: Row) -> int:
    return int(document["result"]["similarity"]["roles"].index("suspect"))


def _models(similarity: Row, dates: dict[str, str]) -> Iterator[_Model]:
    cosines = similarity["mean_cosine"][similarity["roles"].index("suspect")]
    for label, name, role, cosine in zip(
        similarity["labels"], similarity["models"], similarity["roles"], cosines, strict=True
    ):
        if role != "suspect" and label in dates:
            yield _Model(label, name, role, dates[label], cosine)


def _midnight(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def _layers(models: list[_Model], suspect: str, released: str) -> Iterator[Row]:
    moments = [one.at for one in models] + ([_midnight(released)] if released else [])
    x = across("x", ticks_of(min(moments), max(moments), _DAY))
    found = [one.cosine for one in models]
    y = upwards("y", numbers(min(found), max(found), decimals))
    if released:
        name = f"{suspect}, the suspect: {released}"
        yield from cases([(_midnight(released).timestamp(), name)], x, _HEIGHT)
    for role, look in (("control", CONTROL), ("teacher", TEACHER)):
        values = [_value(one) for one in models if one.role == role]
        yield layer(values, look.point(), x=x, y=y)
        yield text(values, x, y, align="left", dx=8)


def _value(one: _Model) -> Row:
    told = f"{one.label} {short(one.name)}, released {one.on}: {decimals(one.cosine)}"
    return {"x": one.at.timestamp(), "y": one.cosine, "text": one.label, "told": told}


def _alt(models: list[_Model], suspect: str, released: str) -> str:
    nearest = max(models, key=lambda one: one.cosine)
    of_suspect = (
        f"An upright line marks the suspect, {suspect}, released {released}."
        if released
        else "The suspect's own date is not asserted."
    )
    return (
        f"Points over time: the mean cosine with the suspect of {len(models)} models, by the date "
        f"on which each is asserted to have been released, {models[0].on} to {models[-1].on}. The "
        f"highest is {nearest.label}, {decimals(nearest.cosine)}, released {nearest.on}. "
        f"{of_suspect}"
    )
