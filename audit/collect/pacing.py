"""How fast and how far: requests and tokens over time, retries, and a budget that holds."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import numpy as np

from audit.analysis.errors import TouchstoneError
from audit.collect.bodies import LONGEST_S, seconds_in

MILLION = 1_000_000
_MINUTE_S = 60.0
# Statuses after which the same request may do better, beside the faults of a server.
_PASSING = frozenset({408, 409, 425, 429})
_FAULT = 500
# "Not implemented" and "version not supported" stay so.
_LASTING = frozenset({501, 505})
# After these no request with this key will do better.
_BARRED = frozenset({401, 402, 403})
TOO_MANY = 429


def amount(millionths: int, currency: str) -> str:
    """Return an amount of money, small ones too."""
    digits = f"{millionths / MILLION:,.6f}".rstrip("0")
    whole, _, part = digits.partition(".")
    return f"{whole}.{part.ljust(2, '0')} {currency}".strip()


class OutOfBudgetError(TouchstoneError):
    """One call more could cost more than the plan allows; says which limit it is."""


class Spacing:
    """Lets amounts through at an even rate, without bursts; a rate of 0 lets all through."""

    def __init__(self, rate: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._each_s = 1 / rate if rate else 0.0
        self._now = now
        self._free_at = 0.0

    def take(self, amount: float) -> float:
        """Return for how many seconds an amount has to wait, and keep its place."""
        now = self._now()
        start = max(now, self._free_at)
        self._free_at = start + amount * self._each_s
        return start - now

    def give_back(self, amount: float) -> None:
        """Return what was taken and not used."""
        self._free_at -= amount * self._each_s

    def hold(self, seconds: float) -> None:
        """Let nothing more through for so long."""
        self._free_at = max(self._free_at, self._now() + seconds)


class Pace:
    """Requests a second and tokens a minute, together; 0 is no limit."""

    def __init__(self, requests_per_second: float, tokens_per_minute: int) -> None:
        self._requests = Spacing(requests_per_second)
        self._tokens = Spacing(tokens_per_minute / _MINUTE_S)
        self._holds = 0

    async def turn(self, tokens: int) -> None:
        """Wait for the turn of a request that may take so many tokens.

        Who waits while a provider asks to be left alone goes to the end of the queue.
        """
        holds = -1
        while holds != self._holds:
            holds = self._holds
            wait = max(self._requests.take(1), self._tokens.take(tokens))
            if wait > 0:
                await asyncio.sleep(wait)
            if holds != self._holds:
                self._tokens.give_back(tokens)

    def used(self, expected: int, tokens: int) -> None:
        """Tell how many tokens a request took in the end."""
        self._tokens.give_back(expected - tokens)

    def hold(self, seconds: float) -> None:
        """Let no request go for so long: the provider has asked for that."""
        self._requests.hold(seconds)
        self._holds += 1


@dataclass(frozen=True, slots=True)
class Retrying:
    """Waits between attempts: exponential, with full jitter, never less than was asked for.

    Full jitter is that of Brooker, "Exponential backoff and jitter" (2015).
    """

    most_attempts: int = 6
    first_s: float = 1.0
    longest_s: float = 60.0

    def wait(self, attempt: int, asked_s: float, rng: np.random.Generator) -> float:
        """Return how long to wait after an attempt, counted from 1, that failed."""
        ceiling = min(self.longest_s, self.first_s * 2 ** (attempt - 1))
        return asked_s + float(rng.uniform(0, ceiling))


def is_passing(status: int | None) -> bool:
    """Tell whether a failed request may do better later; None is one without a whole reply."""
    if status is None or status in _PASSING:
        return True
    return status >= _FAULT and status not in _LASTING


def is_barred(status: int | None) -> bool:
    """Tell whether a status says that the key or the account is refused."""
    return status in _BARRED


def asked_to_wait(headers: Iterable[tuple[str, str]], now_s: float) -> float:
    """Return the seconds for which a reply asks to be left alone (RFC 9110, 10.2.3), or 0.

    `now_s` is in seconds since 1970. Some providers say it in milliseconds too, more exactly, and
    some in parts of a second.
    """
    named = {name.lower(): value.strip() for name, value in headers}
    exact = seconds_in(named.get("retry-after-ms", ""))
    if exact is not None:
        return exact / 1000
    said = named.get("retry-after", "")
    plain = seconds_in(said)
    if plain is not None:
        return plain
    try:
        until = parsedate_to_datetime(said).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(0.0, until - now_s), LONGEST_S)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens, in millionths of a unit of a currency."""

    tokens_in: int = 0
    tokens_out: int = 0

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Return what so many tokens cost, in millionths, rounded up."""
        return -(-(tokens_in * self.tokens_in + tokens_out * self.tokens_out) // MILLION)


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens, and money in millionths."""

    tokens: int = 0
    money: int = 0


class Budget:
    """What may be spent; None is no limit. The most a call can take is reserved before it is made.

    So the limits hold whatever is in flight, as long as a provider keeps to the number of tokens
    it was allowed.
    """

    def __init__(self, tokens: int | None, money: int | None, spent: Spent) -> None:
        self._limits = (tokens, money)
        self._spent = [spent.tokens, spent.money]
        self._reserved = [0, 0]

    def reserve(self, most: Spent) -> None:
        """Set aside what a call can take at most; raises OutOfBudgetError if there is not enough.

        What other calls have set aside counts until they are settled.
        """
        wanted = (most.tokens, most.money)
        for place, (limit, name) in enumerate(zip(self._limits, ("tokens", "money"), strict=True)):
            total = self._spent[place] + self._reserved[place] + wanted[place]
            if limit is not None and total > limit:
                raise OutOfBudgetError(_over(name, limit, self._spent[place], wanted[place]))
        self._reserved = [held + more for held, more in zip(self._reserved, wanted, strict=True)]

    def settle(self, most: Spent, spent: Spent) -> None:
        """Put what was spent in the place of what was set aside."""
        for place, (held, gone) in enumerate(
            ((most.tokens, spent.tokens), (most.money, spent.money))
        ):
            self._reserved[place] -= held
            self._spent[place] += gone

    @property
    def in_flight(self) -> bool:
        """Whether something is set aside for calls that are not settled."""
        return self._reserved != [0, 0]


def _over(name: str, limit: int, spent: int, wanted: int) -> str:
    shown = (
        (f"{limit:,} tokens", f"{spent:,}", f"{wanted:,}")
        if name == "tokens"
        else tuple(f"{one / MILLION:.6f}" for one in (limit, spent, wanted))
    )
    return (
        f"The budget of {shown[0]} does not suffice for one call more: {shown[1]} are spent, and"
        f" a call may take {shown[2]}."
    )


def most_tokens_in(*texts: str) -> int:
    """Return a number of tokens that texts surely do not exceed.

    No tokenizer in use makes more tokens than bytes; the frame of a message adds a few.
    """
    return sum(len(text.encode("utf-8", "replace")) + 16 for text in texts if text) + 16
