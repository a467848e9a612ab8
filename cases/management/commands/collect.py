"""`manage.py collect`: put prompts to a model and keep every call, without the web page."""

import getpass
import json
import os
import shutil
import sys
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis import battery
from audit.analysis.errors import TouchstoneError, UnreadableSourceError
from audit.collect.pacing import MILLION, Prices
from audit.collect.prompts import prompts_of
from audit.collect.providers import PROVIDERS
from audit.models import Collection, Endpoint
from audit.services import collections, keys
from audit.services.sources import store
from cases.site import preflight

# A file of prompts that is larger holds more than a plan may.
_MOST_BYTES = 64 * 1024 * 1024
_EXTRA = (
    'more fields of the body; null takes one out, as in {"max_tokens": null,'
    ' "max_completion_tokens": 1024}'
)
_CONFIRMS = "that this endpoint may be asked, on this basis, and that its terms allow the probe"


class Command(BaseCommand):
    """Ask, go on asking, or close; also keeps keys and lists models."""

    help = "Put prompts to a model behind an API, keep every call, and write them as a capture."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what a plan is made of, and what else can be done."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--battery", type=int, nargs="?", const=0, metavar="N",
                          help="ask N prompts of the battery; without N, all")  # fmt: skip
        what.add_argument("--prompts", type=Path, metavar="FILE", help=".txt or .jsonl")
        what.add_argument("--resume", type=int, metavar="NUMBER", help="go on with a collection")
        what.add_argument("--stop", type=int, metavar="NUMBER", help="close one with what it has")
        what.add_argument("--list-models", action="store_true")
        what.add_argument("--keep-key", metavar="NAME", help="keep a key, read from the terminal")
        parser.add_argument(
            "--out", type=Path, metavar="FILE.jsonl", help="where the capture goes"
        )
        _add_endpoint(parser)
        _add_plan(parser)
        _add_limits(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Do the one thing asked for; a refusal is one sentence and exit status 1."""
        preflight.make_ready()
        try:
            if options["keep_key"]:
                self._keep_key(options["keep_key"])
            elif options["list_models"]:
                self._list(_endpoint(options))
            else:
                self._collect(options)
        except TouchstoneError as error:
            raise CommandError(str(error)) from error

    def _keep_key(self, name: str) -> None:
        keys.check_name(name)
        given = getpass.getpass("key: ") if sys.stdin.isatty() else sys.stdin.readline()
        keys.keep(name, given.strip())
        self.stdout.write(f"The key {name} is kept, encrypted.")

    def _list(self, endpoint: Endpoint) -> None:
        for one in collections.listed(endpoint):
            self.stdout.write("  ".join(part for part in (one.name, one.made, one.digest) if part))

    def _collect(self, options: dict[str, Any]) -> None:
        _require_free(options["out"])
        number = options["resume"] or options["stop"]
        collection = _found(number) if number else self._started(options)
        if collection is None:
            return
        if options["resume"] and not collections.resume(collection):
            collection.refresh_from_db()
        if options["stop"]:
            collections.stop(collection)
        self._carry_out(collection)
        self._tell(collection, options["out"])

    def _started(self, options: dict[str, Any]) -> Collection | None:
        """Say what a plan takes, and seal it unless only that was wanted."""
        endpoint = _endpoint(options)
        plan = _plan(options, endpoint)
        self.stdout.write(collections.estimate(plan).in_words(plan.currency))
        if options["estimate"]:
            return None
        if options["authorised_by"]:
            collections.authorise(
                endpoint, confirmed_by=options["authorised_by"], basis=options["basis"]
            )
            self.stdout.write(f"{options['authorised_by']} confirms {_CONFIRMS}.")
        collection = collections.start(endpoint, plan)
        self.stdout.write(f"collection {collection.pk}, plan {collection.plan_digest}")
        return collection

    def _carry_out(self, collection: Collection) -> None:
        try:
            collections.carry_out(collection, self._progress)
        except KeyboardInterrupt:
            raise CommandError(
                f"Collection {collection.pk} was broken off; nothing is lost. Go on with"
                f" --resume {collection.pk}, or close it with --stop {collection.pk}."
            ) from None
        collection.refresh_from_db()

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done:,} of {total:,}")
        self.stdout.flush()

    def _tell(self, collection: Collection, out: Path | None) -> None:
        counts = collections.counts(collection)
        told = ", ".join(f"{count:,} {state}" for state, count in counts.items()) or "none"
        self.stdout.write(f"calls: {told}")
        if not collection.capture_sha256:
            why = collection.problem or "another process is at it, or was killed a moment ago."
            raise CommandError(f"Collection {collection.pk} is {collection.state}: {why}")
        if collection.problem:
            self.stdout.write(collection.problem)
        if out is not None:
            _write(collection, out)
            self.stdout.write(f"capture  {out}")
        self.stdout.write(f"SHA-256  {collection.capture_sha256}")


def _add_endpoint(parser: CommandParser) -> None:
    where = parser.add_argument_group("where")
    where.add_argument("--endpoint", default="", metavar="URL", help="the base address of the API")
    where.add_argument("--api", choices=list(PROVIDERS), default="chat_completions")
    where.add_argument("--model", default="")
    where.add_argument("--key", default="", metavar="NAME", help="the name of the key, never it")
    where.add_argument("--price-in", default="0", metavar="P", help="of a million tokens")
    where.add_argument("--price-out", default="0", metavar="P")
    where.add_argument("--currency", default="", metavar="EUR")
    leave = parser.add_argument_group("by whose leave", f"whoever is named confirms {_CONFIRMS}")
    leave.add_argument("--authorised-by", default="", metavar="NAME")
    leave.add_argument("--basis", default="", metavar="TEXT", help="the legal basis")


def _add_plan(parser: CommandParser) -> None:
    plan = parser.add_argument_group("what", "sealed before the first call")
    plan.add_argument("--repeats", type=int, default=1)
    plan.add_argument("--system", default="", metavar="TEXT")
    plan.add_argument("--temperature", type=float)
    plan.add_argument("--seed", type=int)
    plan.add_argument("--max-tokens", type=int, default=1024)
    plan.add_argument("--extra", default="{}", metavar="JSON", help=_EXTRA)


def _add_limits(parser: CommandParser) -> None:
    limits = parser.add_argument_group("how fast and how far")
    limits.add_argument("--estimate", action="store_true", help="only say what it would take")
    limits.add_argument("--rate", type=float, default=1.0, help="requests a second; 0: no limit")
    limits.add_argument("--tokens-per-minute", type=int, default=0)
    limits.add_argument("--at-once", type=int, default=4)
    limits.add_argument("--attempts", type=int, default=6)
    limits.add_argument("--budget-money", metavar="M", help="in the currency of the prices")
    limits.add_argument("--budget-tokens", type=int)


def _endpoint(options: dict[str, Any]) -> Endpoint:
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


def _plan(options: dict[str, Any], endpoint: Endpoint) -> collections.Plan:
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


def _found(number: int) -> Collection:
    found = Collection.objects.select_related("endpoint").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no collection {number}.")
    return found


def _require_free(out: Path | None) -> None:
    """Refuse before the work what could not be written after it."""
    if out is None:
        return
    if out.exists():
        raise CommandError(f"{out}: this is there already and was left as it is. Give another.")
    if not out.absolute().parent.is_dir() or not os.access(out.absolute().parent, os.W_OK):
        raise CommandError(f"{out}: nothing can be written there. Give --out another folder.")


def _write(collection: Collection, out: Path) -> None:
    """Copy the capture to its place, under another name until it is whole."""
    with (
        store().open(collection.capture_sha256) as source,
        tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=".capture-") as folder,
    ):
        part = Path(folder) / out.name
        with part.open("wb") as target:
            shutil.copyfileobj(source, target)
        part.replace(out)
