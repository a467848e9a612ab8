"""The step on watches: plans, releases and notices are those of the ledger, and no run is missing.

A watch that hides its failures is no evidence, so that rows and entries are held both ways.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody.ledger import Entry
from audit.analysis.digests import digest_of
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying import runs_of_watches
from audit.analysis.verifying.chain import single
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle, read_json
from audit.analysis.verifying.runs_of_watches import Run

Row = dict[str, Any]
# What an entry says of a release, and the name of that in the row.
_OF_RELEASES = (
    ("why", "why"),
    ("noticed_by", "noticed_in_words"),
    ("model", "model"),
    ("announced", "announced_on"),
)
# What an entry says of an event, and what it says where it leaves that out.
_OF_EVENTS = {"happened_on": "", "text": "", "source": "", "sha256": "", "replaces": None}


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch as the bundle tells of it; series and likeness of its runs as digests alone."""

    number: int
    told: Row
    runs: tuple[Run, ...]
    digests: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Where it is told of."""
        return layout.watch(self.number, layout.WATCH)


def watches(bundle: Bundle, found: Found) -> None:
    """Hold every watch, with all of its runs, against the ledger."""
    opened = single(bundle, "watch opened", "watch", found)
    there = set(map(int, bundle.numbered("watches", layout.WATCH)))
    for number in sorted(opened.keys() - there):
        found.wrong(layout.watch(number, layout.WATCH), "was opened and is not in the bundle")
    for number in sorted(there):
        name = found.at = layout.watch(number, layout.WATCH)
        if found.unless(number in opened, name, "no entry of the ledger opens this watch"):
            _hold(bundle, read(bundle, number), found)
    found.say(f"{len(there)} watches")


def read(bundle: Bundle, number: int) -> Watched:
    """Return a watch of the bundle; raises IntegrityError for what is no watch."""
    told = bundle.json(layout.watch(number, layout.WATCH))
    digests = {one["version"]: one["digest"] for one in told["plans"]}
    runs = tuple(
        Run.of(row, where, file)
        for file, where, row in rows(bundle, number, runs_of_watches.FILES)
    )
    return Watched(number, told, runs, digests)


def rows(bundle: Bundle, number: int, files: tuple[str, ...]) -> Iterator[tuple[str, str, Row]]:
    """Yield the rows of files of a watch: the file's name, the place, the row."""
    for file in files:
        name = layout.watch(number, file)
        for line, text in enumerate(bundle.lines(name), start=1):
            try:
                yield file, f"{name}, line {line}", read_json(text)
            except (ValueError, json.JSONDecodeError) as error:
                raise IntegrityError(
                    f"{name}, line {line}: this is not JSON ({error})."
                ) from error


def _hold(bundle: Bundle, watch: Watched, found: Found) -> None:
    _hold_plans(bundle, watch, found)
    _hold_releases(bundle, watch, found)
    _hold_events(bundle, watch, found)
    runs_of_watches.hold(bundle, watch.number, watch.runs, watch.digests, found)
    runs_of_watches.hold_slots(bundle, watch.number, watch.runs, found)
    _hold_notices(bundle, watch, found)


def entries(bundle: Bundle, number: int, *acts: str) -> list[Entry]:
    """Return the entries of these acts that speak of a watch."""
    return [one for one in bundle.acts(*acts) if one.facts["watch"] == number]


def _hold_plans(bundle: Bundle, watch: Watched, found: Found) -> None:
    sealed = {
        one.facts.get("version", 1): one.facts["plan"]
        for one in entries(bundle, watch.number, "watch opened", "watch changed")
    }
    what = f"has the plans {watch.digests}; sealed were {sealed}"
    found.unless(watch.digests == sealed, watch.name, what)
    for one in watch.told["plans"]:
        digest = digest_of(one["plan"])
        what = f"version {one['version']} of its plan has the digest {digest}, not {one['digest']}"
        found.unless(digest == one["digest"], watch.name, what)


def _hold_releases(bundle: Bundle, watch: Watched, found: Found) -> None:
    known: dict[int, Row] = {one["number"]: one for one in watch.told["releases"]}
    noticed = entries(bundle, watch.number, "release noticed", "release entered")
    numbers = sorted(one.facts["release"] for one in noticed)
    what = f"has the releases {sorted(known)}; the ledger has {numbers}"
    found.unless(sorted(known) == numbers, watch.name, what)
    for entry in noticed:
        row = known.get(entry.facts["release"], {})
        for fact, name in _OF_RELEASES:
            said = entry.facts.get(fact, row.get(name))
            what = f"release {row.get('number')}: {fact} is {row.get(name)!r}, not {said!r}"
            found.unless(row.get(name) == said, watch.name, what)


def _hold_events(bundle: Bundle, watch: Watched, found: Found) -> None:
    told = watch.told["events"]
    entered = entries(bundle, watch.number, "watch event")
    numbers = [one.facts["event"] for one in entered]
    here = [one["number"] for one in told]
    what = f"has the events {here}; entered were {numbers}"
    if not found.unless(here == numbers, watch.name, what):
        return
    for row, entry in zip(told, entered, strict=True):
        said = [entry.facts.get(name, empty) for name, empty in _OF_EVENTS.items()]
        what = f"event {row['number']} is not what entry {entry.number} says"
        same = [row[name] for name in _OF_EVENTS] == said and row["entered_by"] == entry.actor
        found.unless(same, watch.name, what)


def _hold_notices(bundle: Bundle, watch: Watched, found: Found) -> None:
    """Hold the notices against the entries that made them and those of who took note."""
    name = layout.watch(watch.number, layout.NOTICES)
    told = [row for _, _, row in rows(bundle, watch.number, (layout.NOTICES,))]
    made = Counter((one["kind"], one["text"]) for one in told)
    noted = Counter(
        (one["acknowledged_by"], one["text"]) for one in told if one["acknowledged_at"]
    )
    due = Counter(
        (one.facts["about"], one.facts["notice"])
        for one in entries(bundle, watch.number, "notice made")
    )
    due_noted = Counter(
        (one.actor, one.facts["notice"])
        for one in entries(bundle, watch.number, "notice acknowledged")
    )
    for have, want in ((made, due), (noted, due_noted)):
        for who, text in have - want:
            found.wrong(name, f"no entry of the ledger has this notice ({who}): {text}")
        for who, text in want - have:
            found.wrong(name, f"the ledger has a notice that is not here ({who}): {text}")
