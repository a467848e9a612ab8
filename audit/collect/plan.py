"""What is to be asked, how often and how far: sealed by its digest before the first call."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from audit.analysis.digests import digest_of
from audit.analysis.errors import WrongSettingError
from audit.analysis.text import is_storable
from audit.collect.pacing import MILLION, Prices, Retrying, Spent, most_tokens_in
from audit.collect.providers import provider_of
from audit.collect.values import Ask

MOST_PROMPTS = 10_000
MOST_CALLS = 100_000
# Characters; a prompt that is longer would not be read back from a capture.
MOST_PROMPT = 200_000
MOST_CONCURRENCY = 200
# What the plan itself says, or what would make of one question several, or of its answer a stream.
_OF_THE_PLAN = frozenset({
    "model", "messages", "input", "instructions", "contents", "systemInstruction", "system",
    "temperature", "seed", "options", "generationConfig", "n", "stream", "store",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast, how stubbornly and for how much; `money` is in millionths, None is no limit."""

    requests_per_second: float = 1.0
    tokens_per_minute: int = 0
    concurrency: int = 4
    most_attempts: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    within_s: float = 120.0
    tokens: int | None = None
    money: int | None = None

    def retrying(self) -> Retrying:
        """Return how attempts are spaced."""
        return Retrying(self.most_attempts, self.first_wait_s, self.longest_wait_s)


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt of a plan, asked once: both are places counted from 0."""

    prompt: int
    repeat: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it; raises WrongSettingError for what could not be carried out as it says.

    With a seed, repeat r is asked with seed + r: one seed for all would ask one thing many times.
    """

    kind: str
    url: str
    model: str
    prompts: tuple[str, ...]
    battery: str = ""
    repeats: int = 1
    system: str = ""
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int = 1024
    extra: Mapping[str, Any] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    currency: str = ""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse what would fail, or mean another thing, only once calls are made."""
        _require(*_on_prompts(self), *_on_asking(self), *_on_limits(self))

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as the JSON whose digest seals it."""
        return {**asdict(self), "prompts": list(self.prompts), "extra": dict(self.extra)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the plan that `as_dict` gave."""
        parts = {
            "prompts": tuple(value["prompts"]),
            "prices": Prices(**value["prices"]),
            "limits": Limits(**value["limits"]),
        }
        return cls(**{**value, **parts})

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON of the plan."""
        return digest_of(self.as_dict())

    def questions(self) -> Iterator[Question]:
        """Yield every question, the whole list of prompts once for each repeat."""
        for repeat in range(self.repeats):
            for prompt in range(len(self.prompts)):
                yield Question(prompt, repeat)

    def ask(self, question: Question) -> Ask:
        """Return what a question says."""
        seed = None if self.seed is None else self.seed + question.repeat
        prompt = self.prompts[question.prompt]
        return Ask(prompt, self.system, self.temperature, seed, self.max_tokens, self.extra)

    def most(self, question: Question) -> Spent:
        """Return what one call can take at most, as long as the provider keeps to max_tokens."""
        tokens_in = most_tokens_in(self.prompts[question.prompt], self.system)
        money = self.prices.cost(tokens_in, self.max_tokens)
        return Spent(tokens_in + self.max_tokens, money)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan takes: at most, if every call succeeds at once; and at least, in time."""

    calls: int
    tokens_in: int
    tokens_out: int
    money: int
    seconds: float

    def in_words(self, currency: str) -> str:
        """Return it in one sentence."""
        money = f"{self.money / MILLION:,.2f} {currency or 'of no named currency'}"
        return (
            f"{self.calls:,} calls; at most {self.tokens_in:,} tokens in and {self.tokens_out:,}"
            f" out, {money}; at least {self.seconds:,.0f} seconds. Attempts that fail and are"
            " made again come on top, as far as the provider charges for them."
        )


def estimate(plan: Plan) -> Estimate:
    """Return what a plan takes, before the first call."""
    tokens_in = plan.repeats * sum(most_tokens_in(one, plan.system) for one in plan.prompts)
    calls = plan.repeats * len(plan.prompts)
    tokens_out = calls * plan.max_tokens
    rate = plan.limits.requests_per_second
    return Estimate(
        calls,
        tokens_in,
        tokens_out,
        plan.prices.cost(tokens_in, tokens_out),
        (calls - 1) / rate if rate else 0.0,
    )


Rule = tuple[bool, str]


def _require(*rules: Rule) -> None:
    for holds, sentence in rules:
        if not holds:
            raise WrongSettingError(sentence)


def _on_prompts(plan: Plan) -> tuple[Rule, ...]:
    calls = plan.repeats * len(plan.prompts)
    fitting = all(one.strip() and is_storable(one) for one in plan.prompts)
    longest = max(map(len, (*plan.prompts, plan.system)), default=0)
    return (
        (0 < len(plan.prompts) <= MOST_PROMPTS, f"Ask from 1 to {MOST_PROMPTS:,} prompts."),
        (fitting, "A prompt is empty, or holds a character that no text has: leave it out."),
        (longest <= MOST_PROMPT, f"A prompt has more than {MOST_PROMPT:,} characters."),
        (len(set(plan.prompts)) == len(plan.prompts), "A prompt stands twice: use repeats."),
        (0 < calls <= MOST_CALLS, f"Prompts times repeats are from 1 to {MOST_CALLS:,}."),
    )


def _on_asking(plan: Plan) -> tuple[Rule, ...]:
    spoken = provider_of(plan.kind)
    warm = plan.temperature is None or (math.isfinite(plan.temperature) and plan.temperature >= 0)
    return (
        (warm, f"The temperature is {plan.temperature}: give a number from 0 up."),
        (plan.max_tokens > 0, "An answer is allowed no token: give max tokens from 1 up."),
        (bool(plan.model), "No model is named."),
        (
            plan.seed is None or spoken.TAKES_SEED,
            f"{spoken.NAME} takes no seed: leave it out, so that nobody thinks it was used.",
        ),
        *_on_extra(plan),
    )


def _on_extra(plan: Plan) -> tuple[Rule, ...]:
    own = sorted(_OF_THE_PLAN.intersection(plan.extra))
    caps = [value for name, value in plan.extra.items() if "max" in name and value is not None]
    low = all(isinstance(one, int) and one <= plan.max_tokens for one in caps)
    taken_out = [name for name, value in plan.extra.items() if "max" in name and value is None]
    return (
        (not own, f"{', '.join(own)} cannot be extra: the plan says it, or no call takes it."),
        (low, "A limit on tokens that is extra is above max tokens, on which the budget rests."),
        (
            bool(caps) or not taken_out,
            f"Without {', '.join(taken_out)} no limit on tokens is left: name another.",
        ),
    )


def _on_limits(plan: Plan) -> tuple[Rule, ...]:
    limits, prices = plan.limits, plan.prices
    positive = min(limits.most_attempts, limits.within_s, limits.first_wait_s) > 0
    caps = [one for one in (limits.tokens, limits.money) if one is not None]
    return (
        (
            0 < limits.concurrency <= MOST_CONCURRENCY,
            f"Ask from 1 to {MOST_CONCURRENCY} at once.",
        ),
        (positive, "Attempts, waits and the time for an answer are more than 0."),
        (
            min(limits.requests_per_second, limits.tokens_per_minute, *caps, 0) >= 0,
            "A limit is less than 0: give a number from 0 up.",
        ),
        (min(prices.tokens_in, prices.tokens_out) >= 0, "A price is less than 0."),
        (
            limits.money is None or max(prices.tokens_in, prices.tokens_out) > 0,
            "A budget in money needs prices: give them, or a budget in tokens.",
        ),
    )
