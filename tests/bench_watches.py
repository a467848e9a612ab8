"""What 200 watches cost one beat: `python -m tests.bench_watches`.

Everything is made in a temporary data folder with an embedded PostgreSQL of its own. Prints, in
milliseconds: reading all schedules, a tick at which nothing is due, and a tick at which all fall
due at once (each rings through the queue); then what a worker takes to enter one look, and the
sweep to find the watches that are due. At the end the memory of the process that beats.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-bench-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django

django.setup()

import numpy as np  # noqa: E402 - the settings come first
from django.contrib.auth.models import User  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.utils import timezone  # noqa: E402 - the settings come first
from django_celery_beat.models import PeriodicTask  # noqa: E402 - the settings come first
from django_celery_beat.schedulers import (  # noqa: E402 - the settings come first
    DatabaseScheduler,
)

from cases.models import Watch  # noqa: E402 - the settings come first
from cases.services import matters, watches  # noqa: E402 - the settings come first
from cases.services.watches import due  # noqa: E402 - the settings come first
from cases.site.celery import app  # noqa: E402 - the settings come first
from tests.cast import fill  # noqa: E402 - the settings come first
from tests.watching import quiet_watch  # noqa: E402 - the settings come first

WATCHES = 200
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")


def opened() -> list[Watch]:
    """Two hundred watches in four time zones, due at every minute of the hour."""
    by = User.objects.create_user("alice")
    matter = matters.open_matter("Many", "Which?", by=by)
    exhibits = fill(matter, by=by)
    return [
        quiet_watch(
            matter, exhibits, by=by, crontab=f"{place % 60} * * * *", zone=ZONES[place % 4]
        )
        for place in range(WATCHES)
    ]


def measured(name: str, act: Callable[[int], object], rounds: int) -> None:
    taken = []
    for turn in range(rounds):
        start = time.perf_counter()
        act(turn)
        taken.append(1000 * (time.perf_counter() - start))
    median, slow = np.quantile(taken, (0.5, 0.95))
    sys.stdout.write(f"{median:9.2f}  {slow:8.2f}  {name}\n")
    sys.stdout.flush()


def memory() -> float:
    """The resident memory of this process in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) / 1024


def after_a_standstill(scheduler: DatabaseScheduler) -> None:
    """Let every watch fall due at once."""
    past = timezone.now() - timedelta(hours=2)
    PeriodicTask.objects.filter(task=watches.TASK).update(last_run_at=past)
    scheduler._schedule = scheduler.all_as_schedule()
    scheduler._heap = None
    rung = [0]

    def all_due(_: int) -> None:
        while scheduler.tick() == 0:
            rung[0] += 1

    measured(f"all {WATCHES} due at once, until each has rung", all_due, 1)
    sys.stdout.write(f"{rung[0]:9}            bells rung\n")


def main() -> None:
    call_command("migrate", verbosity=0)
    made = opened()
    before = memory()
    scheduler = DatabaseScheduler(app=app)
    scheduler.tick()
    sys.stdout.write("   median       95 %\n")
    measured("reading every schedule", lambda _: scheduler.all_as_schedule(), 20)
    measured("a tick at which nothing is due", lambda _: scheduler.tick(), 200)
    after_a_standstill(scheduler)
    measured("a worker enters one look", lambda turn: watches.look_if_due(made[turn].pk), WATCHES)
    measured("the sweep finds what is due", lambda _: due.overdue(WATCHES), 100)
    sys.stdout.write(
        f"{memory():9.1f}  MB in all, of which {memory() - before:.1f} MB for these\n"
    )


if __name__ == "__main__":
    main()
