"""The step on captures: their calls are those of the digest, and time-stamps hold for them."""

from datetime import datetime
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.capture import statement
from audit.analysis.custody import stamps
from audit.analysis.errors import TouchstoneError
from audit.analysis.verifying.exhibits import is_erased
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle, read_json

Row = dict[str, Any]


def captures(bundle: Bundle, found: Found) -> None:
    """Hold every capture against its digest, its plan and its time-stamps."""
    numbers = sorted(map(int, bundle.numbered("captures", layout.CAPTURE)))
    named: set[str] = set()
    stamped = 0
    for number in numbers:
        found.at = layout.capture(number, layout.CAPTURE)
        told = bundle.json(found.at)
        named |= {found.at, told["held"]}
        _hold_calls(bundle, told, found)
        for row in told["stamps"]:
            stamped += 1
            named |= {layout.capture_stamp(number, row["number"], one) for one in ("tsr", "pem")}
            _hold_stamp(bundle, told, row, found)
    for name in sorted(bundle.on_disk):
        if name.startswith("data/captures/") and name not in named:
            found.wrong(name, "no capture names this file")
    found.say(f"{len(numbers)} captures, {stamped} time-stamps on them")
    if stamped and not bundle.trust.roots:
        found.rest_on(
            "the root certificates of the captures' time-stamps are those of the bundle itself"
        )


def _hold_calls(bundle: Bundle, told: Row, found: Found) -> None:
    number, held = told["collection"], told["held"]
    if not held:
        # Of what is under way there is no capture yet.
        reason = not told["sha256"] or _was_erased(bundle, told)
        what = "its calls are not here, and no entry of the ledger erases them"
        found.unless(reason, found.at, what)
        return
    have = (bundle.digests.get(held), bundle.on_disk.get(held))
    what = f"has SHA-256 and size {have}; {(told['sha256'], told['bytes'])} was captured"
    if found.unless(have == (told["sha256"], told["bytes"]), held, what):
        head = read_json(next(bundle.lines(held), b"{}"))
        said = (head["capture"]["collection"], head["plan_digest"], head["capture"]["state"])
        stated = (number, told["plan_sha256"], told["state"])
        found.unless(said == stated, found.at, f"says {stated}; its calls say {said}")


def _was_erased(bundle: Bundle, told: Row) -> bool:
    """Say whether the ledger says that the calls of a capture were erased."""
    labels = {one.facts.get("exhibit") for one in bundle.acts("received") if _is_of(one, told)}
    if any(is_erased(bundle, label) for label in labels if label):
        return True
    return any(told["sha256"] in one.facts["captures"] for one in bundle.acts("answers erased"))


def _is_of(entry: Any, told: Row) -> bool:
    return bool(entry.facts.get("sha256") == told["sha256"])


def _hold_stamp(bundle: Bundle, told: Row, row: Row, found: Found) -> None:
    """Hold a stamp for its capture at its own time, by an authority that is trusted."""
    name = layout.capture_stamp(told["collection"], row["number"], "tsr")
    pem = bundle.path(layout.capture_stamp(told["collection"], row["number"], "pem")).read_bytes()
    roots = bundle.trust.roots if row["independent"] else b""
    trusted = stamps.trusted_from(roots) if roots else stamps.trusted_from(pem)[-1:]
    message = statement(told["plan_sha256"], told["sha256"])
    try:
        stamp = stamps.checked(bundle.path(name).read_bytes(), message, trusted, nonce=None)
    except TouchstoneError as error:
        found.wrong(name, str(error))
        return
    stated = (row["authority"], datetime.fromisoformat(row["at"]))
    what = f"is of {stamp.authority} at {stamp.time}; the bundle says {stated[0]} at {stated[1]}"
    found.unless((stamp.authority, stamp.time) == stated, name, what)
