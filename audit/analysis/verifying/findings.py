"""Steps on findings: each plan sealed before its result; every run here, nulls too."""

from datetime import datetime, timedelta
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody.ledger import Entry
from audit.analysis.digests import digest_of
from audit.analysis.plan import Plan
from audit.analysis.verifying.chain import single
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle
from audit.analysis.verifying.stamped import stated_times

# Between a row and the entry of the same act, which a busy database may keep waiting.
_SLACK = timedelta(minutes=5)


def plans(bundle: Bundle, found: Found) -> None:
    """Hold every plan against its seal, its exhibits and its place before its result."""
    planned, done = (single(bundle, act, "finding", found) for act in ("planned", "found"))
    there = set(map(int, bundle.numbered("findings", "plan.json")))
    for number in sorted(planned.keys() - there):
        found.wrong(
            layout.finding(number, "plan.json"),
            f"entry {planned[number].number} seals this plan, and it is not in the bundle",
        )
    for number in sorted(there):
        name = found.at = layout.finding(number, "plan.json")
        if found.unless(number in planned, name, "no entry of the ledger seals this plan"):
            _hold_plan(bundle, name, planned[number], found)
            _hold_order(bundle, planned[number], done.get(number), found)
    found.say(f"{len(there)} plans, {len(planned)} sealed")


def _hold_plan(bundle: Bundle, name: str, entry: Entry, found: Found) -> None:
    value = bundle.json(name)
    sealed = entry.facts["plan"]
    digest = digest_of(value)
    found.unless(digest == sealed, name, f"has the digest {digest}; {sealed} was sealed")
    for one in Plan.from_dict(value).inputs:
        told = bundle.json(layout.exhibit(one.label, "exhibit.json"))
        have = bundle.digests.get(layout.exhibit(one.label, told["native"]), one.sha256)
        what = f"rests on exhibit {one.label} with SHA-256 {one.sha256}; the bundle has {have}"
        found.unless(have == one.sha256, name, what)
        stated = (told["role"], told["model"])
        what = f"takes exhibit {one.label} as {(one.role, one.model)}; it was received as {stated}"
        found.unless((one.role, one.model) == stated, name, what)


def _hold_order(bundle: Bundle, planned: Entry, done: Entry | None, found: Found) -> None:
    """Hold the plan's entry before that of the result, and say who else than the site says so."""
    number = planned.facts["finding"]
    if done is None:
        return
    what = f"entry {done.number} has the result before entry {planned.number} seals the plan"
    is_before = planned.number < done.number and planned.at <= done.at
    if not found.unless(is_before, layout.finding(number, "plan.json"), what):
        return
    sealed, had = planned.facts["plan"], done.facts["plan"]
    what = f"has the result of plan {had}; {sealed} was sealed for finding {number}"
    found.unless(had == sealed, f"{layout.ENTRIES}, entry {done.number}", what)
    end, times = datetime.fromisoformat(done.at), stated_times(bundle)
    between = [at for size, at in times.items() if planned.number <= size < done.number]
    before = [at for at in between if at < end]
    if before:
        found.say(
            f"finding {number}: its plan was time-stamped at {min(before)}, before its result"
        )
    else:
        found.rest_on(
            f"that the plan of finding {number} came first rests on the site's ledger alone, as "
            "no independent time-stamp was made between plan and result"
        )


def results(bundle: Bundle, found: Found) -> None:
    """Hold what came of every plan against the ledger: result, failure, or still open."""
    told = {int(one) for one in bundle.numbered("findings", "finding.json")}
    acts = {name: _by_finding(bundle, name) for name in ("planned", "found", "failed")}
    for number in sorted(acts["planned"].keys() | told):
        found.at = layout.finding(number, "finding.json")
        if not bundle.has(found.at):
            found.wrong(found.at, "this finding was asked for and is not in the bundle")
        elif found.unless(number in acts["planned"], found.at, "no entry asks for this finding"):
            _hold_result(bundle, number, acts, found)
    outcomes = [str(one[-1].facts["outcome"]) for one in acts["found"].values()]
    found.say(
        f"{len(told)} findings: {len(outcomes)} with a result "
        f"({', '.join(f'{outcomes.count(one)} {one}' for one in sorted(set(outcomes)))}), "
        f"{len(acts['failed'])} with a failed step"
    )


def _by_finding(bundle: Bundle, act: str) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for one in bundle.acts(act):
        found.setdefault(one.facts["finding"], []).append(one)
    return found


def _hold_result(
    bundle: Bundle, number: int, acts: dict[str, dict[int, list[Entry]]], found: Found
) -> None:
    name = layout.finding(number, "result.json")
    entries = acts["found"].get(number, [])
    failures = [one.facts["problem"] for one in acts["failed"].get(number, [])]
    told = bundle.json(found.at)
    what = f"tells other failures than the ledger: {told['failures']}, not {failures}"
    found.unless(told["failures"] == failures, found.at, what)
    if not entries:
        found.unless(not bundle.has(name), name, "no entry of the ledger has this result")
        return
    facts = entries[-1].facts
    if not bundle.has(name):
        said = f"entry {entries[-1].number} has a result ({facts['outcome']}); it is missing"
        found.wrong(name, said)
        return
    _hold_values(bundle.json(name), facts, name, found)
    _hold_times(told, acts["planned"][number][-1], entries[-1], found)


def _hold_values(value: dict[str, Any], facts: dict[str, Any], name: str, found: Found) -> None:
    digest = digest_of(value)
    what = f"has the digest {digest}; {facts['result']} was found"
    found.unless(digest == facts["result"], name, what)
    stated = (value["plan_sha256"], value["outcome"]["code"])
    what = f"is of plan {stated[0]} with outcome {stated[1]}; found was {facts}"
    found.unless(stated == (facts["plan"], facts["outcome"]), name, what)


def _hold_times(told: dict[str, Any], planned: Entry, done: Entry, found: Found) -> None:
    """Hold the times that a finding states against each other and against the ledger's."""
    sealed, finished = (
        datetime.fromisoformat(told[name]) for name in ("sealed_at", "finished_at")
    )
    found.unless(sealed <= finished, found.at, f"was finished at {finished}, sealed at {sealed}")
    for what, at, entry in (("sealed", sealed, planned), ("finished", finished, done)):
        is_same = abs(datetime.fromisoformat(entry.at) - at) < _SLACK
        found.unless(is_same, found.at, f"was {what} at {at}; entry {entry.number} has {entry.at}")
