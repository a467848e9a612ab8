import asyncio
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.collect.pacing import (
    Budget,
    OutOfBudgetError,
    Pace,
    Prices,
    Retrying,
    Spacing,
    Spent,
    asked_to_wait,
    is_barred,
    is_passing,
    most_tokens_in,
)

RNG = np.random.default_rng(1)


def test_no_window_sees_more_requests_than_the_rate():
    now = [0.0]
    spacing = Spacing(20, now=lambda: now[0])
    gone = []
    for _ in range(100):
        now[0] += spacing.take(1)
        gone.append(now[0])
        now[0] += 0.001
    assert min(later - sooner for sooner, later in pairwise(gone)) == pytest.approx(0.05)
    assert gone[-1] == pytest.approx(99 / 20)


def test_time_that_went_unused_is_not_made_up_for():
    now = [0.0]
    spacing = Spacing(10, now=lambda: now[0])
    spacing.take(1)
    now[0] = 60.0
    assert [spacing.take(1) for _ in range(3)] == pytest.approx([0, 0.1, 0.2])


def test_tokens_that_were_not_used_are_given_back():
    now = [0.0]
    spacing = Spacing(100, now=lambda: now[0])
    spacing.take(500)
    spacing.give_back(400)
    assert spacing.take(1) == pytest.approx(1.0)


def test_a_rate_is_kept_in_real_time_by_many_at_once():
    async def many() -> float:
        pace, start = Pace(100, 0), time.monotonic()
        await asyncio.gather(*(pace.turn(10) for _ in range(51)))
        return time.monotonic() - start

    assert 0.5 <= asyncio.run(many()) < 0.8


def test_tokens_a_minute_are_kept_in_real_time():
    async def many() -> float:
        pace, start = Pace(0, 60_000), time.monotonic()
        for _ in range(6):
            await pace.turn(100)
        return time.monotonic() - start

    assert 0.5 <= asyncio.run(many()) < 0.8


def test_all_wait_when_a_provider_asks_to_be_left_alone():
    async def held() -> float:
        pace, start = Pace(0, 0), time.monotonic()
        pace.hold(0.2)
        await asyncio.gather(pace.turn(1), pace.turn(1))
        return time.monotonic() - start

    assert 0.2 <= asyncio.run(held()) < 0.5


def test_who_waits_already_waits_on_when_a_provider_asks_for_it():
    async def held() -> float:
        pace, start = Pace(10, 0), time.monotonic()
        await pace.turn(1)
        waiting = asyncio.create_task(pace.turn(1))
        await asyncio.sleep(0.01)
        pace.hold(0.4)
        await waiting
        return time.monotonic() - start

    assert 0.4 <= asyncio.run(held()) < 0.8


@pytest.mark.parametrize("attempt", range(1, 12))
def test_waits_grow_to_a_limit_and_never_undercut_what_was_asked(attempt):
    waits = [Retrying().wait(attempt, 5.0, RNG) for _ in range(200)]
    assert min(waits) >= 5.0
    assert max(waits) <= 5.0 + min(60, 2 ** (attempt - 1))
    assert len(set(waits)) > 100


NOW = 1_445_412_480.0  # Wed, 21 Oct 2015 07:28:00 GMT, the example of RFC 9110


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), 0),
        ((("Retry-After", "120"),), 120),
        ((("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"),), 30),
        ((("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT"),), 0),
        ((("retry-after", "soon"),), 0),
        ((("retry-after", "-5"),), 0),
        ((("retry-after", "2"), ("retry-after-ms", "1500")), 1.5),
        ((("retry-after", "2"), ("retry-after-ms", "soon")), 2),
        ((("retry-after", "0.75"),), 0.75),
        ((("retry-after", "nan"),), 0),
        ((("retry-after", "9" * 400),), 366 * 86400),
        ((("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),), 366 * 86400),
        ((("retry-after", "Fri, 31 Dec 99999 23:59:59 GMT"),), 0),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(headers, seconds):
    assert asked_to_wait(headers, NOW) == seconds


def test_statuses_are_told_apart():
    assert [code for code in (None, 429, 500, 503, 521, 529) if not is_passing(code)] == []
    assert [code for code in (200, 307, 400, 401, 404, 422, 501, 505) if is_passing(code)] == []
    assert [code for code in (401, 402, 403, 400) if is_barred(code)] == [401, 402, 403]


def test_prices_are_whole_millionths_rounded_up():
    prices = Prices(3_000_000, 15_000_000)  # 3 and 15 a million
    assert prices.cost(1000, 1000) == 18_000
    assert prices.cost(1, 0) == 3
    assert Prices(1, 0).cost(1, 0) == 1
    assert Prices().cost(10**9, 10**9) == 0


@given(
    limit=st.integers(0, 1000),
    calls=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100)), max_size=40),
)
def test_a_budget_is_never_overshot_while_calls_keep_to_their_most(limit, calls):
    budget, gone, open_calls = Budget(limit, None, Spent()), 0, []
    for most, share in calls:
        try:
            budget.reserve(Spent(most))
        except OutOfBudgetError:
            continue
        open_calls.append((most, most * share // 100))
        if len(open_calls) == 4:
            held, used = open_calls.pop(0)
            budget.settle(Spent(held), Spent(used))
            gone += used
    gone += sum(used for _, used in open_calls)
    assert gone <= limit


def test_money_and_earlier_spending_count():
    budget = Budget(None, 1_500_000, Spent(5, 900_000))
    with pytest.raises(OutOfBudgetError, match=r"of 1\.500000 .* 0\.900000 are spent.*0\.700000"):
        budget.reserve(Spent(1, 700_000))
    budget.reserve(Spent(1, 600_000))
    assert budget.in_flight
    budget.settle(Spent(1, 600_000), Spent(1, 100_000))
    assert not budget.in_flight
    budget.reserve(Spent(1, 500_000))


def test_tokens_are_never_more_than_were_thought():
    assert most_tokens_in("abc", "") >= 3
    assert most_tokens_in("\U0001f600" * 10) >= 40
