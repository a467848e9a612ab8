"""The calls of a collection as one file: the same rows give the same bytes, whenever."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from audit.analysis.capture import encoded
from audit.analysis.digests import canonical_json
from audit.collect.plan import Plan
from audit.models import Authorisation, Call, Certificate, Collection
from audit.services.sources import store

VERSION = 1
# Rows that are held at once, each with the bytes of its request and its response.
_GROUP = 100


def write(collection: Collection) -> None:
    """Write the capture of an ended collection into the store; twice comes to the same."""
    kept = store().put(line + b"\n" for line in lines(collection))
    Collection.objects.filter(pk=collection.pk, capture_sha256="").update(
        capture_sha256=kept.sha256, capture_size=kept.size
    )
    collection.refresh_from_db()


def lines(collection: Collection) -> Iterator[bytes]:
    """Yield the line of the plan, and then a line for each call, in the order of the plan."""
    yield canonical_json(_head(collection))
    calls = collection.calls.select_related("sitting")
    for call in calls.order_by("repeat", "prompt", "attempt").iterator(_GROUP):
        yield canonical_json(_line(call))


def _head(collection: Collection) -> dict[str, Any]:
    return {
        "capture": {
            "version": VERSION,
            "collection": collection.pk,
            "sealed_at": collection.sealed_at.isoformat(),
            "ended_at": collection.ended_at.isoformat() if collection.ended_at else None,
            "state": collection.state,
            "problem": collection.problem,
        },
        "plan": collection.plan,
        "plan_digest": collection.plan_digest,
        "authorisation": authorised(collection.authorisation),
        "key_name": collection.endpoint.key_name,
        "sittings": [
            {"number": one.number, "began_at": one.began_at.isoformat(), **one.facts}
            for one in collection.sittings.order_by("number")
        ],
        "calls": counts(collection),
        "missing": missing(collection),
        "certificates": _certificates(collection),
    }


def authorised(given: Authorisation) -> dict[str, Any]:
    """Return an authorisation as it stands in a capture."""
    return {
        "confirmed_by": given.confirmed_by,
        "basis": given.basis,
        "terms_allow": given.terms_allow,
        "at": given.at.isoformat(),
        "until": given.until.isoformat() if given.until else None,
    }


def counts(collection: Collection) -> dict[str, int]:
    """Return how many calls are in each state."""
    rows = collection.calls.values("state").annotate(count=Count("pk")).order_by("state")
    return {row["state"]: row["count"] for row in rows}


def missing(collection: Collection) -> list[list[int]]:
    """Return prompt and repeat of each question that has neither an answer nor a refusal."""
    has = Call.State.ANSWERED, Call.State.REFUSED
    found = collection.calls.filter(state__in=has).values_list("prompt", "repeat")
    done = set(found.iterator())
    questions = Plan.from_dict(collection.plan).questions()
    asked = ((one.prompt, one.repeat) for one in questions)
    return [list(pair) for pair in asked if pair not in done]


def _certificates(collection: Collection) -> dict[str, str]:
    """Return every certificate that a call of the collection names."""
    named: set[str] = set()
    chains = collection.calls.values_list("facts__connection__tls__chain", flat=True)
    for chain in chains.distinct():
        named.update(chain or [])
    rows = Certificate.objects.filter(sha256__in=named).order_by("sha256")
    return {row.sha256: encoded(bytes(row.der)) for row in rows}


def _line(call: Call) -> dict[str, Any]:
    request, response = call.facts["request"], call.facts.get("response")
    if response is not None:
        response = {**response, "body": encoded(bytes(call.response or b""))}
    beside = {k: v for k, v in call.facts.items() if k not in ("request", "response")}
    return {
        "call": {
            "prompt": call.prompt,
            "repeat": call.repeat,
            "attempt": call.attempt,
            "state": call.state,
            "problem": call.problem,
            "model": call.facts.get("served", {}).get("model", ""),
            "sitting": call.sitting.number,
            "tokens_in": call.tokens_in,
            "tokens_out": call.tokens_out,
            "charged_tokens": call.tokens,
            "charged_money": call.cost,
            "charge_assumed": call.assumed,
            "started_at": call.started_at.isoformat(),
            "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        },
        "request": {**request, "body": encoded(bytes(call.request))},
        "response": response,
        "facts": beside,
    }
