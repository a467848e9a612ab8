"""What a provider lists: new names of the line, and the model that is asked, as it is told of."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.collect.values import Listed
from audit.models import Endpoint
from audit.services import collections
from cases.models import WatchRun

# More new names at once than these wait for the next looks: each is asked the whole battery.
MOST_NEW = 10
# A line with more names is none, and each look would keep all of them.
MOST_NAMES = 1_000
_LONGEST_NAME = 255
# So far apart may be two clocks that run alike.
_CLOCKS_S = 10.0
# A clock may be set wrong by so much, and is still one.
_DAY_S = 86_400.0
_AT = "at_s"


@dataclass(frozen=True, slots=True)
class Shown:
    """The models that a provider lists, when, and what is wrong with the list."""

    models: tuple[Listed, ...]
    problem: str
    digest: str
    at_s: float

    def of(self, model: str) -> dict[str, Any]:
        """Return what is kept with a run: how the model is listed, each way once."""
        rows = dict.fromkeys(one for one in self.models if one.name == model)
        asked = [{"name": one.name, "made": one.made, "digest": one.digest} for one in rows]
        kept = {"problem": self.problem, "digest": self.digest, _AT: self.at_s}
        return kept | {"asked": asked[:MOST_NEW]}


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of the line that was ever listed; those that are new, and how many wait."""

    seen: list[str]
    new: list[str]
    waiting: int
    left_out: int = 0


def listed(endpoint: Endpoint) -> Shown:
    """Return the models that a provider lists; one that lists none is still looked at."""
    at_s = timezone.now().timestamp()
    try:
        found = collections.look(endpoint)
    except TouchstoneError as error:
        return Shown((), str(error), "", at_s)
    return Shown(found.models, found.problem, found.digest, at_s)


def of_line(run: WatchRun, before: WatchRun | None, line: str, shown: Shown) -> Names:
    """Return the names of a line; the new ones in the order of time, no more than MOST_NEW.

    Left out, and counted, are names that nothing could be asked under, and a list without end.
    """
    if not line:
        return Names([], [], 0)
    # In the order of time; where the provider tells no time, in that of its list.
    found = sorted(
        (one for one in shown.models if one.name.startswith(line)),
        key=lambda one: one.made.zfill(20),
    )
    every = dict.fromkeys(one.name for one in found)
    names = [name for name in every if len(name) <= _LONGEST_NAME]
    names = names if len(names) <= MOST_NAMES else []
    seen = set(before.facts["listing"]["seen"]) if before else None
    known = set(run.watch.releases.values_list("endpoint__model", flat=True)) | (seen or set())
    new = [name for name in names if seen is not None and name not in known]
    waiting = set(new[MOST_NEW:])
    ever = (seen or set()) | (set(names) - waiting)
    return Names(sorted(ever), new[:MOST_NEW], len(waiting), len(every) - len(names))


def listed_otherwise(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Return in words that the model is listed in another way than before; "" where it is not.

    Some servers tell the time at which they are asked as the time at which the model was made.
    """
    shown, shown_before = now["asked"], before["asked"]
    if not shown or not shown_before or shown == shown_before:
        return ""
    if _is_clock(now, before) and _without_time(shown) == _without_time(shown_before):
        return ""
    return f"The provider lists the model as {shown}, before {shown_before}."


def _is_clock(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Tell whether the time of making is of these days and has gone on as far as our clock has."""
    told = [_seconds(one["made"]) for one in (*now["asked"], *before["asked"])]
    match told:
        case [int(last), int(first)]:
            passed = now[_AT] - before.get(_AT, now[_AT])
            is_of_today = abs(now[_AT] - last) <= _DAY_S
            return bool(is_of_today and abs(last - first - passed) <= _CLOCKS_S)
    return False


def _seconds(made: str) -> int | None:
    return int(made) if made.isascii() and made.isdigit() else None


def _without_time(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [one | {"made": ""} for one in rows]


def last_done(run: WatchRun) -> WatchRun | None:
    """Return the look before this one that came to its end."""
    done = run.watch.runs.filter(kind=WatchRun.Kind.LOOK, state=WatchRun.State.DONE)
    return done.exclude(pk=run.pk).order_by("-due_at", "-pk").first()
