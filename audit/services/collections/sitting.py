"""One process at one collection: many questions at once, each call on record before it is made.

Network calls run on one event loop; the rows are written beside it, in order.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from audit.collect import calling
from audit.collect.calling import Captured
from audit.collect.outcome import Outcome, weigh
from audit.collect.pacing import (
    TOO_MANY,
    Budget,
    OutOfBudgetError,
    Pace,
    Spent,
    asked_to_wait,
    is_barred,
)
from audit.collect.plan import Plan, Question
from audit.collect.providers import provider_of
from audit.collect.secrets import Secret, bytes_without
from audit.collect.values import Address, Reading
from audit.models import Call, Sitting
from audit.services.collections.recording import Completion, Opening
from audit.services.collections.words import EndingError
from audit.services.collections.writing import Writing

# So many questions one after the other that come to no answer: the fault is not the questions'.
MOST_FAILED_IN_A_ROW = 5
# Who asks to be left alone for longer is asked again another day.
LONGEST_ASKED_S = 900.0
# About so many bytes of text make a token; only the pace rests on it, no budget does.
_BYTES_A_TOKEN = 4
# How often progress is told, in seconds.
_TELL_EVERY_S = 1.0
_NO_MORE = "No further call is begun."


@dataclass(frozen=True, slots=True)
class Open:
    """A question that is not settled, and how often it was asked so far."""

    question: Question
    attempts: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What a sitting works with; `tell` hears how many questions are settled, now and then."""

    plan: Plan
    sitting: Sitting
    secret: Secret | None
    spent: Spent
    settled: int
    roots: str
    tell: Callable[[int], None]


class Asking:
    """The state that all questions in flight share."""

    def __init__(self, setting: Setting, questions: Iterator[Open]) -> None:
        limits = setting.plan.limits
        self.setting, self.plan, self._questions = setting, setting.plan, questions
        self._provider = provider_of(self.plan.kind)
        self._address = Address(self.plan.url, self.plan.model, setting.secret)
        self._pace = Pace(limits.requests_per_second, limits.tokens_per_minute)
        self._budget = Budget(limits.tokens, limits.money, setting.spent)
        self._rng = np.random.default_rng()
        self._writing = Writing()
        self._freed, self._over = asyncio.Condition(), asyncio.Event()
        self._settled, self._told_at, self._in_a_row = setting.settled, 0.0, 0
        self.given_up = 0
        self.ending: EndingError | OutOfBudgetError | None = None

    async def run(self) -> None:
        """Ask until every question is settled, or an ending is come to; that is kept."""
        many = self.plan.limits.concurrency
        try:
            async with (
                calling.client(
                    timeout_s=self.plan.limits.within_s,
                    roots=self.setting.roots,
                    connections=many,
                ) as http,
                asyncio.TaskGroup() as group,
            ):
                for _ in range(many):
                    group.create_task(self._serve(http))
        finally:
            await self._writing.close()

    async def _serve(self, http: calling.Client) -> None:
        """Take one question after the other, until an ending."""
        for one in self._questions:
            try:
                await self._settle(http, one)
            except (EndingError, OutOfBudgetError) as ending:
                self.ending = self.ending or ending
                self._over.set()
            if self._over.is_set():
                return

    async def _settle(self, http: calling.Client, one: Open) -> None:
        """Ask one question until it is settled, or has been asked as often as the plan allows."""
        retrying, tried = self.plan.limits.retrying(), 1
        captured, outcome = await self._attempt(http, one.question, one.attempts + 1)
        while outcome.passing and tried < retrying.most_attempts:
            asked_s = self._asked_s(captured, outcome)
            await self._rest(retrying.wait(tried, asked_s, self._rng))
            tried += 1
            captured, outcome = await self._attempt(http, one.question, one.attempts + tried)
        self.given_up += outcome.passing
        await self._count(outcome)

    async def _attempt(
        self, http: calling.Client, question: Question, attempt: int
    ) -> tuple[Captured, Outcome]:
        """Make one call when it is its turn, within the budget."""
        most, spent = self.plan.most(question), Spent()
        about = (most.tokens - self.plan.max_tokens) // _BYTES_A_TOKEN + self.plan.max_tokens
        await self._afford(most)
        try:
            await self._pace.turn(about)
            if self._over.is_set():
                raise EndingError(_NO_MORE)
            captured, outcome = await self._made(http, question, attempt, most)
            spent = outcome.spent
        finally:
            self._pace.used(about, spent.tokens)
            await self._free(most, spent)
        self._heed(captured, outcome)
        return captured, outcome

    async def _made(
        self, http: calling.Client, question: Question, attempt: int, most: Spent
    ) -> tuple[Captured, Outcome]:
        """Put a call on record, make it, and keep it, whatever comes of it."""
        setting, within_s = self.setting, self.plan.limits.within_s
        request = self._provider.request(self.plan.ask(question), self._address)
        shown = replace(request, body=bytes_without(request.body, setting.secret))
        row = await self._writing.begin(Opening(setting.sitting, question, attempt, shown))
        captured = await calling.call(http, request, setting.secret, within_s=within_s)
        outcome, reading = self._weighed(captured, most)
        self._writing.complete(Completion(row, shown, captured, reading, outcome))
        return captured, outcome

    def _weighed(self, captured: Captured, most: Spent) -> tuple[Outcome, Reading]:
        reply = captured.reply()
        reading = Reading() if reply is None else self._provider.reading(reply)
        return weigh(captured, reading, self.plan.prices, most), reading

    async def _afford(self, most: Spent) -> None:
        """Set the most of a call aside; wait where only calls in flight stand in the way."""
        async with self._freed:
            while not self._over.is_set():
                try:
                    return self._budget.reserve(most)
                except OutOfBudgetError:
                    if not self._budget.in_flight:
                        raise
                await self._freed.wait()
        raise EndingError(_NO_MORE)

    async def _free(self, most: Spent, spent: Spent) -> None:
        async with self._freed:
            self._budget.settle(most, spent)
            self._freed.notify_all()

    def _asked_s(self, captured: Captured, outcome: Outcome) -> float:
        return max(asked_to_wait(captured.headers, time.time()), outcome.wait_s)

    def _heed(self, captured: Captured, outcome: Outcome) -> None:
        """Leave a provider alone that asks for it; end where no further call can do better."""
        if outcome.barred or is_barred(captured.status):
            raise EndingError(
                f"The endpoint refused the key or the account with status {captured.status}: see"
                " the last call, mend that, and resume."
            )
        asked = self._asked_s(captured, outcome)
        if asked > LONGEST_ASKED_S:
            raise EndingError(
                f"The endpoint asks to be left alone for {asked:,.0f} seconds: resume after that."
            )
        if captured.status == TOO_MANY:
            self._pace.hold(asked)

    async def _rest(self, seconds: float) -> None:
        """Wait, but not beyond an ending."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _count(self, outcome: Outcome) -> None:
        """Count a question that is done with; end where none comes to an answer any more."""
        self._settled += not outcome.passing
        self._in_a_row = self._in_a_row + 1 if outcome.state == Call.State.FAILED else 0
        if time.monotonic() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.monotonic()
            await self._writing.do(self.setting.tell, self._settled)
        if self._in_a_row >= MOST_FAILED_IN_A_ROW:
            raise EndingError(
                f"{self._in_a_row} questions one after the other came to no answer, the last"
                f" because {outcome.problem}. Mend that, and resume."
            )
