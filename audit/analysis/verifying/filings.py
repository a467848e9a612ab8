"""The step on what was issued: reports, and final filings with the people who made them final."""

from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody.ledger import Entry
from audit.analysis.verifying import reports
from audit.analysis.verifying.chain import single
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle

_FOLDER = "data/filings/"
_HELD_BY_DIGEST = (
    "of a filing's papers other than report.pdf it was checked that they are the bytes that were "
    "finalised, and not that they say what results.json says"
)


def as_issued(bundle: Bundle, found: Found) -> None:
    """Hold every report and every final filing against the entry of its issue."""
    reports.as_issued(bundle, found)
    ended = single(bundle, "finalised", "filing", found)
    there = {str(number): one for number, one in ended.items()}
    papers = papers_there(bundle)
    for number in sorted(there.keys() - papers.keys()):
        found.wrong(f"{_FOLDER}{number}/", "was finalised and is not in the bundle")
    for number in sorted(papers):
        what = "no entry of the ledger finalises this filing"
        if found.unless(number in there, f"{_FOLDER}{number}/", what):
            _hold_papers(bundle, there[number], papers[number], found)
            _hold_people(bundle, there[number], found)
    if ended:
        found.rest_on(_HELD_BY_DIGEST)
        found.say(f"{len(papers)} filings, {len(ended)} finalised")


def papers_there(bundle: Bundle) -> dict[str, list[str]]:
    """Return the paths of the papers of each filing, by the number in its folder's name."""
    there: dict[str, list[str]] = {}
    for name in bundle.on_disk:
        if name.startswith(_FOLDER):
            number, _, filename = name.removeprefix(_FOLDER).partition("/")
            there.setdefault(number, [])
            if filename != layout.FILING:
                there[number].append(name)
    return there


def _hold_papers(bundle: Bundle, ended: Entry, there: list[str], found: Found) -> None:
    """Hold every paper of a filing against its digest in the ledger, and what is said of them."""
    facts = ended.facts
    due = {layout.filing(facts["filing"], name): one for name, one in facts["papers"].items()}
    for name in sorted(due.keys() | set(there)):
        have = bundle.digests.get(name, "(missing)")
        what = f"has SHA-256 {have}; {due.get(name, 'no such paper')} was finalised"
        found.unless(have == due.get(name), name, what)
    frozen = [name for name, one in due.items() if one == facts["document"]]
    name = found.at = layout.filing(facts["filing"], layout.FILING)
    told = bundle.json(name)
    what = f"tells of other papers than entry {ended.number}"
    same = {one["filename"]: one["sha256"] for one in told["papers"]} == facts["papers"]
    found.unless(same and told["document_sha256"] == facts["document"], name, what)
    what = "its frozen document is not among its papers"
    if found.unless(len(frozen) == 1 and bundle.has(frozen[0]), name, what):
        _hold_document(bundle, ended, frozen[0], told, found)


def _hold_document(
    bundle: Bundle, ended: Entry, name: str, told: dict[str, Any], found: Found
) -> None:
    """Hold the frozen document against the finding that it is on, and against filing.json."""
    found.at = name
    document, finding = bundle.json(name), ended.facts["finding"]
    for part in ("plan", "result"):
        sealed = layout.finding(finding, f"{part}.json")
        found.unless(
            document[part] == bundle.json(sealed), name, f"its {part} is not that of {sealed}"
        )
    numbers = (document["finding"]["number"], document["filing"]["number"], told["finding"])
    what = f"is of finding and filing {numbers}; entry {ended.number} is of {ended.facts}"
    found.unless(numbers == (finding, ended.facts["filing"], finding), name, what)
    what = "says otherwise of its filing than filing.json"
    found.unless(document["filing"] == told["filing"], name, what)


def _hold_people(bundle: Bundle, ended: Entry, found: Found) -> None:
    """Hold a filing's end against the ledger: drafted, then reviewed and finalised by others."""
    number = ended.facts["filing"]
    where = f"{layout.ENTRIES}, entry {ended.number}"
    before = [
        one
        for one in bundle.acts("drafted", "written", "reviewed")
        if one.facts["filing"] == number and one.number < ended.number
    ]
    hands = _hands(bundle, number, ended.number)
    drafted = [one.actor for one in before if one.act == "drafted"]
    what = f"{ended.actor} finalises filing {number}, which {', '.join(drafted)} drafted"
    found.unless(len(drafted) == 1 and drafted[0] != ended.actor, where, what)
    written = max((one.number for one in before if one.act != "reviewed"), default=0)
    since = [one.facts for one in before if one.act == "reviewed" and one.number > written]
    by = {one.actor for one in before if one.act == "reviewed" and one.number > written}
    what = f"filing {number} was reviewed by {', '.join(sorted(by & hands))}, who wrote in it"
    found.unless(not by & hands, where, what)
    approved = any((one["kind"], one["outcome"]) == ("technical", "approved") for one in since)
    what = f"no technical review approves filing {number} as it was last written"
    found.unless(approved and since[-1]["outcome"] == "approved", where, what)


def _hands(bundle: Bundle, number: int, until: int) -> set[str]:
    """Return who wrote in a filing before an entry, those of the filing that it follows too."""
    hands: set[str] = set()
    for one in bundle.acts("drafted", "written"):
        if one.facts["filing"] == number and one.number < until:
            hands.add(one.actor)
            if one.act == "drafted" and "after" in one.facts:
                hands |= _hands(bundle, one.facts["after"], one.number)
    return hands
