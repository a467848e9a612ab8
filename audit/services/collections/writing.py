"""The rows of a sitting's calls, written on one thread beside the event loop, in order.

A call is on record before it is made. That it was answered is written in one transaction with the
call that is begun next, or by itself where none is begun at once: so a slot has one call in flight
at most, as before, and waits for the disk once a call and not twice.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from audit.services.collections import recording
from audit.services.collections.recording import Completion, Opening

# So long, in seconds, what came back waits at most for a next call to be written with it.
HELD_S = 0.02
T = TypeVar("T")


class Writing:
    """One thread with one connection; what fails there fails whoever writes next."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calls")
        self._held: list[Completion] = []
        self._written: asyncio.Future[None] | None = None

    async def begin(self, opening: Opening) -> int:
        """Put a call on record before it is made, with all that is held; return its id."""
        held, self._held = self._held, []
        return await self.do(recording.begin, opening, held)

    def complete(self, completion: Completion) -> None:
        """Have a call completed, within HELD_S at the latest."""
        if not self._held:
            asyncio.get_running_loop().call_later(HELD_S, self._write)
        self._held.append(completion)

    async def do(self, act: Callable[..., T], *arguments: Any) -> T:
        """Do something on the thread, after all that was asked of it before."""
        loop = asyncio.get_running_loop()
        # Handed over before anything else may run: the order of the rows is that of the calls.
        done = await loop.run_in_executor(self._thread, act, *arguments)
        await self._settled()
        return done

    async def close(self) -> None:
        """Write what is held, and let go of the connection."""
        try:
            self._write()
            await self._settled()
        finally:
            await asyncio.get_running_loop().run_in_executor(self._thread, _leave)
            self._thread.shutdown()

    def _write(self) -> None:
        if self._held:
            held, self._held = self._held, []
            loop = asyncio.get_running_loop()
            self._written = loop.run_in_executor(self._thread, recording.complete, held)

    async def _settled(self) -> None:
        """Wait for what was written by itself: its failure must not go unseen."""
        if self._written is not None:
            await self._written


def _leave() -> None:
    # Looked up on the thread that used it: each thread has a connection of its own.
    connection.close()
