"""What the template draws: every text made printable, every number in its printed form."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cases.reports.alternatives import Alternative, alternatives_of
from cases.reports.apart import Apart, asserted_of, counts_of
from cases.reports.document import section_of_custody
from cases.reports.figures import charts, heat_map, test_rows
from cases.reports.glyphs import all_printable, on_one_line, printable
from cases.reports.ledger import Ledger, ledger_of
from cases.reports.likelihood import hypotheses_of
from cases.reports.likelihood_pages import likelihood_page
from cases.reports.likenesses import Likenesses, likenesses_of
from cases.reports.passages import pairs

Document = dict[str, Any]
Row = list[str]

_MOST_NAME = 200
_MOST_IN_HEAD = 60
_MOST_VALUE = 400
_MOST_QUESTION = 2000
# What changes nothing in the matter: not printed, counted, and in results.json like all else.
_LOOKS = frozenset({"records", "pairs", "refused"})
_NOT_CHOSEN = {"near_prompt": "the same text only", "pack": "none, so no likelihood ratio"}


def pages_of(document: Document) -> dict[str, Any]:
    """Return the JSON value that the template draws: strings, and fractions for geometry alone."""
    likelihood = likelihood_page(document)
    return {
        "front": _front(document),
        "answer": _answer(document, likelihood or {"ratios": [], "refused": ""}),
        "likelihood": likelihood,
        "exhibits": [_exhibit(one) for one in document["exhibits"]],
        "method": _method(document),
        "charts": charts(document),
        "heat_map": heat_map(document["result"]["similarity"]),
        "likenesses": _dressed(likenesses_of(document["result"])),
        "tests": test_rows(document["result"]["teachers"]),
        "ledger": _dressed(ledger_of(document["result"])),
        "apart": _dressed(counts_of(document["result"])),
        "pairs": pairs(document),
        "alternatives": [_alternative(one) for one in alternatives_of(document["result"])],
        "custody": _custody(document),
        "reproduce": document["reproduce"],
    }


def moment(iso: str) -> str:
    """Return an ISO 8601 time with an offset as date and time in UTC, to the second."""
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _name(text: str) -> str:
    return on_one_line(text, _MOST_NAME)


def _front(document: Document) -> dict[str, Any]:
    matter, finding, software = document["matter"], document["finding"], document["software"]
    issued = datetime.fromisoformat(document["issued_at"]).astimezone(UTC)
    return {
        "title": f"Report on finding {finding['number']}",
        "matter": _name(matter["name"]),
        "head": on_one_line(matter["name"], _MOST_IN_HEAD),
        "number": str(finding["number"]),
        "question": _question(matter["question"]),
        "asked": f"{_name(finding['asked_by'])}, {moment(finding['asked_at'])}",
        "issued": f"{_name(document['issued_by'])}, {moment(document['issued_at'])}",
        "issued_parts": list(issued.timetuple()[:6]),
        "software": _name(f"{software['name']} {software['version']}"),
        "time_stamp": printable(document["time_stamp"]),
        "stamped_by": printable(document["stamped_by"]),
        "section_of_custody": str(section_of_custody(document["result"])),
    }


def _question(text: str) -> str:
    shown = printable(text[:_MOST_QUESTION])
    if len(text) <= _MOST_QUESTION:
        return shown
    return f"{shown} [cut at {_MOST_QUESTION} of {len(text)} characters, whole in results.json]"


def _answer(document: Document, likelihood: dict[str, Any]) -> dict[str, Any]:
    result = document["result"]
    return {
        "ratios": likelihood["ratios"],
        "refused": likelihood["refused"],
        "hypotheses": [list(one) for one in hypotheses_of(result)],
        "answers": [printable(one["answer"]) for one in result["teachers"]],
        "against": [printable(one) for one in document["against"]],
        "prompts": str(result["matched_prompts"]),
        "nearness": _nearness(result["matching"]),
    }


def _nearness(matching: dict[str, Any]) -> str:
    """Return how many prompts were matched by nearness; nothing if the plan did not ask for it."""
    if matching["near_prompt"] is None:
        return ""
    return (
        f"{matching['by_text']} of them are the same text in every exhibit, "
        f"{matching['by_nearness']} only nearly so."
    )


def _exhibit(one: dict[str, Any]) -> dict[str, str]:
    return {
        "label": one["label"],
        "role": one["role"],
        "model": _name(one["model"]),
        "party": _name(one["party"]),
        "filename": on_one_line(one["filename"], 255),
        "size": f"{one['size']:,} bytes",
        "sha256": one["sha256"],
        "format": _name(one["format"]),
        "taken": f"{one['taken']:,}",
        "left_out": f"{one['left_out']:,}",
        "received": f"{moment(one['received_at'])}, {_name(one['received_by'])}",
    }


def _method(document: Document) -> dict[str, Any]:
    plan = document["plan"]
    environment = document["software"]["environment"]
    return {
        "parameters": {name: _chosen(name, one) for name, one in plan["parameters"].items()},
        "version": _name(plan["method"]),
        "plan_question": _question(plan["question"]),
        "plan_sha256": document["plan_sha256"],
        "result_sha256": document["result_sha256"],
        "sealed": moment(document["sealed_at"]),
        "asserted": all_printable(asserted_of(plan)),
        "encoder": list(flat(plan["encoder"])),
        "encoder_digest": plan["encoder_digest"],
        "environment": list(flat(environment)),
    }


def _dressed(found: Apart | Ledger | Likenesses | None) -> dict[str, Any] | None:
    printed: dict[str, Any] | None = all_printable(asdict(found)) if found else None
    return printed


def _alternative(one: Alternative) -> dict[str, str]:
    return {name: printable(text) for name, text in asdict(one).items()}


def _custody(document: Document) -> dict[str, Any]:
    printed = [one for one in document["custody"] if one["act"] not in _LOOKS]
    return {
        "problems": [printable(one) for one in document["custody_problems"]],
        "count": str(len(document["custody"])),
        "looks": str(len(document["custody"]) - len(printed)),
        "entries": [
            {
                "number": str(one["number"]),
                "at": moment(one["at"]),
                "actor": _name(one["actor"]),
                "act": _name(one["act"]),
                "facts": list(flat(one["facts"])),
                "seal": one["seal"],
            }
            for one in printed
        ],
    }


def flat(value: Any, name: str = "") -> Iterator[Row]:
    """Yield name and printed value of every leaf of a JSON value, names joined by spaces."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from flat(one, f"{name} {key}".strip())
    elif isinstance(value, list | tuple) and any(isinstance(one, dict | list) for one in value):
        for place, one in enumerate(value, start=1):
            yield from flat(one, f"{name} {place}".strip())
    else:
        yield [on_one_line(name, _MOST_NAME).replace("_", " "), _plain(value)]


def _chosen(name: str, value: Any) -> str:
    if value is None:
        return _NOT_CHOSEN[name]
    return _plain(value)


def _plain(value: Any) -> str:
    """Return a value as it was chosen, not as a measurement."""
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return on_one_line(str(value), _MOST_VALUE)
