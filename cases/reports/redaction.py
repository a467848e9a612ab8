"""A frozen document with passages taken out, to be printed again: the origin is left as it is.

A mark stands for each passage and tells nothing of its length. What would tell of it otherwise
goes too: counts of characters, the part after the cut of a long answer, the salt, and every digest
that was taken over a redacted text, since whoever has one can find a short passage by trying.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cases.reports.covering import Pen, RedactionError, pattern_of
from cases.reports.folding import fold

Document = dict[str, Any]

LEAST = 3
MOST = 50
WITHHELD = "[withheld digest]"
# Where an answer is cut that a passage was taken out of: else its end would tell the length.
KEPT = 1000
_REST = " [the rest of this answer is left out of the redacted version]"
_DIGEST = re.compile("[0-9a-f]{64}")
# Facts of the ledger that are digests of plans and results.
_OF_PLANS = ("plan", "plan_before", "result")
_FIRST = (
    "This version is redacted. The steps below need the original report, whose results.json is "
    "not attached here; digests in it may stand for texts that are redacted here."
)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is taken out, a text or the whole text of the field at a path; and the ground."""

    ground: str
    text: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """The number of a redacted version, when it is made, and from what, with its digests."""

    number: int
    at: str
    made_from: str
    report_sha256: str
    results_sha256: str


def texts_of(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Return the text of each passage; raises RedactionError for one that cannot be taken out."""
    if not 0 < len(passages) <= MOST:
        raise RedactionError(f"Give 1 to {MOST} passages.")
    found = [
        _text_of(document, one, number) if one.path else one.text
        for number, one in enumerate(passages, start=1)
    ]
    folded = [fold(one) for one in found]
    for number, one in enumerate(folded, start=1):
        _require_possible(number, one)
    for number, passage in enumerate(passages, start=1):
        if any(each in fold(passage.ground) for each in folded):
            raise RedactionError(
                f"The ground of passage {number} holds a passage itself. Word it otherwise."
            )
    return found


def _require_possible(number: int, folded: str) -> None:
    if len(folded) < LEAST:
        raise RedactionError(
            f"Passage {number} has fewer than {LEAST} characters that can be seen. Give more of "
            "the text around it."
        )
    if any(folded in fold(one) for one in (pattern_of(number), WITHHELD, _REST)):
        raise RedactionError(
            f"Passage {number} is part of the mark that stands for a redaction. Give more of the "
            "text around it."
        )


def _text_of(document: Document, passage: Passage, number: int) -> str:
    value: Any = document
    try:
        for step in passage.path.split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (LookupError, TypeError, ValueError):
        value = None
    if not isinstance(value, str):
        raise RedactionError(
            f"Passage {number}: results.json has no text at {passage.path}. Write the path as in "
            "exhibits.0.filename, counted from 0."
        )
    return value


def redacted(document: Document, passages: Sequence[Passage], made: Made) -> Document:
    """Return the document without the passages; raises RedactionError if that cannot be."""
    pen = Pen([fold(one) for one in texts_of(document, passages)])
    shown = {name: one for name, one in document.items() if name not in ("salt", "redaction")}
    new: Document = pen.document(shown)
    for number, places in enumerate(pen.counts, start=1):
        if not places:
            raise RedactionError(
                f"Passage {number} stands nowhere in the report. Copy it from results.json."
            )
    _shorten(new["result"]["pairs"], shown["result"]["pairs"])
    new, digests = _without_digests(shown, new)
    new["reproduce"] = [{"step": _FIRST, "command": ""}, *new["reproduce"]]
    grounds = [
        {"number": number, "ground": one.ground, "places": pen.counts[number - 1]}
        for number, one in enumerate(passages, start=1)
    ]
    return new | {
        "redaction": {
            "number": made.number,
            "at": made.at,
            "passages": grounds,
            "withheld_digests": len(digests),
            "origin": _origin(document, made),
        }
    }


def _origin(document: Document, made: Made) -> dict[str, str]:
    """Return what is said of the origin; its digests only where its salt keeps them safe."""
    salted = bool(document.get("salt"))
    return {
        "name": made.made_from,
        "issued_at": document["issued_at"],
        "report_sha256": made.report_sha256 if salted else "",
        "results_sha256": made.results_sha256 if salted else "",
    }


def _shorten(new: list[Document], old: list[Document]) -> None:
    """Let no count of characters and no cut tell how long a passage was."""
    for pair, before in zip(new, old, strict=True):
        for side in ("suspect", "teacher"):
            answer = pair[f"{side}_answer"]
            if answer == before[f"{side}_answer"]:
                continue
            is_cut = before[f"{side}_characters"] > len(before[f"{side}_answer"])
            if is_cut:
                answer = answer[:KEPT] + _REST
            pair[f"{side}_answer"], pair[f"{side}_characters"] = answer, len(answer)


def _without_digests(old: Document, new: Document) -> tuple[Document, set[str]]:
    """Withhold digests until none is left over what is withheld: some cover others."""
    withheld: set[str] = set()
    while more := guessable(old, new) - withheld:
        withheld |= more
        new = _withheld(new, more)
    return _without_notes(old, new), withheld


def guessable(old: Document, new: Document) -> set[str]:
    """Return the digests taken over what was redacted: a short passage is found by trying them."""
    found = _of_clauses(old, new)
    if old["plan"] != new["plan"]:
        found.add(old["plan_sha256"])
    if old["plan"]["encoder"] != new["plan"]["encoder"]:
        found.add(old["plan"]["encoder_digest"])
    if old["result"] != new["result"]:
        found.add(old["result_sha256"])
    if old["plan"] != new["plan"] or old["result"] != new["result"]:
        facts = [one["facts"] for one in old["custody"]]
        found |= {one[name] for one in facts for name in _OF_PLANS if _is_digest(one.get(name))}
    return found | set(_seals(old, new))


def _of_clauses(old: Document, new: Document) -> set[str]:
    """Return the digests of the clauses of a filing that were redacted."""
    if old["filing"] is None:
        return set()
    pairs = zip(old["filing"]["clauses"], new["filing"]["clauses"], strict=True)
    return {one["sha256"] for one, after in pairs if one["text"] != after["text"]}


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _seals(old: Document, new: Document) -> Iterable[str]:
    """Return the seals from the first redacted entry on: each covers the one before it."""
    return (one["seal"] for one in old["custody"][_first(old, new) :])


def _first(old: Document, new: Document) -> int:
    changed = (place for place, one in enumerate(old["custody"]) if one != new["custody"][place])
    return next(changed, len(old["custody"]))


def _without_notes(old: Document, new: Document) -> Document:
    """Withhold each checkpoint over a redacted entry: its root is a digest of the seals."""
    first = _first(old, new)
    for name in ("checkpoint", "plan_checkpoint"):
        if new[name] is not None and new[name]["size"] > first:
            new[name] = new[name] | {"note": WITHHELD}
    return new


def _withheld(value: Any, digests: set[str]) -> Any:
    if isinstance(value, str):
        return _DIGEST.sub(
            lambda found: WITHHELD if found.group() in digests else found.group(), value
        )
    if isinstance(value, dict):
        return {key: _withheld(one, digests) for key, one in value.items()}
    if isinstance(value, list):
        return [_withheld(one, digests) for one in value]
    return value
