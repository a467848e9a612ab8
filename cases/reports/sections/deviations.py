"""What the sealed plan fixed, whether anything deviates from it, and what else was tried."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Rule,
    Section,
    Text,
    digest,
    quiet,
    quote,
    section,
)
from cases.reports.names import lines, moment, on_one_line, two_lines

Row = dict[str, Any]

_KEPT = (
    "No deviation is recorded. The software carries out the plan that was sealed and no other; "
    "the result names the digest of that plan."
)
_OUTCOMES = {
    "not_shown": "not shown",
    "abstains": "no answer",
    "limited": "ranks first, too weakly for an answer",
    "stands_out": "support at the plan's level",
}
_SHORT = 12


def deviations(document: Row) -> Section:
    """Return what was fixed and when, what deviates, and what else was tried."""
    found = tuple(_deviating(document))
    return Section(
        "deviations",
        "The plan, and whether it was kept",
        (
            Facts(_fixed(document), 40),
            Heading("Deviations"),
            Bullets(found) if found else Paragraph(_KEPT),
            Heading("Plans sealed in this matter"),
            *_plans(document),
            Heading("Exhibits that were received and not compared"),
            *_not_compared(document),
        ),
    )


def _fixed(document: Row) -> tuple[tuple[str, Text], ...]:
    plan = document["plan"]
    sealed, found = _entry(document, "planned"), _entry(document, "found")
    return (
        ("Fixed by the plan", (f"{len(plan['inputs'])} files with their roles, by SHA-256; the "
         f"encoder, by SHA-256; version {on_one_line(plan['method'])} of the method, its "
         f"{len(plan['parameters'])} parameters and the seed {plan['parameters']['seed']}")),
        ("Its SHA-256", digest(document["plan_sha256"])),
        ("Sealed", _when(document["sealed_at"], sealed)),
        ("Result entered", _when(found["at"], found) if found else "not in the ledger printed"),
        ("Checkpoint over the plan", _checkpoint(document["plan_checkpoint"])),
        ("Report issued", moment(document["issued_at"])),
    )  # fmt: skip


def _when(at: str, entry: Row | None) -> str:
    return moment(at) + (f", entry {entry['number']}" if entry else "")


def _checkpoint(one: Row | None) -> str:
    if one is None:
        return "none"
    told = [each for each in one["stamps"] if each["independent"]]
    stamped = f"stamped from outside {moment(told[0]['at'])}" if told else "not stamped outside"
    return f"over {one['size']:,} entries, made {moment(one['made_at'])}, {stamped}"


def _is_before(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)


def _entries(document: Row, *acts: str) -> Iterator[Row]:
    return (one for one in document["custody"] if one["act"] in acts)


def _entry(document: Row, act: str) -> Row | None:
    """Return the entry of an act on this finding."""
    number = document["finding"]["number"]
    about = (one for one in _entries(document, act) if one["facts"].get("finding") == number)
    return next(about, None)


def _deviating(document: Row) -> Iterator[Text]:
    """Yield what is not as the plan has it, or bears on whether it was kept."""
    if document["result"]["plan_sha256"] != document["plan_sha256"]:
        yield "The result names another plan than the one that was sealed."
    present = {one["sha256"] for one in document["exhibits"]}
    for one in document["plan"]["inputs"]:
        if one["sha256"] not in present:
            yield f"File {one['label']} of the plan is not among the exhibits any more."
    found = _entry(document, "found")
    if found and _is_before(found["at"], document["sealed_at"]):
        yield "By the clock of the computer the result was entered before the plan was sealed."
    if found and found["facts"].get("findings_that_differ"):
        others = ", ".join(map(str, found["facts"]["findings_that_differ"]))
        yield f"The same plan came to another result in finding {others}."
    yield from _withdrawn(document)
    yield from _failed(document)


def _withdrawn(document: Row) -> Iterator[Text]:
    used = {(one["label"], one["sha256"]) for one in document["plan"]["inputs"]}
    for one in _entries(document, "withdrawn"):
        facts = one["facts"]
        if (facts.get("exhibit"), facts.get("sha256")) in used:
            yield (
                (
                    f"Exhibit {facts['exhibit']}, which the plan rests on, was withdrawn "
                    f"{moment(one['at'])}: "
                ),
                *quote(on_one_line(facts.get("reason") or "no reason entered", 400)),
            )


def _failed(document: Row) -> Iterator[Text]:
    number = document["finding"]["number"]
    failed = [one for one in _entries(document, "failed") if one["facts"].get("finding") == number]
    if failed:
        times = f"{len(failed)} times" if len(failed) > 1 else "once"
        yield (f"Carrying it out failed {times} before it came through; see ", section("custody"))


def _plans(document: Row) -> tuple[Block, ...]:
    rows = tuple(_plan(document, one) for one in _entries(document, "planned"))
    if not rows:
        return (Paragraph("The ledger printed here holds no entry of a plan."),)
    columns = (
        Column("Finding", "14mm", "right"),
        Column("Sealed", "36mm"),
        Column("Plan", "24mm"),
        Column("Why there is another"),
        Column("Outcome", "38mm"),
    )
    note = (
        "Whoever chooses among several plans finds a first rank by chance more often than stated. "
        "No p-value of this report is adjusted for the number of plans."
    )
    several = (Paragraph(note, "note"),) if len(rows) > 1 else ()
    return (Listing("plans", columns, rows, rule=Rule.SUMMARY), *several)


def _plan(document: Row, entry: Row) -> tuple[Text, ...]:
    facts = entry["facts"]
    number = facts.get("finding")
    why = f"follows that of finding {facts['follows']}" if "follows" in facts else "the first"
    said = quiet(f"this one; {why}" if number == document["finding"]["number"] else why)
    reason = quote(on_one_line(facts["why"], 400)) if facts.get("why") else ()
    return (
        str(number),
        moment(entry["at"]),
        digest(str(facts.get("plan", ""))[:_SHORT]),
        lines(said, reason) if reason else said,
        _outcome(document, number),
    )


def _outcome(document: Row, number: int | None) -> str:
    for one in _entries(document, "found"):
        if one["facts"].get("finding") == number:
            code = str(one["facts"].get("outcome", ""))
            return _OUTCOMES.get(code, code.replace("_", " "))
    return "none entered"


def _not_compared(document: Row) -> tuple[Block, ...]:
    used = {one["label"] for one in document["plan"]["inputs"]}
    gone = {one["facts"].get("exhibit"): one for one in _entries(document, "withdrawn")}
    rows = tuple(
        _unused(one, gone.get(one["facts"].get("exhibit")), document["sealed_at"])
        for one in _entries(document, "received")
        if one["facts"].get("exhibit") not in used
    )
    if not rows:
        return (Paragraph("None: every exhibit of this matter is in the plan."),)
    columns = (
        Column("Exhibit", "14mm"),
        Column("Role and model"),
        Column("Received", "36mm"),
        Column("Withdrawn, and why"),
    )
    note = "What these files would have shown is not part of the finding."
    return (Listing("not-compared", columns, rows, rule=Rule.SUMMARY), Paragraph(note, "note"))


def _unused(received: Row, withdrawn: Row | None, sealed_at: str) -> tuple[Text, ...]:
    facts = received["facts"]
    told = " ".join(on_one_line(str(facts[name])) for name in ("role", "model") if name in facts)
    early = _is_before(received["at"], sealed_at)
    gone: Text = quiet("not withdrawn")
    if withdrawn:
        reason = withdrawn["facts"].get("reason") or "no reason entered"
        gone = lines(moment(withdrawn["at"]), quote(on_one_line(reason, 400)))
    return (
        str(facts.get("exhibit", "")),
        told or quiet("not entered"),
        two_lines(moment(received["at"]), f"{'before' if early else 'after'} the plan was sealed"),
        gone,
    )
