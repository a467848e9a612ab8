"""What asking models costs: `python -m tests.bench_collect`.

A local provider answers, and everything else is in a temporary data folder with an embedded
PostgreSQL of its own. First one worker asks at 20 requests a second a provider that takes a second
for each answer: the rate that came out, and the most memory that the process held. Then the same
calls by plain httpx, captured, and captured with the row in the database, before and after; and
one plain INSERT. Of each the median milliseconds, what that is beyond plain httpx, the ratio, and
the milliseconds of processor. They take turns, so that whatever else the machine does falls on
all of them alike. Last, many at once, as calls are made: commits then follow on each other.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-bench-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django

django.setup()

import httpx  # noqa: E402 - the settings come first
import numpy as np  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connections  # noqa: E402 - the settings come first

from audit.collect import calling  # noqa: E402 - the settings come first
from audit.collect.pacing import Spent  # noqa: E402 - the settings come first
from audit.collect.plan import Limits, Question  # noqa: E402 - the settings come first
from audit.collect.providers import provider_of  # noqa: E402 - the settings come first
from audit.collect.values import Address, Ask  # noqa: E402 - the settings come first
from audit.models import Collection, KeptKey, Sitting  # noqa: E402 - the settings come first
from audit.services import collections  # noqa: E402 - the settings come first
from audit.services.collections.sitting import Asking, Open, Setting  # noqa: E402 - the settings come first
from tests.collecting import plan, started  # noqa: E402 - the settings come first
from tests.provider import MODEL, Playing, provider  # noqa: E402 - the settings come first

RATE, LATENCY_S, SECONDS, AT_ONCE = 20, 1.0, 30, 40
MOST_MIB, MOST_MS = 300, 5.0
ROUNDS, ASIDE_S, MANY = 300, 0.05, 10
PROMPT = "Question: what of it? " * 20
PLAIN, WHOLE = "plain httpx", "captured and on record"
Step = Callable[[int], Awaitable[object]]


def in_child(act: Callable[[], object]) -> float:
    """Run an act in a process of its own; the most memory that it held, in MiB."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError("the process that asked failed")
    return used.ru_maxrss / 1024


def sustained(folder: Path) -> None:
    """Print rate and memory of one worker at the wanted rate."""
    limits = Limits(requests_per_second=RATE, concurrency=AT_ONCE)
    with provider(folder, latency_s=LATENCY_S) as playing:
        given = [f"{number}: {PROMPT}" for number in range(RATE * SECONDS)]
        collection = started(playing, given, limits=limits)
        most = in_child(lambda: collections.carry_out(Collection.objects.get(pk=collection.pk)))
        heard = sorted(one["at"] for one in playing.heard())
    collection.refresh_from_db()
    rate = (len(heard) - 1) / (heard[-1] - heard[0])
    sys.stdout.write(f"{collection.calls.filter(state='answered').count()} calls answered\n")
    sys.stdout.write(f"{rate:8.2f} requests a second, {rate / RATE:.3f} of what was wanted\n")
    sys.stdout.write(f"{most:8.0f} MiB at most, {most / MOST_MIB:.2f} of what is allowed\n")


async def timed(steps: dict[str, Step]) -> dict[str, tuple[float, float]]:
    """Take the steps by turns; of each the median milliseconds by the wall and of processor."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for turn in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter(), time.process_time()
            await step(turn)
            taken[name].append((time.perf_counter() - start[0], time.process_time() - start[1]))
    found = {name: 1000 * np.median(values[10:], axis=0) for name, values in taken.items()}
    return {name: (float(wall), float(cpu)) for name, (wall, cpu) in found.items()}


def insert(turn: int) -> None:
    KeptKey.objects.create(name=f"K{turn}", wrapped=b"")


async def side_by_side(playing: Playing, sitting: Sitting) -> dict[str, tuple[float, float]]:
    """Make the same calls in three ways."""
    spoken = provider_of("chat_completions")
    request = spoken.request(Ask(PROMPT), Address(playing.url, MODEL))
    sealed = plan(playing, [f"{number}: {PROMPT}" for number in range(ROUNDS)])
    setting = Setting(sealed, sitting, None, Spent(), 0, "", lambda _: None)
    asking = Asking(setting, iter(()))
    async with httpx.AsyncClient() as plain, calling.client(timeout_s=20) as http:

        async def plainly(_: int) -> object:
            sent = await plain.post(
                request.url, content=request.body, headers=dict(request.headers)
            )
            return sent.json()

        async def captured(_: int) -> object:
            found = await calling.call(http, request, None, within_s=20)
            return spoken.reading(found.reply())

        async def on_record(turn: int) -> object:
            return await asking._attempt(http, Question(turn, 0), 1)

        async def inserted(turn: int) -> object:
            return await asking._writing.do(insert, turn)

        return await timed({
            PLAIN: plainly,
            "captured": captured,
            WHOLE: on_record,
            "a plain INSERT alone": inserted,
        })  # fmt: skip


def overhead(folder: Path) -> None:
    """Print what capture adds to a call."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # this loop has nothing else to do
    with provider(folder, latency_s=ASIDE_S) as playing:
        collection = started(playing, [f"{number}: {PROMPT}" for number in range(ROUNDS)])
        sitting = collection.sittings.create(number=1, facts={})
        found = asyncio.run(side_by_side(playing, sitting))
    plain = found[PLAIN][0]
    sys.stdout.write("median ms   beyond   ratio  processor\n")
    for name, (took, cpu) in found.items():
        more, ratio = took - plain, took / plain
        sys.stdout.write(f"{took:9.2f}  {more:7.2f}  {ratio:6.3f}  {cpu:9.2f}  {name}\n")
    beyond = found[WHOLE][0] - plain
    sys.stdout.write(f"{beyond:9.2f}  ms a call beyond plain httpx, ")
    sys.stdout.write(f"{beyond / MOST_MS:.2f} of what is allowed\n")


async def plainly_at_once(playing: Playing, each: int) -> float:
    """Make calls by plain httpx, many at once; the milliseconds of one after the other."""
    request = provider_of("chat_completions").request(Ask(PROMPT), Address(playing.url, MODEL))

    async def one_after_the_other(http: httpx.AsyncClient) -> None:
        for _ in range(each):
            sent = await http.post(
                request.url, content=request.body, headers=dict(request.headers)
            )
            sent.json()

    async with httpx.AsyncClient() as http:
        start = time.perf_counter()
        await asyncio.gather(*(one_after_the_other(http) for _ in range(MANY)))
        return 1000 * (time.perf_counter() - start) / each


def at_once(folder: Path) -> None:
    """Print what a call costs where many are made at once, which is how they are made."""
    each, limits = 20, Limits(requests_per_second=0, concurrency=MANY, within_s=20)
    with provider(folder, latency_s=ASIDE_S * 5) as playing:
        given = [f"{number}: {PROMPT}" for number in range(MANY * each)]
        collection = started(playing, given, limits=limits)
        sitting = collection.sittings.create(number=1, facts={})
        sealed = plan(playing, given, limits=limits)
        setting = Setting(sealed, sitting, None, Spent(), 0, "", _quiet)

        async def asked() -> float:
            asking = Asking(setting, (Open(one, 0) for one in sealed.questions()))
            start = time.perf_counter()
            await asking.run()
            return 1000 * (time.perf_counter() - start) / each

        plain, ours = asyncio.run(plainly_at_once(playing, each)), asyncio.run(asked())
    beyond = ours - plain
    sys.stdout.write(
        f"{MANY} at once: {plain:.2f} ms a call by plain httpx, {ours:.2f} on record, "
    )
    sys.stdout.write(f"{beyond:.2f} beyond, {beyond / MANY:.2f} for each call of the process\n")


def _quiet(_: int) -> None:
    pass


def main() -> None:
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        sustained(Path(folder))
        overhead(Path(folder))
        at_once(Path(folder))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{own:9.0f}  MiB were held by this process, of which a worker is a copy\n")


if __name__ == "__main__":
    main()
