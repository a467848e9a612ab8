"""Tamperings with what was found: plans, results, reports, and the whole story made anew."""

import json
from collections.abc import Callable
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.tampering import remaking
from audit.analysis.tampering.draft import Draft
from audit.analysis.tampering.printing import with_another_number
from audit.analysis.tampering.trials import Trial


def _flip(name: str, place: float = 0.5) -> Callable[[Draft], None]:
    def tamper(draft: Draft) -> None:
        draft.flip(name.format(_number(draft)), place)

    return tamper


def _change_result(draft: Draft) -> None:
    draft.edit(layout.finding(_number(draft), "result.json"), _better)


def _better(result: dict[str, Any]) -> None:
    """Have the teacher come closer than it did."""
    lead = result["teachers"][0]["views"]["embedding"]["lead"]
    lead["estimate"] = round(lead["estimate"] + 0.25, 6)


def _change_outcome(draft: Draft) -> None:
    def changed(result: dict[str, Any]) -> None:
        result["outcome"]["code"] = "support"

    draft.edit(layout.finding(_number(draft), "result.json"), changed)


def _remove_result(draft: Draft) -> None:
    draft.remove(layout.finding(_number(draft), "result.json"))


def _remove_finding(draft: Draft) -> None:
    number = _number(draft)
    draft.remove_all(layout.finding(number, ""))
    for name in ("report.pdf", "results.json"):
        if (draft.root / layout.report(number, name)).exists():
            draft.remove(layout.report(number, name))


def _remove_report(draft: Draft) -> None:
    number = _reported(draft)
    draft.remove_all(layout.report(number, ""))


def _change_plan(draft: Draft) -> None:
    draft.edit(layout.finding(_number(draft), "plan.json"), _laxer)


def _laxer(plan: dict[str, Any]) -> None:
    plan["parameters"]["alpha"] = 0.5


def _hide_failure(draft: Draft) -> None:
    """Tell of a failure that never was; to hide one is the same change the other way."""
    name = layout.finding(_number(draft), "finding.json")
    draft.edit(name, lambda told: told["failures"].append("the file could not be read"))


def _date_result(draft: Draft) -> None:
    """Have the plan sealed after its result."""
    name = layout.finding(_number(draft), "finding.json")
    draft.edit(name, lambda told: told.update(sealed_at="2999-01-01T00:00:00+00:00"))


def _change_printed(draft: Draft) -> None:
    name = layout.report(_reported(draft), "report.pdf")
    draft.write(name, with_another_number(draft.read(name)))


def _change_results(draft: Draft) -> None:
    """Change the results.json beside a PDF, with its own digest."""

    def changed(document: dict[str, Any]) -> None:
        _better(document["result"])
        document["result_sha256"] = digest_of(document["result"])

    draft.edit(layout.report(_reported(draft), "results.json"), changed)


def _append_to_pdf(draft: Draft) -> None:
    name = layout.report(_reported(draft), "report.pdf")
    draft.write(name, draft.read(name) + b"\n% seen and approved\n")


def _print_in_ledger(draft: Draft) -> None:
    """Change a number in the text of a PDF, and have the ledger say that this one was issued."""
    number = _reported(draft)
    _change_printed(draft)
    digest = sha256_hex(draft.read(layout.report(number, "report.pdf")))
    _told_in_ledger(draft, "issued", number, {"pdf": digest})


def _change_all(draft: Draft) -> None:
    """Change a result wherever it stands, and the ledger with it, sealed anew throughout."""
    number = _number(draft)
    name = layout.finding(number, "result.json")
    draft.edit(name, _better)
    digest = digest_of(draft.json(name))
    draft.edit(
        layout.finding(number, "finding.json"), lambda told: told.update(result_sha256=digest)
    )
    _told_in_ledger(draft, "found", number, {"result": digest})
    if layout.report(number, "results.json") in draft.names():
        _change_results(draft)
        results = sha256_hex(draft.read(layout.report(number, "results.json")))
        _told_in_ledger(draft, "issued", number, {"results": results})


def _replace_plan(draft: Draft) -> None:
    """Put a laxer plan in the place of the sealed one, and the ledger with it, sealed anew."""
    number = _number(draft)
    name = layout.finding(number, "plan.json")
    draft.edit(name, _laxer)
    digest = digest_of(draft.json(name))
    _told_in_ledger(draft, "planned", number, {"plan": digest})


def _forget_finding(draft: Draft) -> None:
    """Remove a finding and every entry that speaks of it, and seal the chain anew."""
    number = _number(draft)
    _remove_finding(draft)
    kept = [one for one in draft.entries() if one["facts"].get("finding") != number]
    draft.write_entries(remaking.chain(kept))


def _change_exchange_everywhere(draft: Draft) -> None:
    """Change a word in a native file and in what was read of it, and the receipt, sealed anew."""
    label = min(draft.numbers("exhibits", "exhibit.json"))
    native, read = draft.native(label), layout.exhibit(label, "exchanges.jsonl")
    answer = json.loads(draft.lines(read)[0])["answer"]
    word = max(answer.split(), key=len).encode()
    for name in (native, read):
        draft.write(name, draft.read(name).replace(word, word[::-1], 1))
    entries = draft.entries()
    facts = entries[draft.entry("received")]["facts"]
    facts["sha256"] = sha256_hex(draft.read(native))
    draft.write_entries(remaking.chain(entries))


def _told_in_ledger(draft: Draft, act: str, number: int, told: dict[str, str]) -> None:
    entries = draft.entries()
    for one in entries:
        if one["act"] == act and one["facts"]["finding"] == number:
            one["facts"] |= told
    draft.write_entries(remaking.chain(entries))


def _number(draft: Draft) -> int:
    return min(map(int, draft.numbers("findings", "result.json")))


def _reported(draft: Draft) -> int:
    return min(map(int, draft.numbers("reports", "report.pdf")))


TRIALS = (
    Trial("flip a bit in a result", _flip("data/findings/{}/result.json"), "result.json"),
    Trial("flip a bit in a plan", _flip("data/findings/{}/plan.json"), "plan.json"),
    Trial("flip a bit in a PDF", _flip("data/reports/{}/report.pdf"), "report.pdf"),
    Trial("flip a bit in a results.json", _flip("data/reports/{}/results.json"), "results.json"),
    # Among the digests of what was made, which stand last: an insider may say anew what is before.
    Trial("flip a bit in the statement", _flip(layout.STATEMENT, 0.85), layout.STATEMENT),
    Trial("change a number of a result", _change_result, "result.json"),
    Trial("change the outcome of a result", _change_outcome, "result.json"),
    Trial("remove a result, such as a null one", _remove_result, "result.json"),
    Trial("remove a finding whole", _remove_finding, "data/findings/"),
    Trial("remove a finding and its entries, sealed anew", _forget_finding, "data/ledger/"),
    Trial("remove a report", _remove_report, "data/reports/"),
    Trial("change the level of a plan", _change_plan, "plan.json"),
    Trial("change the plan, chain sealed anew", _replace_plan, "data/"),
    Trial("change the failures of a finding", _hide_failure, "finding.json"),
    Trial("date a plan after its result", _date_result, "finding.json"),
    Trial("change a number in the text of a PDF", _change_printed, "report.pdf"),
    Trial("change it, and the ledger, sealed anew", _print_in_ledger, "report.pdf"),
    Trial("append to a PDF", _append_to_pdf, "report.pdf"),
    Trial("change the results.json beside a PDF", _change_results, "results.json"),
    Trial("change a result everywhere, chain sealed anew", _change_all, "data/"),
    Trial("change a word of a file everywhere", _change_exchange_everywhere, "exchanges.jsonl"),
)
