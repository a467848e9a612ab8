"""Custody entries in plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.template import Library

from cases.models import CustodyEntry

register = Library()

_ACTS = {
    "opened": "Matter opened",
    "permission": "Permission of {person} set to {level}",
    "party": "Party {name} entered",
    "received": "Exhibit {exhibit} received",
    "account": "Account of {person}: {change}",
    "read": "Exhibit {exhibit} read",
    "unread": "Reading of exhibit {exhibit} failed",
    "records": "Records of exhibit {exhibit} looked at",
    "designated": "Exhibit {exhibit} designated {mark}",
    "lowered": "Designation of exhibit {exhibit} lowered to {mark}",
    "redacted": "Redacted version {redaction} of finding {finding} made",
    "log entry": "Entry {entry} of the privilege log {change}",
    "log issued": "Privilege log {log} issued",
    "log taken": "File of privilege log {log} taken away",
    "order": "Order under Rule 502(d) set",
    "reread": "Exhibit {exhibit} asked to be read again",
    "withdrawn": "Exhibit {exhibit} withdrawn",
    "planned": "Plan of finding {finding} sealed",
    "found": "Finding {finding} made",
    "failed": "Finding {finding}: {step} failed",
    "pairs": "Matched pairs of finding {finding} with exhibit {teacher} looked at",
    "issued": "Report on finding {finding} issued",
    "exported": "File of finding {finding} taken away",
    "refused": "Access refused",
    "held": "Legal hold {hold} issued",
    "acknowledged": "Legal hold {hold} acknowledged",
    "released": "Legal hold {hold} released",
    "erased": "Exhibit {exhibit} erased",
    "retention": "Day of retention set to {until}",
    "bundling": "Bundle {name} begun",
    "bundled": "Bundle {name} written",
    "taken": "Bundle {bundle} taken away",
    "prefix": "Bates prefix {prefix} chosen",
    "numbered": "Numbers {first} to {last} given",
    "produced": "Production {production} written",
    "delivered": "Production {production} taken away",
    "certifying": "Certification {certification} asked for",
    "certified": "Certification {certification} carried out",
    "certificate drafted": "Draft under Rule 902({rule}) of certification {certification} made",
    "drafted": "Filing {filing} on finding {finding} begun",
    "written": "Filing {filing}: {part} written",
    "previewed": "Draft of filing {filing} looked at",
    "review asked": "Review of filing {filing} asked for",
    "reviewed": "Filing {filing} reviewed: {outcome}",
    "finalise asked": "Filing {filing} asked to be finalised",
    "finalised": "Filing {filing} finalised",
    "discarded": "Filing {filing} discarded",
    "folder watched": "Folder {folder} watched for files",
    "folder closed": "Folder {folder} no longer watched",
    "file not taken": "File {file} in folder {folder} not taken",
    "collection begun": "Collection {collection} begun",
    "collection pause": "Collection {collection} paused",
    "collection resume": "Collection {collection} resumed",
    "collection stop": "Collection {collection} stopped",
    "watch opened": "Watch {watch} opened",
    "watch changed": "Plan of watch {watch} changed",
    "watch tells": "Who is told of watch {watch} set",
    "watch asked": "Watch {watch} asked for {what}",
    "watch event": "Event {event} entered on the timeline of watch {watch}",
    "watch retimed": "Schedule of watch {watch} changed",
    "watch paused": "Watch {watch} paused",
    "watch resumed": "Watch {watch} resumed",
    "watch closed": "Watch {watch} closed for good",
    "watch looked": "Watch {watch} looked at its line",
    "watch audits": "Watch {watch} audits release {release} in finding {finding}",
    "watch audited": "Watch {watch} came to the end of an audit of release {release}",
    "watch skipped": "Watch {watch} left looks out that were missed",
    "watch failed": "Run of watch {watch} failed",
    "release noticed": "Watch {watch} noticed release {release}",
    "answers erased": "Answers of {runs} runs of watch {watch} erased",
    "notice made": "Notice of watch {watch} made",
    "release entered": "Release {release} of watch {watch} entered",
    "notice acknowledged": "Notice of watch {watch} acknowledged",
}
_FACTS = {
    "name": "Name",
    "question": "Question",
    "file": "File",
    "sha256": "SHA-256",
    "bytes": "Size in bytes",
    "role": "Role, as asserted",
    "model": "Model, as asserted",
    "party": "Handed in by",
    "state": "Outcome of the reading",
    "format": "Format",
    "taken": "Records taken",
    "left_out": "Records left out",
    "problem": "Problem",
    "before": "Permission before",
    "path": "Page asked for",
    "reason": "Reason",
    "mark_before": "Designation before",
    "order": "Order",
    "order_before": "Order before",
    "origin": "SHA-256 of the PDF that it was made from",
    "origin_results": "SHA-256 of its results.json",
    "passages": "Passages taken out",
    "places": "Places where they stood",
    "entries": "Entries",
    "csv": "SHA-256 of the table",
    "json": "SHA-256 of the frozen log",
    "plan": "Plan digest",
    "result": "Result digest",
    "outcome": "Outcome",
    "pdf": "SHA-256 of report.pdf",
    "results": "SHA-256 of results.json",
    "leaves": "Leaves of its tree",
    "root": "Root of its tree",
    "follows": "Follows the plan of finding",
    "plan_before": "Digest of that plan",
    "why": "Why another plan",
    "until_before": "Day of retention before",
    "capacity": "Position and qualification",
    "relation": "Relation to a party",
    "findings": "Findings",
    "exhibits": "Exhibits",
    "list": "SHA-256 of its signed list of files",
    "digits": "Digits of its numbers",
    "what": "Given to",
    "documents": "Documents",
    "volume": "Volume",
    "profile": "Load file",
    "rows": "Documents produced",
    "natives": "Native files",
    "texts": "Text files",
    "pages": "Numbers",
    "not_produced": "Documents not produced",
    "bytes_of_exhibits": "Bytes of exhibits",
    "tool": "Recomputed by",
    "after": "With the texts of filing",
    "state_before": "State before",
    "document": "SHA-256 of the frozen document",
    "review": "Number of the review",
    "kind": "Kind of review",
    "schedule": "Schedule",
    "place": "Place",
    "endpoint": "Endpoint",
    "schedule_before": "Schedule before",
    "missed": "Looks missed by a standstill",
    "announced": "Announced on",
    "seen_at": "Seen at",
    "emails": "Addresses for email",
    "webhook": "A webhook is told",
    "record": "Kind of record",
    "due": "Due",
    "p_value": "p-value that it answers as before",
    "statistic": "Detector of change",
    "compared_with": "Held against the look of",
    "part": "Held against which part of its answers",
    "capture": "SHA-256 of its capture",
    "likeness": "Digest of the likeness by prompt",
    "series": "Digest of the series",
    "run": "Kind of run",
    "many": "Slots left out",
    "next": "Due next",
    "about": "Kind of notice",
    "captures": "SHA-256 of the captures",
    "noticed_by": "Noticed by",
    "prompts_missing": "Prompts without an answer",
    "version": "Version",
    "happened_on": "Day on which it took effect",
    "text": "What happened",
    "source": "Where it was seen",
    "replaces": "In place of event",
    "shown_by": "Exhibit",
    "notice": "Notice",
    "findings_that_differ": "Findings of this plan with another result",
}
# What the heading says already.
_IN_HEADING = frozenset(
    {
        "exhibit",
        "finding",
        "person",
        "level",
        "change",
        "step",
        "teacher",
        "hold",
        "until",
        "rule",
        "filing",
        "part",
        "prefix",
        "production",
        "mark",
        "redaction",
        "log",
        "entry",
        "watch",
        "event",
        "what",
        "folder",
        "collection",
        "act",
        "runs",
    }
)
_DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an entry: its name in words, its value, and whether that is a digest."""

    name: str
    value: str
    is_digest: bool


@register.filter
def act_in_words(entry: CustodyEntry) -> str:
    """Return what was done, as a heading."""
    try:
        return _ACTS[entry.act].format_map(entry.facts)
    except KeyError:
        return entry.act.capitalize()


@register.filter
def facts_in_words(entry: CustodyEntry) -> list[Fact]:
    """Return the facts of an entry that its heading does not say."""
    return list(_facts(entry.facts))


def _facts(facts: dict[str, Any]) -> Iterator[Fact]:
    for key, value in facts.items():
        if key in _MANY:
            yield from _MANY[key](value)
        elif key not in _IN_HEADING:
            yield _fact(_FACTS.get(key, key.replace("_", " ").capitalize()), value)


def _inputs(inputs: dict[str, Any]) -> Iterator[Fact]:
    for label, one in inputs.items():
        yield _fact(f"Exhibit {label} as {one['role']}", one["sha256"])


def _papers(papers: dict[str, Any]) -> Iterator[Fact]:
    for name, one in papers.items():
        yield _fact(f"SHA-256 of {name}", one)


def _recomputed(thing: str, recorded: str, digests: dict[str, Any]) -> Iterator[Fact]:
    for label, one in digests.items():
        yield _fact(f"{thing} {label}, {recorded}", one["recorded"])
        yield _fact(f"{thing} {label}, recomputed", one["computed"] or one["problem"])


def _fact(name: str, value: Any) -> Fact:
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value) or "none"
    text = str(value)
    return Fact(name, text, len(text) == _DIGEST_LENGTH and text.isalnum())


# Facts that are many, each told in a line of its own.
_MANY: dict[str, Callable[[dict[str, Any]], Iterator[Fact]]] = {
    "inputs": _inputs,
    "papers": _papers,
    "digests": partial(_recomputed, "Exhibit", "on record"),
    "recomputed": partial(_recomputed, "Finding", "result on record"),
}
