"""kill -9 of what asks a model, at random: `python -m tests.collect_trials [N]`, 100 kills.

A collection asks a local provider that fails now and then. The process that carries it out is
killed, the next goes on and may be killed as well, and the last comes to the end. Then every
request that the provider heard must be on record, no question be asked more often than there are
calls on record that failed or were cut off and one, no more calls be cut off at a kill than were
in flight, and the capture hold the same prompts and answers as that of a collection that nobody
killed. At the end the sweep over store and database must find nothing grave. Exit status 1 else.

Everything is in a temporary data folder with an embedded PostgreSQL, unless DATABASE_URL names
one.
"""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-collect-")
    os.environ.setdefault("TOUCHSTONE_DATA", _HOME.name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django

django.setup()

import numpy as np  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connections  # noqa: E402 - the settings come first
from django.utils import timezone  # noqa: E402 - the settings come first

from audit.analysis.ingest import read  # noqa: E402 - the settings come first
from audit.analysis.transcripts import Exchange  # noqa: E402 - the settings come first
from audit.collect.plan import Limits  # noqa: E402 - the settings come first
from audit.models import Collection, Job  # noqa: E402 - the settings come first
from audit.services import collections  # noqa: E402 - the settings come first
from audit.services.collections import recording  # noqa: E402 - the settings come first
from audit.services.sources import store  # noqa: E402 - the settings come first
from cases.services import evidence  # noqa: E402 - the settings come first
from tests.collecting import started  # noqa: E402 - the settings come first
from tests.provider import Playing, provider  # noqa: E402 - the settings come first

KILLS = 100
QUESTIONS, REPEATS, AT_ONCE = 30, 2, 4
LIMITS = Limits(
    requests_per_second=0,
    concurrency=AT_ONCE,
    most_attempts=20,
    first_wait_s=0.005,
    longest_wait_s=0.02,
    within_s=20,
)
# Of so many requests about one fails in each way; a plan allows for many in a row.
FAULTS = [
    {"do": do, "at": list(range(first, 200_000, every)), "times": 200_000}
    for do, first, every in (("429", 5, 23), ("500", 9, 29), ("cut", 13, 31), ("malformed", 3, 37))
]
# The same prompt is given the same answer in every trial.
SCRIPT = {"latency_s": 0.02, "faults": FAULTS, "alike": True}
# Everything that can be read off a capture, but for times and numbers of rows.
Content = list[tuple[str, str, str]]


def begun(playing: Playing, trial: int) -> Collection:
    given = [f"Trial {trial}, question {number}?" for number in range(QUESTIONS)]
    return started(playing, given, repeats=REPEATS, limits=LIMITS)


def content(collection: Collection) -> Content:
    """The exchanges of a capture, without the number of the trial."""
    with store().open(collection.capture_sha256) as stream:
        found = [one for one in read(stream, name="capture") if isinstance(one, Exchange)]
    return [(one.prompt.partition(", ")[2], one.answer, one.model) for one in found]


def killed_after(collection: Collection, seconds: float) -> bool:
    """Have a process carry on and kill it after so long; tell whether it was still at it."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            collections.carry_out(Collection.objects.get(pk=collection.pk))
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def lost(collection: Collection) -> None:
    """Let the claim of a process that is dead be over at once."""
    long_ago = timezone.now() - timedelta(minutes=5)
    dead = Job.objects.filter(kind="collect", subject=collection.pk, state="running")
    dead.update(touched_at=long_ago)


def length_of(playing: Playing) -> tuple[float, Collection]:
    """How many seconds a collection takes that nobody kills, and that collection."""
    collection, start = begun(playing, 0), time.monotonic()
    collections.carry_out(collection)
    collection.refresh_from_db()
    return time.monotonic() - start, collection


def trial(playing: Playing, number: int, length: float, rng: np.random.Generator) -> list[str]:
    """Kill once or more, then go on to the end; return what is wrong, after how many kills."""
    collection, kills = begun(playing, number), 0
    while kills == 0 or (kills < 5 and rng.random() < 0.5):
        if not killed_after(collection, rng.uniform(0, 1.1 * length)):
            break
        lost(collection)
        kills += 1
    collections.carry_out(collection)
    collection.refresh_from_db()
    return [str(kills), *wrong(playing, collection, number, kills)]


def wrong(playing: Playing, collection: Collection, number: int, kills: int) -> list[str]:
    """What is not as it should be."""
    mine = f"Trial {number}, "
    heard = Counter(
        (one["prompt"], one["seed"] - 7)
        for one in playing.heard()
        if one["prompt"].startswith(mine)
    )
    prompts = collection.plan["prompts"]
    rows = list(collection.calls.all())
    held = Counter((prompts[row.prompt], row.repeat) for row in rows)
    failed = Counter((prompts[row.prompt], row.repeat) for row in rows if row.state == "failed")
    cut = [row for row in rows if row.problem == recording.CUT_OFF]
    found = [] if collection.state == "done" else [f"it is {collection.state}"]
    found += [f"not on record: {one}" for one in heard if heard[one] > held[one]]
    found += [f"asked twice: {one}" for one in heard if heard[one] > failed[one] + 1]
    found += [f"in flight: {row}" for row in rows if row.state == "in flight"]
    if len(cut) > AT_ONCE * kills:
        found.append(f"{len(cut)} calls were cut off by {kills} kills")
    return found


def tried(playing: Playing, wanted: int, rng: np.random.Generator) -> Counter[str]:
    """Make trials until there were so many kills; count what came of them."""
    length, whole = length_of(playing)
    counted = Counter[str]()
    while counted["kills"] < wanted:
        counted["trials"] += 1
        died, *found = trial(playing, counted["trials"], length, rng)
        collection = Collection.objects.latest("pk")
        if collection.capture_sha256 and content(collection) != content(whole):
            found.append("its capture holds something else")
        counted["kills"] += int(died)
        counted["cut"] += collection.calls.filter(problem=recording.CUT_OFF).count()
        counted["bad"] += bool(found)
        for line in found:
            sys.stdout.write(f"trial {counted['trials']}, after {died} kills: {line}\n")
        sys.stdout.flush()
    return counted


def main(wanted: int) -> int:
    call_command("migrate", verbosity=0)
    rng = np.random.default_rng(int(os.environ.get("SEED", "1")))
    with tempfile.TemporaryDirectory() as folder, provider(Path(folder), **SCRIPT) as playing:
        counted = tried(playing, wanted, rng)
    grave: list[str] = []
    evidence.check(lambda one: grave.append(str(one)) if one.grave else None)
    sys.stdout.writelines(f"{line}\n" for line in grave)
    bad = counted["bad"] + bool(grave)
    sys.stdout.write(f"{counted['cut']} calls were cut off in flight and asked again\n")
    sys.stdout.write(f"{counted['kills']} kills in {counted['trials']} collections, ")
    sys.stdout.write(f"{bad} with a call lost, asked twice or not the same\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
