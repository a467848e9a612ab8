"""Rows of calls: completed together with the next, or soon by themselves, and never left."""

import asyncio

import pytest
from django.db import connection

from audit.collect.calling import Captured
from audit.collect.clock import Moment
from audit.collect.outcome import weigh
from audit.collect.plan import Plan, Question
from audit.collect.providers import provider_of
from audit.collect.values import Address, Reading
from audit.models import Call
from audit.services import collections
from audit.services.collections.recording import Completion, Opening
from audit.services.collections.words import HaltedError
from audit.services.collections.writing import HELD_S, Writing
from tests.collecting import started
from tests.provider import MODEL, provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collection(tmp_path):
    with provider(tmp_path) as playing:
        yield started(playing, 6)


@pytest.fixture
def opening(collection):
    """What opens the call of a prompt, by its number."""
    sitting = collection.sittings.create(number=1, facts={})
    plan, spoken = Plan.from_dict(collection.plan), provider_of("chat_completions")

    def opened(prompt: int) -> Opening:
        question = Question(prompt, 0)
        request = spoken.request(plan.ask(question), Address(plan.url, MODEL))
        return Opening(sitting, question, 1, request)

    return opened


def completion(row: int, opening: Opening) -> Completion:
    captured = Captured("http://made.up", Moment.now(), error="made up", ended=Moment.now())
    plan = Plan.from_dict(opening.sitting.collection.plan)
    outcome = weigh(captured, Reading(), plan.prices, plan.most(opening.question))
    return Completion(row, opening.request, captured, Reading(), outcome)


def transactions() -> list[tuple[str, int]]:
    """Of each call its state and the transaction that wrote it last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, xmin::text::bigint FROM audit_call ORDER BY id")
        return cursor.fetchall()


def test_a_call_is_completed_in_the_transaction_that_begins_the_next(opening):
    async def act() -> list[tuple[str, int]]:
        writing = Writing()
        rows = [await writing.begin(opening(number)) for number in range(2)]
        for number, row in enumerate(rows):
            writing.complete(completion(row, opening(number)))
        await writing.begin(opening(2))
        found = await writing.do(transactions)
        await writing.close()
        return found

    found = asyncio.run(act())
    assert [state for state, _ in found] == ["failed", "failed", "in flight"]
    assert len({number for _, number in found}) == 1


def test_a_call_that_no_other_follows_is_completed_soon(opening):
    async def act() -> list[str]:
        writing = Writing()
        writing.complete(completion(await writing.begin(opening(0)), opening(0)))
        found = [(await writing.do(transactions))[0][0]]
        await asyncio.sleep(10 * HELD_S)
        found.append((await writing.do(transactions))[0][0])
        await writing.close()
        return found

    assert asyncio.run(act()) == ["in flight", "failed"]


def test_what_came_back_is_kept_where_no_further_call_may_be_made(opening, collection):
    async def act() -> None:
        writing = Writing()
        try:
            row = await writing.begin(opening(0))
            writing.complete(completion(row, opening(0)))
            await writing.do(collections.pause, collection)
            await writing.begin(opening(1))
        finally:
            await writing.close()

    with pytest.raises(HaltedError):
        asyncio.run(act())
    assert list(Call.objects.values_list("prompt", "state")) == [(0, "failed")]


def test_what_is_held_at_the_end_is_written(opening):
    async def act() -> None:
        writing = Writing()
        writing.complete(completion(await writing.begin(opening(0)), opening(0)))
        await writing.close()

    asyncio.run(act())
    assert Call.objects.get().state == "failed"
