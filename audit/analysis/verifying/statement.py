"""Steps on what describes the bundle: what was made of what, signed; and the crate."""

import base64
import json
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.bundling.statement import PAYLOAD_TYPE, STATEMENT_TYPE, signed_bytes
from audit.analysis.custody.notes import VerifierKey
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying.filings import papers_there
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle


def statement(bundle: Bundle, found: Found) -> None:
    """Hold the signed in-toto statement against the files that it names."""
    found.at = layout.STATEMENT
    value = _opened(bundle.json(layout.STATEMENT), bundle.key)
    found.unless(value["_type"] == STATEMENT_TYPE, found.at, "is no in-toto statement")
    made = {one["name"]: one["digest"]["sha256"] for one in value["subject"]}
    used = {
        one["name"]: one["digest"]["sha256"]
        for each in value["predicate"]["made"]
        for one in each["from"]
    }
    for name, sha256 in (made | used).items():
        have = bundle.digests.get(name)
        what = f"has SHA-256 {have or '(missing)'}; the statement says {sha256}"
        found.unless(have == sha256, name, what)
    due = {name for name in bundle.on_disk if name.endswith(("/result.json", "/report.pdf"))}
    due |= {name for one in papers_there(bundle).values() for name in one}
    for name in sorted(due - made.keys()):
        found.wrong(name, "the statement does not say what it was made from")
    found.say(f"{len(made)} files made from {len(used)}")


def _opened(envelope: dict[str, Any], key: VerifierKey) -> dict[str, Any]:
    """Return the statement of a DSSE envelope that the key signed; raises IntegrityError."""
    body = base64.b64decode(envelope["payload"], validate=True)
    signatures = [base64.b64decode(one["sig"], validate=True) for one in envelope["signatures"]]
    data = signed_bytes(envelope["payloadType"], body)
    if envelope["payloadType"] != PAYLOAD_TYPE or not any(
        key.has_signed(data, one) for one in signatures
    ):
        raise IntegrityError("The statement is not signed by the bundle's key.")
    value: dict[str, Any] = json.loads(body)
    return value


def crate(bundle: Bundle, found: Found) -> None:
    """Hold the list of the RO-Crate against the payload, both ways."""
    found.at = layout.CRATE
    entities = {one["@id"]: one for one in bundle.json(layout.CRATE)["@graph"]}
    named = {f"{layout.PAYLOAD}{one['@id']}" for one in entities["./"]["hasPart"]}
    there = {name for name in bundle.on_disk if name.startswith(layout.PAYLOAD)}
    for name in sorted(there - named - {layout.CRATE}):
        found.wrong(name, f"{layout.CRATE} does not describe this file")
    for name in sorted(named - there):
        found.wrong(name, f"{layout.CRATE} describes this file, and it is missing")
    for name in sorted(named & there):
        told = entities[name.removeprefix(layout.PAYLOAD)].get("sha256")
        what = f"{layout.CRATE} gives it SHA-256 {told}, and it has {bundle.digests[name]}"
        found.unless(told == bundle.digests[name], name, what)
    found.say(f"{len(named)} files described")
