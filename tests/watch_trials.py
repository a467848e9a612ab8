"""kill -9 of all that a watch stands on, at random: `python -m tests.watch_trials [N]`, 100 kills.

A watch is looked at every few seconds, by a real worker and a real beat on an embedded PostgreSQL,
while a provider in a process of its own plays three releases of a line. The second is swapped in
silence for an imitator; the third tells of itself. All the while one of them is killed at random:
the worker with its children, the beat, PostgreSQL with its children, or the provider. What was
killed is started again, as a supervisor does. At the end each watch is held against one that
nobody disturbed: the same releases, the same prompts and answers, the same numbers; one finding a
release and one notice an event; every request that the provider heard on record, no question asked
more often than it has calls on record, and each settled and charged once; no job failed or left,
the ledger sound, and nothing grave in store and database. Exit status 1 else.
"""

import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-watch-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"
    # What is dead is taken up within seconds: the trials would wait a minute for each kill.
    os.environ.setdefault("LOST_AFTER", "6")
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import django

django.setup()

import numpy as np  # noqa: E402 - the settings come first
from django.conf import settings  # noqa: E402 - the settings come first
from django.contrib.auth.models import User  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connections  # noqa: E402 - the settings come first

from audit.analysis.encoders import load  # noqa: E402 - the settings come first
from cases.services import evidence  # noqa: E402 - the settings come first
from tests.watched import KINDS, Kill, Parts, brought_to_its_end  # noqa: E402 - the settings come first
from tests.weighed import Facts, differences, facts_of, wrong  # noqa: E402 - the settings come first

KILLS = 100


class Trials:
    """Watches one after the other, the last of them undisturbed."""

    def __init__(self, folder: Path, by: User, rng: np.random.Generator) -> None:
        self.folder, self.by, self.rng = folder, by, rng
        self.kills, self.came = Counter[str](), list[Facts]()
        self.bad = set[int]()

    def one(self, *, disturbed: bool = True) -> None:
        """Bring a watch to its end and say what is not as it should be."""
        folder = self.folder / f"watch-{len(self.came)}"
        folder.mkdir()
        with Parts(folder) as parts:
            kill = Kill(parts, self.rng) if disturbed else None
            played = brought_to_its_end(parts, self.by, kill)
        made = kill.made if kill else Counter[str]()
        self.kills.update(made)
        sys.stdout.write(f"{played.watch.matter}: {played.seconds:.0f} s, {made.total()} kills\n")
        found = wrong(played, made["worker"] + made["database"])
        self.came.append(facts_of(played.watch))
        self.say(len(self.came) - 1, [*played.problems, *found])

    def compare(self) -> None:
        """Hold each watch against the last, which nobody disturbed."""
        *came, whole = self.came
        for number, facts in enumerate(came):
            self.say(number, list(differences("it", facts, whole)))

    def say(self, number: int, found: list[str]) -> None:
        sys.stdout.writelines(f"watch {number}: {line}\n" for line in found)
        sys.stdout.flush()
        self.bad |= {number} if found else set()


def convert() -> None:
    """Have the encoder ready: to convert it takes longer than there is between two kills."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            load("", device="cpu", cache=settings.DATA / "encoders")
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def main(wanted: int) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    call_command("migrate", verbosity=0)
    by, _ = User.objects.get_or_create(username="watching")
    rng = np.random.default_rng(int(os.environ.get("SEED", "1")))
    convert()
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(Path(folder), by, rng)
        while trials.kills.total() < wanted:
            trials.one()
        trials.one(disturbed=False)
    trials.compare()
    grave: list[str] = []
    evidence.check(lambda one: grave.append(str(one)) if one.grave else None)
    sys.stdout.writelines(f"{line}\n" for line in grave)
    for kind in KINDS:
        sys.stdout.write(f"{trials.kills[kind]:5}  kills of the {kind}\n")
    sys.stdout.write(f"{trials.kills.total()} kills in {len(trials.came) - 1} watches, ")
    bad = len(trials.bad) + bool(grave)
    sys.stdout.write(f"{bad} with a call lost, anything doubled, or another number\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
