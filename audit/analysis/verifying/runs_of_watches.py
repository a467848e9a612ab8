"""The runs of a watch against the ledger: no row without an entry, and none is gone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from audit.analysis.bundling import layout
from audit.analysis.custody.ledger import Entry
from audit.analysis.digests import digest_of
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle

FILES = (layout.ORDINARY, layout.ASKED)
_RECORDS = {True: "ordinary course", False: "asked for by a person"}
# By kind and state the act that enters the end of a run.
_ENDS = {
    ("look", "done"): "watch looked",
    ("look", "failed"): "watch failed",
    ("look", "skipped"): "watch skipped",
    ("audit", "done"): "watch audited",
    ("audit", "failed"): "watch failed",
}
# Acts after which a watch goes on at another slot than its last run left.
_MOVES = ("watch opened", "watch resumed", "watch retimed", "watch failed")
_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the bundle tells of it, without what is long, of which the digests are kept."""

    row: dict[str, Any]
    where: str
    file: str

    @classmethod
    def of(cls, row: dict[str, Any], where: str, file: str) -> Self:
        """Return a row as a run."""
        long = {name: digest_of(row[name]) for name in ("likeness", "series")}
        return cls(row | long, where, file)

    def __getitem__(self, name: str) -> Any:
        """Return a value of the row."""
        return self.row[name]


def hold(
    bundle: Bundle, number: int, runs: Sequence[Run], plans: Mapping[int, str], found: Found
) -> None:
    """Hold every run against the entry of its end, both ways, and the audits against theirs."""
    due = _ended(bundle, number)
    dues = {one["id"]: one["due_at"] for one in runs}
    for run in runs:
        _hold_course(run, found)
        if run["state"] != _OPEN:
            act = _ENDS.get((run["kind"], run["state"]), "")
            of = run["release"] if run["kind"] == "audit" else 0
            entry = due.pop((act, run["kind"], run["due_at"], of), None)
            what = f"no entry of the ledger ends this {run['kind']} of {run['due_at']} so"
            if found.unless(entry is not None, run.where, what) and entry is not None:
                _hold_end(bundle, run, entry, dues, plans, found)
    for (act, kind, at, _), entry in due.items():
        what = f"entry {entry.number} ({act}) is of a {kind} due {at}, which is not in the bundle"
        found.wrong(_folder(number), what)
    _hold_audits(bundle, number, runs, found)
    _hold_used_once(runs, found)
    found.say(f"watch {number}: {_in_words(runs)}")


def _folder(number: int) -> str:
    return layout.watch(number, "")


def _in_words(runs: Sequence[Run]) -> str:
    parts = []
    for file, words in zip(FILES, _RECORDS.values(), strict=True):
        counts = Counter((one["kind"], one["state"]) for one in runs if one.file == file)
        told = ", ".join(
            f"{many} {kind} {state}" for (kind, state), many in sorted(counts.items())
        )
        parts.append(f"{words}: {told or 'no run'}")
    return "; ".join(parts)


def _ended(bundle: Bundle, number: int) -> dict[tuple[str, str, str, int], Entry]:
    """Return the entries that end a run, by act, kind of run, when it was due, what it audits."""
    kinds = {"watch looked": "look", "watch skipped": "look", "watch audited": "audit"}
    found = {}
    for one in bundle.acts(*kinds, "watch failed"):
        if one.facts["watch"] == number:
            kind = kinds.get(one.act) or one.facts["run"]
            of = one.facts["release"] if kind == "audit" else 0
            found[one.act, kind, one.facts["due"], of] = one
    return found


def _hold_course(run: Run, found: Found) -> None:
    is_ordinary = run.file == layout.ORDINARY
    what = f"stands in {run.file}, and says ordinary_course: {run['ordinary_course']}"
    found.unless(run["ordinary_course"] is is_ordinary, run.where, what)


def _hold_end(
    bundle: Bundle,
    run: Run,
    entry: Entry,
    dues: Mapping[int, str],
    plans: Mapping[int, str],
    found: Found,
) -> None:
    """Hold what a run says against the entry of its end."""
    told = {
        "record": _RECORDS[run["ordinary_course"]],
        "plan": plans.get(run["plan"]),
        "problem": run["problem"],
        "capture": _capture_of(bundle, run),
        "release": run["release"] or 0,
        "finding": run["finding"],
        "p_value": run["p_value"],
        "statistic": run["statistic"],
        "compared_with": dues.get(run["compared_with"], ""),
        "part": 0 if run["chunk"] is None else run["chunk"] + 1,
        "likeness": run["likeness"],
        "series": run["series"],
    }
    for name, value in told.items():
        said = entry.facts.get(name, value)
        what = f"{name} is {value!r}; entry {entry.number} says {said!r}"
        found.unless(value == said, run.where, what)


def _capture_of(bundle: Bundle, run: Run) -> str:
    if run["collection"] is None:
        return ""
    told: dict[str, Any] = bundle.json(layout.capture(run["collection"], layout.CAPTURE))
    return str(told["sha256"])


def _hold_audits(bundle: Bundle, number: int, runs: Iterable[Run], found: Found) -> None:
    """Hold each audit that has a finding against the entry that asked for it, both ways."""
    asked = {
        one.facts["finding"]: one
        for one in bundle.acts("watch audits")
        if one.facts["watch"] == number
    }
    for run in runs:
        if run["finding"] is not None:
            entry = asked.pop(run["finding"], None)
            told = (run["release"], run["exhibit"], _RECORDS[run["ordinary_course"]])
            facts = entry.facts if entry else {}
            said = (facts.get("release"), facts.get("exhibit"), facts.get("record"))
            what = f"finding {run['finding']} is of {told}; the ledger says {said}"
            found.unless(told == said, run.where, what)
            result = layout.finding(run["finding"], "result.json")
            what = f"is done, and {result} is missing"
            found.unless(run["state"] != "done" or bundle.has(result), run.where, what)
    for finding, entry in asked.items():
        what = f"entry {entry.number} audits in finding {finding}, and no run here does"
        found.wrong(_folder(number), what)


def _hold_used_once(runs: Iterable[Run], found: Found) -> None:
    """Hold that no answers of a look were compared twice: the looks would lean on one another."""
    used: set[tuple[int, int]] = set()
    for run in runs:
        if run["compared_with"] is not None:
            pair = (run["compared_with"], run["chunk"])
            what = f"was held against part {pair[1]} of run {pair[0]}, as another run was"
            found.unless(pair not in used, run.where, what)
            used.add(pair)


def hold_slots(bundle: Bundle, number: int, runs: Iterable[Run], found: Found) -> None:
    """Hold that each look by schedule begins at the slot that something before it left.

    Slots without a run are said: those that one run stands for, those left out after failed
    looks, and those of a pause.
    """
    moves = [one.facts for one in bundle.acts(*_MOVES) if one.facts["watch"] == number]
    left = {_moment(one["next"]) for one in moves if "next" in one}
    looks = [one for one in runs if one["kind"] == "look" and one["ordinary_course"]]
    slots = {one.where: one["facts"].get("slots") for one in looks}
    left |= {_moment(one["next"]) for one in slots.values() if one}
    for where, one in slots.items():
        if found.unless(one is not None, where, "does not say which slots it is for") and one:
            what = f"begins at the slot of {one['first']}, which no run before it left"
            found.unless(_moment(one["first"]) in left, where, what)
    many = sum(one["many"] for one in slots.values() if one)
    found.say(f"watch {number}: {many:,} slots, in {len(slots):,} runs by schedule")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
