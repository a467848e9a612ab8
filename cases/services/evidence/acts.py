"""Rows against the ledger: whatever was entered stands, as it was entered, and nothing besides."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cases.models import CustodyEntry, Exhibit, Filing, Matter
from cases.services.evidence import protected
from cases.services.evidence.words import Found, Sweep

Values = dict[str, Any]
_RENAMED = re.compile(r"named (.+) before")
_WORDS = {"at": "time", "by": "person", "entry": "place in the ledger"}
# Between a row and the entry of the same act, which a busy database may keep waiting.
_SLACK = timedelta(minutes=5)
# What is said of the matter itself.
_IT = "it"
# By what it is about, such as ("exhibit", "A"): what the ledger, or the rows, say of it.
Said = dict[tuple[str, str], Values]

# Of the entries of an act: what it is about, by which fact, and the facts that rows hold as well.
_ACTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "opened": ("opening of", "", ("name", "question")),
    "retention": ("retention of", "", ("until",)),
    "received": ("exhibit", "exhibit", ("file", "sha256", "bytes", "role", "model", "party")),
    "read": (
        "tree of exhibit",
        "exhibit",
        ("leaves", "root", "state", "format", "taken", "left_out"),
    ),
    "withdrawn": ("withdrawal of exhibit", "exhibit", ()),
    "erased": ("erasure of exhibit", "exhibit", ("reason",)),
    "planned": ("plan of finding", "finding", ("plan", "follows", "why")),
    "found": ("result of finding", "finding", ("result",)),
    "issued": ("report on finding", "finding", ("pdf", "results")),
    "held": ("hold", "hold", ("reason",)),
    "released": ("release of hold", "hold", ("reason",)),
    "certifying": ("certification", "certification", ("name", "capacity", "relation")),
    "certified": ("outcome of certification", "certification", ("digests", "recomputed")),
    "drafted": ("filing", "filing", ("finding",)),
    "reviewed": ("review", "review", ("kind", "outcome")),
    "finalised": ("end of filing", "filing", ("finding", "document", "papers")),
    "discarded": ("discard of filing", "filing", ()),
    "designated": ("designation", "number", ("mark", "reason")),
    "lowered": ("designation", "number", ("mark", "reason")),
    "redacted": (
        "redacted version",
        "redaction",
        ("origin", "origin_results", "pdf", "results", "passages"),
    ),
    "log issued": ("privilege log", "log", ("pdf", "csv", "json", "entries")),
}
# What is numbered within something else, by the fact that names this.
_WITHIN = {"review": "filing", "number": "exhibit", "redaction": "finding"}


@dataclass(slots=True)
class Told:
    """What the entries of one ledger say that rows must say as well."""

    of: Said = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)

    def see(self, entry: CustodyEntry) -> None:
        """Take in one entry."""
        facts = entry.facts if isinstance(entry.facts, dict) else {}
        if entry.act == "opened":
            self.levels[entry.actor] = "analyst"
        if entry.act == "permission":
            self.levels[str(facts.get("person"))] = str(facts.get("level"))
        elif entry.act == "account":
            self._rename(str(facts.get("person")), str(facts.get("change")))
        elif entry.act == "acknowledged":
            name = f"{facts.get('hold')} by {entry.actor}"
            self.of["acknowledgement of hold", name] = {"at": entry.at}
        elif entry.act in _ACTS and not (entry.act == "read" and "root" not in facts):
            what, key, kept = _ACTS[entry.act]
            said = {name: facts.get(name) for name in kept}
            who = {"at": entry.at, "by": entry.actor, "entry": entry.number}
            self.of[what, _name(facts, key)] = said | who

    def _rename(self, person: str, change: str) -> None:
        """Take in that an account goes by another name than in the entries before."""
        before = _RENAMED.fullmatch(change)
        if before is None:
            return
        for said in self.of.values():
            if said.get("by") == before[1]:
                said["by"] = person
        if before[1] in self.levels:
            self.levels[person] = self.levels.pop(before[1])
        for what, name in [key for key in self.of if key[1].endswith(f" by {before[1]}")]:
            hold = name.partition(" ")[0]
            self.of[what, f"{hold} by {person}"] = self.of.pop((what, name))


def _name(facts: Values, key: str) -> str:
    """Return what an entry is about; a review, say, is numbered within its filing."""
    name, within = str(facts.get(key, _IT)), _WITHIN.get(key)
    return f"{name} of {within} {facts.get(within)}" if within else name


def look(matter: Matter, told: Told, sweep: Sweep) -> Iterator[Found]:
    """Yield each row that the ledger says otherwise of, each that is gone, each without entry."""
    rows: Said = {}
    for rows_of in _ROWS:
        rows |= rows_of(matter)
    where = f"matter {matter.pk}"
    for (what, name), said in told.of.items():
        sweep.looked_at["acts against rows"] += 1
        place = f"{where}, {what} {name}"
        if (row := rows.pop((what, name), None)) is None:
            yield Found("row", place, "It was entered into the ledger and its row is gone.")
            continue
        for key in [key for key, value in said.items() if _differs(row, key, value)]:
            part = _WORDS.get(key, key)
            yield Found("row", place, f"Its {part} is not what was entered into the ledger.")
    for what, name in rows:
        yield Found("row", f"{where}, {what} {name}", "There is no entry in the ledger for it.")
    yield from _levels(matter, told.levels, where)


def _differs(row: Values, key: str, entered: Any) -> bool:
    """Say whether a row holds something else than was entered; not every row says all of it."""
    if key == "at":
        times = [at for at in row.get(key, ()) if at is not None]
        return any(abs(at - entered) > _SLACK for at in times)
    return key in row and bool(row[key] != entered)


def _levels(matter: Matter, told: dict[str, str], where: str) -> Iterator[Found]:
    there = dict(matter.memberships.values_list("user__username", "level"))
    for person in sorted(told.keys() | there.keys()):
        entered, found = told.get(person, "none"), there.get(person, "none")
        if entered != found:
            said = f"The ledger says {entered} and the row says {found}."
            yield Found("row", f"{where}, permission of {person}", said)


def _exhibits(matter: Matter) -> Said:
    rows = matter.exhibits.select_related("source", "party", "tree", "received_by", "erasure__by")
    said: Said = {}
    for one in rows.iterator():
        said["exhibit", one.label] = {
            "file": one.filename,
            "sha256": one.source.sha256,
            "bytes": one.source.size,
            "role": one.role,
            "model": one.model_name,
            "party": one.party.name,
            "at": [one.received_at],
            "by": one.received_by.get_username(),
        }
        if hasattr(one, "tree"):
            said["tree of exhibit", one.label] = _tree(one)
        if hasattr(one, "erasure"):
            said["erasure of exhibit", one.label] = {
                "reason": one.erasure.reason,
                "at": [one.erasure.at],
                "by": one.erasure.by.get_username(),
            }
        if one.withdrawn_at is not None:
            said["withdrawal of exhibit", one.label] = {"at": [one.withdrawn_at]}
    return said


def _tree(exhibit: Exhibit) -> Values:
    made = exhibit.tree
    kept: Values = {"leaves": made.size, "root": made.root, "at": [made.made_at]}
    if hasattr(exhibit, "erasure"):
        # The same file may have been handed in anew and read by another version since.
        return kept
    read = ("state", "format", "taken", "left_out")
    return kept | {name: getattr(exhibit.source, name) for name in read}


def _matter(matter: Matter) -> Said:
    opened = {"name": matter.name, "question": matter.question, "at": [matter.opened_at]}
    said: Said = {("opening of", _IT): opened | {"by": matter.opened_by.get_username()}}
    until = matter.keep_until
    if until or matter.custody.filter(act="retention").exists():
        said["retention of", _IT] = {"until": until.isoformat() if until else "none"}
    return said


def _findings(matter: Matter) -> Said:
    said: Said = {}
    for one in matter.findings.select_related(
        "run", "report__issued_by", "asked_by", "follows"
    ).iterator():
        name = str(one.number)
        said["plan of finding", name] = {
            "plan": one.run.plan_digest,
            "follows": one.follows.number if one.follows else None,
            "why": one.why or None,
            "entry": one.plan_entry,
            "at": [one.asked_at, one.run.sealed_at],
            "by": one.asked_by.get_username(),
        }
        if one.run.result_digest:
            done = {"result": one.run.result_digest, "at": [one.run.finished_at]}
            said["result of finding", name] = done
        if hasattr(one, "report"):
            digests = {"pdf": one.report.pdf_sha256, "results": one.report.results_sha256}
            said["report on finding", name] = digests | {
                "at": [one.report.issued_at],
                "by": one.report.issued_by.get_username(),
            }
    return said


def _holds(matter: Matter) -> Said:
    said: Said = {}
    for one in matter.holds.select_related("issued_by", "released_by"):
        said["hold", str(one.number)] = {
            "reason": one.reason,
            "at": [one.issued_at],
            "by": one.issued_by.get_username(),
        }
        if one.released_at is not None:
            freed = {"reason": one.release_reason, "at": [one.released_at]}
            by = one.released_by.get_username() if one.released_by else None
            said["release of hold", str(one.number)] = freed | {"by": by}
        for taken in one.acknowledgements.select_related("person"):
            name = f"{one.number} by {taken.person.get_username()}"
            said["acknowledgement of hold", name] = {"at": [taken.at]}
    return said


def _certifications(matter: Matter) -> Said:
    said: Said = {}
    for one in matter.certifications.select_related("certifier"):
        name = str(one.number)
        said["certification", name] = {
            "name": one.name,
            "capacity": one.capacity,
            "relation": one.relation or None,
            "at": [one.asked_at],
            "by": one.certifier.get_username(),
        }
        rows = list(one.exhibits.select_related("exhibit"))
        found = list(one.findings.select_related("finding"))
        if matter.custody.filter(act="certified", facts__certification=one.number).exists():
            digests = {row.exhibit.label: row.digests for row in rows}
            results = {str(row.finding.number): row.outcome for row in found}
            said["outcome of certification", name] = {
                "digests": digests,
                "recomputed": results or None,
            }
    return said


def _filings(matter: Matter) -> Said:
    said: Said = {}
    for one in matter.filings.select_related("finding", "drafted_by", "finalised_by"):
        name = str(one.number)
        said["filing", name] = {
            "finding": one.finding.number,
            "at": [one.drafted_at],
            "by": one.drafted_by.get_username(),
        }
        if one.finalised_by is not None:
            said["end of filing", name] = {
                "finding": one.finding.number,
                "document": one.document_sha256,
                "papers": dict(one.papers.values_list("filename", "sha256")),
                "at": [one.finalised_at],
                "by": one.finalised_by.get_username(),
            }
        if one.state == Filing.State.DISCARDED:
            said["discard of filing", name] = {}
        said |= _reviews(one)
    return said


def _reviews(filing: Filing) -> Said:
    return {
        ("review", f"{one.number} of filing {filing.number}"): {
            "kind": one.kind,
            "outcome": one.outcome,
            "at": [one.at],
            "by": one.by.get_username(),
        }
        for one in filing.reviews.select_related("by")
    }


_ROWS: tuple[Callable[[Matter], Said], ...] = (
    _matter,
    _exhibits,
    _findings,
    _holds,
    _certifications,
    _filings,
    protected.designations,
    protected.redactions,
    protected.privilege_logs,
)
