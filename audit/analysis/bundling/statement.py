"""What was made from what, as a signed in-toto statement (Statement v1 in a DSSE envelope)."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.analysis.custody.notes import SigningKey
from audit.analysis.digests import canonical_json

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:touchstone:predicate:audit/1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Made:
    """What one finding made, from what: SHA-256 by path in the bundle; and what computed it."""

    finding: int
    made: dict[str, str]
    used: dict[str, str]
    plan_sha256: str
    sealed_at: str
    finished_at: str
    environment: dict[str, Any] | None


def statement_of(everything: Iterable[Made], version: str) -> dict[str, Any]:
    """Return the statement: its subjects are all that was made, its predicate says of what."""
    rows = list(everything)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [one for row in rows for one in _named(row.made)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "tool": {"name": "Touchstone", "version": version},
            "made": [
                {
                    "finding": row.finding,
                    "plan_sha256": row.plan_sha256,
                    "sealed_at": row.sealed_at,
                    "finished_at": row.finished_at,
                    "environment": row.environment,
                    "from": _named(row.used),
                    "subjects": sorted(row.made),
                }
                for row in rows
            ],
        },
    }


def enveloped(statement: dict[str, Any], key: SigningKey) -> dict[str, Any]:
    """Return the statement in an envelope (DSSE) that the key signed."""
    body = canonical_json(statement)
    signature = key.sign(signed_bytes(PAYLOAD_TYPE, body))
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(body).decode(),
        "signatures": [{"keyid": str(key.verifier), "sig": base64.b64encode(signature).decode()}],
    }


def signed_bytes(kind: str, body: bytes) -> bytes:
    """Return what is signed in an envelope: its pre-authentication encoding (DSSE, version 1)."""
    name = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)


def _named(digests: dict[str, str]) -> list[dict[str, Any]]:
    return [{"name": path, "digest": {"sha256": digests[path]}} for path in sorted(digests)]
