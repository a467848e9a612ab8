"""Collections for the tests: plans on a local provider, started and carried out."""

from collections.abc import Sequence
from typing import Any

from audit.collect.pacing import Prices
from audit.collect.plan import Limits, Plan
from audit.models import Call, Collection, Endpoint
from audit.services import collections
from tests.provider import MODEL, Playing

QUICK = Limits(requests_per_second=0, concurrency=4, first_wait_s=0.01, within_s=20)
PRICES = Prices(1_000_000, 2_000_000)


def prompts(count: int) -> tuple[str, ...]:
    return tuple(f"Question {number}: what of it?" for number in range(count))


def asked(playing: Playing, key_name: str = "") -> Endpoint:
    return collections.endpoint(
        "chat_completions", playing.url, MODEL, key_name=key_name, prices=PRICES, currency="EUR"
    )


def plan(playing: Playing, of: int | Sequence[str] = 6, **more: Any) -> Plan:
    given = prompts(of) if isinstance(of, int) else tuple(of)
    more = {"limits": QUICK, "seed": 7, "max_tokens": 50, "prices": PRICES, **more}
    return Plan("chat_completions", playing.url, MODEL, given, **more)


def started(playing: Playing, of: int | Sequence[str] = 6, **more: Any) -> Collection:
    endpoint = asked(playing, more.pop("key_name", ""))
    if not endpoint.authorisations.exists():
        collections.authorise(endpoint, confirmed_by="Ann Other", basis="our own endpoint")
    return collections.start(endpoint, plan(playing, of, **more))


def carried_out(collection: Collection) -> Collection:
    collections.carry_out(collection)
    collection.refresh_from_db()
    return collection


def collected(playing: Playing, of: int | Sequence[str] = 6, **more: Any) -> Collection:
    return carried_out(started(playing, of, **more))


def calls(collection: Collection) -> list[Call]:
    return list(collection.calls.order_by("repeat", "prompt", "attempt"))


def states(collection: Collection) -> list[str]:
    return [call.state for call in calls(collection)]
