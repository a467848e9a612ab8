"""The chain of custody over time: one row for each kind of act."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cases.reports.chart import Chart, Row, Table
from cases.reports.charts.looks import BLUE, Look
from cases.reports.charts.moments import ticks_of
from cases.reports.charts.names import room, short
from cases.reports.charts.plotting import Frame, across, layer, plot, rows

_ROW = 20
_MOST_NAME, _RIGHT = 150, 40
# Acts nearer to one another than this share of the whole time are one mark.
_MARKS = 400
_ACT = Look(BLUE)
Acts = dict[str, list[datetime]]


def custody(document: Row) -> Chart | None:
    """Return when each kind of act was entered; None where nothing is entered."""
    acts = _acts(document["custody"])
    if not acts:
        return None
    return Chart(
        key="custody",
        title="The chain of custody over time",
        alt=_alt(acts),
        spec=plot(
            _layers(acts),
            Frame(
                height=_ROW * len(acts),
                left=max(_RIGHT, *map(room, _names(acts))) + 14,
                below=_title(acts),
                right=_RIGHT,
            ),
        ),
        table=Table(
            ("Act", "Entries", "First", "Last"),
            tuple(
                (_name(act), f"{len(moments):,}", _written(moments[0]), _written(moments[-1]))
                for act, moments in acts.items()
            ),
            words=1,
        ),
    )


def _acts(entries: list[Row]) -> Acts:
    """Return the moments of each act in their order, the act that was first on top."""
    acts: Acts = {}
    for one in entries:
        moment = datetime.fromisoformat(one["at"]).astimezone(UTC)
        acts.setdefault(one["act"], []).append(moment)
    for moments in acts.values():
        moments.sort()
    return acts


def _name(act: str) -> str:
    return act.replace("_", " ")


def _names(acts: Acts) -> list[str]:
    return [short(_name(act), _MOST_NAME, whole=True) for act in acts]


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _layers(acts: Acts) -> Iterator[Row]:
    seen = [moment for moments in acts.values() for moment in moments]
    ticks = ticks_of(min(seen), max(seen))
    x, y = across("x", ticks), rows(_names(acts))
    width = (ticks[-1].at - ticks[0].at) / _MARKS
    marks = [one for place, act in enumerate(acts) for one in _marks(acts, act, place, width)]
    yield layer(marks, _ACT.point(), x=x, y=y)


def _title(acts: Acts) -> str:
    seen = [moment for moments in acts.values() for moment in moments]
    return f"Time of the entry in UTC, {min(seen):%Y-%m-%d} to {max(seen):%Y-%m-%d}"


def _marks(acts: Acts, act: str, place: int, width: float) -> Iterator[Row]:
    together: dict[int, list[datetime]] = {}
    for moment in acts[act]:
        together.setdefault(int(moment.timestamp() / width), []).append(moment)
    for moments in together.values():
        count = f", {len(moments):,} entries" * (len(moments) > 1)
        told = f"{_name(act)}: {_written(moments[0])}{count}"
        yield {"row": place, "x": round(moments[0].timestamp()), "told": told}


def _alt(acts: Acts) -> str:
    seen = sorted(moment for moments in acts.values() for moment in moments)
    counts = [f"{_name(act)} {len(moments):,}" for act, moments in acts.items()]
    return (
        f"Points over time, one row a kind of act: {len(seen):,} entries from "
        f"{_written(seen[0])} to {_written(seen[-1])} UTC. {'; '.join(counts)}."
    )
