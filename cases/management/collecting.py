"""What `manage.py collect` is told of a plan: where, by whose leave, what, and how far."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import CommandError, CommandParser

from audit.analysis import battery
from audit.analysis.errors import UnreadableSourceError
from audit.collect.pacing import MILLION, Prices
from audit.collect.prompts import prompts_of
from audit.collect.providers import PROVIDERS
from audit.models import Endpoint
from audit.services import collections

# A file of prompts that is larger holds more than a plan may.
_MOST_BYTES = 64 * 1024 * 1024
_EXTRA = (
    'more fields of the body; null takes one out, as in {"max_tokens": null,'
    ' "max_completion_tokens": 1024}'
)
CONFIRMS = "that this endpoint may be asked, on this basis, and that its terms allow the probe"


def add_endpoint(parser: CommandParser) -> None:
    """Declare where a model is asked and by whose leave."""
    where = parser.add_argument_group("where")
    where.add_argument("--endpoint", default="", metavar="URL", help="the base address of the API")
    where.add_argument("--api", choices=list(PROVIDERS), default="chat_completions")
    where.add_argument("--model", default="")
    where.add_argument("--key", default="", metavar="NAME", help="the name of the key, never it")
    where.add_argument("--price-in", default="0", metavar="P", help="of a million tokens")
    where.add_argument("--price-out", default="0", metavar="P")
    where.add_argument("--currency", default="", metavar="EUR")
    leave = parser.add_argument_group("by whose leave", f"whoever is named confirms {CONFIRMS}")
    leave.add_argument("--authorised-by", default="", metavar="NAME")
    leave.add_argument("--basis", default="", metavar="TEXT", help="the legal basis")


def add_plan(parser: CommandParser) -> None:
    """Declare what is asked."""
    plan = parser.add_argument_group("what", "sealed before the first call")
    plan.add_argument("--repeats", type=int, default=1)
    plan.add_argument("--system", default="", metavar="TEXT")
    plan.add_argument("--temperature", type=float)
    plan.add_argument("--seed", type=int)
    plan.add_argument("--max-tokens", type=int, default=1024)
    plan.add_argument("--extra", default="{}", metavar="JSON", help=_EXTRA)


def add_limits(parser: CommandParser) -> None:
    """Declare how fast, how stubbornly and for how much."""
    limits = parser.add_argument_group("how fast and how far")
    limits.add_argument("--estimate", action="store_true", help="only say what it would take")
    limits.add_argument("--rate", type=float, default=1.0, help="requests a second; 0: no limit")
    limits.add_argument("--tokens-per-minute", type=int, default=0)
    limits.add_argument("--at-once", type=int, default=4)
    limits.add_argument("--attempts", type=int, default=6)
    limits.add_argument("--budget-money", metavar="M", help="in the currency of the prices")
    limits.add_argument("--budget-tokens", type=int)


def endpoint_of(options: dict[str, Any]) -> Endpoint:
    """Return the endpoint that is named."""
    if not options["endpoint"] or not options["model"]:
        raise CommandError("Name the endpoint and the model: --endpoint URL --model NAME.")
    return collections.endpoint(
        options["api"],
        options["endpoint"],
        options["model"],
        key_name=options["key"],
        prices=Prices(_millionths(options["price_in"]), _millionths(options["price_out"])),
        currency=options["currency"],
    )


def plan_of(options: dict[str, Any], endpoint: Endpoint) -> collections.Plan:
    """Return the plan that is to be sealed."""
    prompts, named = _prompts(options)
    money = options["budget_money"]
    return collections.Plan(
        kind=endpoint.kind,
        url=endpoint.url,
        model=endpoint.model,
        prompts=prompts,
        battery=named,
        repeats=options["repeats"],
        system=options["system"],
        temperature=options["temperature"],
        seed=options["seed"],
        max_tokens=options["max_tokens"],
        extra=_extra(options["extra"]),
        prices=Prices(endpoint.price_in, endpoint.price_out),
        currency=endpoint.currency,
        limits=collections.Limits(
            requests_per_second=options["rate"],
            tokens_per_minute=options["tokens_per_minute"],
            concurrency=options["at_once"],
            most_attempts=options["attempts"],
            tokens=options["budget_tokens"],
            money=None if money is None else _millionths(money),
        ),
    )


def _prompts(options: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    """Return the prompts, and the version and digest of the battery if they are of it."""
    path: Path | None = options["prompts"]
    if path is None:
        chosen = battery.choose(options["battery"] or None, rng=np.random.default_rng(1))
        named = f"battery version {battery.VERSION}, digest {battery.digest()}"
        return tuple(one.text for one in chosen), named
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
    except OSError as error:
        raise UnreadableSourceError(
            str(path), "whole file", f"it cannot be read ({error.strerror})", "Give another path"
        ) from error
    return prompts_of(path.name, data), ""


def _extra(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CommandError('What is extra is no JSON object: give one such as {"top_p": 0.9}.')
    return found


def _millionths(text: str) -> int:
    try:
        return int((Decimal(text) * MILLION).to_integral_exact())
    except (InvalidOperation, OverflowError, ValueError):
        raise CommandError(
            f"{text!r} is no amount of money: give a number such as 2.50."
        ) from None
