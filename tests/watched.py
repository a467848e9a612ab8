"""What a watch stands on, as processes that can be killed, and a watch brought to its end."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connections, transaction

from audit.models import Job
from cases import samples
from cases.models import Watch, WatchRun
from cases.services import watches
from cases.services.watches.design import Sampling
from cases.site.postgresql.cluster import Cluster
from tests.processes import ROOT, wait_for
from tests.watching import PARAMETERS, QUICK, Line, answers_of, matter_with_exhibits, opened

KINDS = {"worker": 0.4, "database": 0.25, "provider": 0.2, "beat": 0.15}
AT_ONCE, EVERY_S, LATENCY_S = 4, 3, 0.03
# A provider that is killed is back within seconds: nobody gives up before.
LIMITS = replace(QUICK, concurrency=AT_ONCE, most_attempts=40, longest_wait_s=0.5)
SEED = 7
# An audit takes 30 at least; some exhibit lacks one or two of these.
PROMPTS = 34
LONGEST = 400
_HONEST, _IMITATOR = answers_of(samples.HONEST), answers_of(samples.IMITATOR)
RELEASES: tuple[dict[str, Any], ...] = (
    {"answers": _HONEST, "fingerprints": ["fp_1"]},
    {"answers": _IMITATOR, "fingerprints": ["fp_1"]},
    {"answers": _HONEST, "fingerprints": ["fp_3"]},
)


class Parts:
    """A worker, a beat and a provider; PostgreSQL is there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.line, self.script = Line(folder), RELEASES[0]
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.start("provider")
        self.start("worker")
        self.start("beat")
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running.values():
            _end(one)
        self.line.stop()

    def play(self, script: dict[str, Any]) -> None:
        """From now on this is what answers."""
        self.script = script
        self.start("provider")

    def start(self, kind: str) -> None:
        """Start what was killed; PostgreSQL is started by whoever needs it first."""
        if kind == "provider":
            self.line.release(latency_s=LATENCY_S, **self.script)
        if kind in ("worker", "beat"):
            before = self.ready()
            words = ["worker", "--concurrency", "2"] if kind == "worker" else ["beat"]
            with (self.folder / f"{kind}.log").open("ab") as output:
                self._running[kind] = subprocess.Popen(
                    [sys.executable, "manage.py", *words],
                    cwd=ROOT,
                    env=os.environ | {"PYTHONPATH": str(ROOT)},
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            if kind == "worker":
                wait_for(lambda: self.ready() > before, 120)

    def ready(self) -> int:
        """How many workers said so far that they take tasks."""
        log = self.folder / "worker.log"
        return log.read_text(errors="replace").count(" ready.") if log.exists() else 0

    def kill(self, kind: str) -> None:
        """End a part without warning, and all of its children."""
        if kind == "provider":
            self.line.stop()
        elif kind == "database":
            kill_database()
        else:
            _end(self._running[kind])

    def tend(self) -> None:
        """Start what ended by itself, as a supervisor does."""
        for kind, process in self._running.items():
            if process.poll() is not None:
                self.start(kind)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_database() -> None:
    """End PostgreSQL and its children; whoever wants a connection next starts it again."""
    server = Cluster(settings.DATA).process()
    if server is not None:
        for process in (server, *_children(server)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in parentheses, may hold anything.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


class Kill:
    """Kills one part after the other at random moments; is asked often whether it is time."""

    def __init__(self, parts: Parts, rng: np.random.Generator) -> None:
        self._parts, self._rng, self.made = parts, rng, Counter[str]()
        self._at = self._next()

    def _next(self) -> float:
        return time.monotonic() + self._rng.uniform(0.2, 9)

    def when_due(self) -> None:
        """Kill what the dice say, if it is time, and start it again after a while."""
        if time.monotonic() < self._at:
            return
        kind = str(self._rng.choice(list(KINDS), p=list(KINDS.values())))
        self._parts.kill(kind)
        self.made[kind] += 1
        time.sleep(self._rng.uniform(0, 1))
        self._parts.start(kind)
        self._at = self._next()


@dataclass(slots=True)
class Played:
    """A watch that came to its end, or did not; what was heard of it, and what is wrong."""

    watch: Watch
    line: Line
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def brought_to_its_end(parts: Parts, by: User, kill: Kill | None) -> Played:
    """Open a watch and bring one release after the other, while what may kill kills."""
    matter, exhibits = matter_with_exhibits(by)
    watch = opened(
        matter,
        exhibits,
        parts.line,
        by=by,
        every_s=EVERY_S,
        prompts=tuple(_HONEST)[:PROMPTS],
        limits=LIMITS,
        sampling=Sampling(seed=SEED),
        parameters=replace(PARAMETERS, bootstrap_rounds=200),
    )
    played = Played(watch, parts.line)
    try:
        for number in range(1, len(RELEASES) + 1):
            _until(lambda: _is_audited(watch, number), parts, kill)  # noqa: B023 - called at once
            if number < len(RELEASES):
                _until(lambda: _swapped(watch, parts, number), parts, None)  # noqa: B023 - as above
        watches.pause(watch, by=by)
        _until(lambda: _is_quiet(watch), parts, None)
    except TimeoutError:
        played.problems.append("it came to no end")
    played.seconds = time.monotonic() - played.began
    return played


def _until(is_so: Callable[[], bool], parts: Parts, kill: Kill | None) -> None:
    until = time.monotonic() + LONGEST
    while not _answered(is_so):
        if time.monotonic() > until:
            raise TimeoutError
        if kill is not None:
            kill.when_due()
        parts.tend()
        time.sleep(0.1)


def _answered(is_so: Callable[[], bool]) -> bool:
    try:
        return is_so()
    except (OperationalError, InterfaceError):
        # It was killed; the next connection starts it again.
        connections.close_all()
        return False


def _is_audited(watch: Watch, number: int) -> bool:
    """Tell whether a release has its audit, and was looked at since."""
    if watch.runs.filter(state=WatchRun.State.FAILED).exists():
        raise TimeoutError
    runs = watch.runs.filter(release__number=number, state=WatchRun.State.DONE)
    return runs.filter(kind="audit").exists() and runs.filter(kind="look").count() > 1


def _swapped(watch: Watch, parts: Parts, number: int) -> bool:
    """Bring the next release while no look is under way, and none can begin."""
    with transaction.atomic():
        Watch.objects.select_for_update().get(pk=watch.pk)
        if watch.runs.filter(state=WatchRun.State.OPEN).exists():
            return False
        parts.play(RELEASES[number])
    return True


def _is_quiet(watch: Watch) -> bool:
    """Tell whether nothing is under way any more, and every finding has its report."""
    busy = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    runs = watch.runs.filter(state=WatchRun.State.OPEN)
    unprinted = watch.matter.findings.filter(report__isnull=True)
    return not (busy.exists() or runs.exists() or unprinted.exists())
