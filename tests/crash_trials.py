"""kill -9 at random moments: `python -m tests.crash_trials [N]`, 200 by default.

In each trial a process uploads and reads files, or asks for a finding and brings it to its report,
or certifies and erases, or has a bundle written, and is killed at a random moment. It tells of
each act that came to its end. At once after the kill, and again after what is due has been taken
up, nothing that was told of may be lost, nothing half-written be there, and the sweep over store
and database find nothing grave. Prints where the kills fell and what was found; exit status 1 for
anything lost.

Everything is in a temporary data folder with an embedded PostgreSQL, unless DATABASE_URL names
one.
"""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-crash-")
    os.environ.setdefault("TOUCHSTONE_DATA", _HOME.name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django

django.setup()

import numpy as np  # noqa: E402 - the settings come first
from django.contrib.auth.models import User  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connections  # noqa: E402 - the settings come first
from django.utils import timezone  # noqa: E402 - the settings come first

from audit.analysis.verifying import Effort, Trust, verify  # noqa: E402 - the settings come first
from audit.models import Job, Source  # noqa: E402 - the settings come first
from audit.services.sources import store  # noqa: E402 - the settings come first
from cases.models import (  # noqa: E402 - the settings come first
    Bundle,
    Certification,
    Erasure,
    Exhibit,
    Finding,
    Matter,
    Report,
)
from cases.services import (  # noqa: E402 - the settings come first
    bundles,
    certifications,
    desk,
    erasure,
    evidence,
    exhibits,
    findings,
)
from cases.services.exhibits import Deposit  # noqa: E402 - the settings come first
from cases.tasks import certify, write_bundle  # noqa: E402 - the settings come first
from tests.making import alpaca, answers, matter_with_exhibits  # noqa: E402 - the settings come first

TRIALS = 200
# What the last act of a round is, by what the process does.
LAST = {"upload": "read", "run": "issued", "keep": "erased", "export": "bundled"}
SHARE = {"upload": 0.4, "run": 0.3, "keep": 0.15, "export": 0.15}
Tell = Callable[[str], None]
Found = tuple[str, list[str]]


def upload(matter: Matter, by: User, tell: Tell, seed: int) -> None:
    """Upload and read one file after the other."""
    for turn in count():
        name = f"model-{seed}-{turn}"
        rows = answers(1000 * seed + turn, 600)
        deposit = Deposit(f"{name}.json", "control", name, "the claimant")
        tell("uploading")
        exhibit = exhibits.receive(matter, [alpaca(rows.items(), name)], deposit, by=by)
        tell(f"uploaded {exhibit.pk}")
        exhibits.read(exhibit, by=by)
        tell(f"read {exhibit.pk}")


def run(matter: Matter, by: User, tell: Tell, seed: int) -> None:
    """Seal the first plan again and bring it to its report."""
    for _ in count():
        tell("asking")
        finding = findings.ask_again(matter.findings.get(number=1), by=by)
        tell(f"asked {finding.pk}")
        desk.bring_to_report(finding, say=tell_nothing, by=by)
        tell(f"issued {finding.pk}")


def keep(matter: Matter, by: User, tell: Tell, seed: int) -> None:
    """Certify what there is, upload a file, and erase it."""
    certifier = certifications.Certifier("Ann Other", "examiner")
    for turn in count():
        tell("certifying")
        asked = certifications.ask(matter, matter.exhibits.all()[:7], certifier, by=by)
        tell(f"asked for certification {asked.pk}")
        certify(asked.pk)
        tell(f"certified {asked.pk}")
        name = f"erased-{seed}-{turn}"
        rows = answers(1000 * seed + turn, 200)
        deposit = Deposit(f"{name}.json", "control", name, "the claimant")
        exhibit = exhibits.receive(matter, [alpaca(rows.items(), name)], deposit, by=by)
        exhibits.read(exhibit, by=by)
        tell(f"read {exhibit.pk}")
        erasure.erase(exhibit, "asked for", by=by)
        tell(f"erased {exhibit.pk}")


def export(matter: Matter, by: User, tell: Tell, seed: int) -> None:
    """Ask for a bundle and write it."""
    for _ in count():
        tell("asking for a bundle")
        asked = bundles.ask(matter, by=by)
        tell(f"asked for bundle {asked.pk}")
        write_bundle(asked.pk)
        tell(f"bundled {asked.pk}")


ACTS = {"upload": upload, "run": run, "keep": keep, "export": export}


def tell_nothing(_line: str) -> None:
    pass


@contextmanager
def acting(kind: str, matter: Matter, by: User, seed: int) -> Iterator[tuple[int, BinaryIO]]:
    """Have a process act within the block, killed by its end; yields it and what it tells of."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            ACTS[kind](matter, by, lambda line: _say(writing, line), seed)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        yield child, told
        # Killed already, it is still there to be waited for.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def length_of(kind: str, matter: Matter, by: User) -> float:
    """Return how many seconds one round of acts takes on this machine as it is now."""
    with acting(kind, matter, by, seed=0) as (_, told):
        told.readline()
        start = time.monotonic()
        while line := told.readline():
            if line.decode().startswith(f"{LAST[kind]} "):
                return time.monotonic() - start
    raise RuntimeError(f"The process that should {kind} came to no end of its round.")


def trial(kind: str, matter: Matter, by: User, seed: int, after_s: float) -> list[str]:
    """Have a process act and kill it so many seconds after it began; return what it told of."""
    with acting(kind, matter, by, seed) as (child, told):
        first = told.readline()
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        return [line.decode().strip() for line in (first, *told.readlines())]


def _say(writing: int, line: str) -> None:
    os.write(writing, f"{line}\n".encode())


def bundle_holds(bundle: Bundle) -> bool:
    """Say whether a bundle is there whole, or was removed by an erasure since."""
    if bundle.removed_at is not None:
        return True
    with tempfile.TemporaryDirectory() as folder, store().open(bundle.sha256) as file:
        with ZipFile(file) as packed:
            packed.extractall(folder)
        found = verify(Path(folder) / bundle.name, Trust(), Effort.LOOKING)
    return found.failed == ()


HOLDS: dict[str, Callable[[int], bool]] = {
    "uploaded": lambda pk: (
        store().has(Exhibit.objects.get(pk=pk).source.sha256)
        or Erasure.objects.filter(exhibit=pk).exists()
    ),
    "read": lambda pk: Exhibit.objects.filter(pk=pk, tree__isnull=False).exists(),
    "asked": lambda pk: Finding.objects.filter(pk=pk).exists(),
    "issued": lambda pk: Report.objects.filter(finding=pk).exists(),
    "asked for certification": lambda pk: Certification.objects.filter(pk=pk).exists(),
    "certified": lambda pk: (
        not Certification.objects.get(pk=pk).exhibits.filter(at__isnull=True).exists()
    ),
    "asked for bundle": lambda pk: Bundle.objects.filter(pk=pk).exists(),
    "bundled": lambda pk: bundle_holds(Bundle.objects.get(pk=pk)),
    "erased": lambda pk: not store().has(Exhibit.objects.get(pk=pk).source.sha256),
}


def lost(told: list[str]) -> list[str]:
    """Return what was told of and is not there."""
    acts = [line.rpartition(" ") for line in told if line[-1:].isdigit()]
    return [f"lost: {what} {pk}" for what, _, pk in acts if not HOLDS[what](int(pk))]


def grave() -> list[str]:
    """Return what the sweep finds grave, and files that pass for read and are not whole."""
    said: list[str] = []
    evidence.check(lambda found: said.append(str(found)) if found.grave else None)
    read = Source.objects.filter(state=Source.State.READ)
    half = [one for one in read if one.taken != one.exchanges.count()]
    return [*said, *(f"half-written: {one}" for one in half)]


def take_up(matter: Matter, by: User) -> None:
    """Do what is due, as workers do once the time of the dead process's claims is over."""
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(state=Job.State.RUNNING).update(touched_at=long_ago)
    for exhibit in matter.exhibits.filter(disposed_at__isnull=True):
        exhibits.read(exhibit, by=by)
    for asked in matter.certifications.filter(exhibits__at__isnull=True).distinct():
        certify(asked.pk)
    for finding in matter.findings.filter(report__isnull=True):
        desk.bring_to_report(finding, say=tell_nothing, by=by)
    for bundle in matter.bundles.filter(made_at__isnull=True):
        write_bundle(bundle.pk)
    for source in erasure.due(100):
        erasure.evict(source)


def unfinished(matter: Matter) -> list[str]:
    """Return what was begun and is not brought to its end."""
    return [
        *(f"not read: {one}" for one in matter.exhibits.filter(disposed_at__isnull=True)),
        *(f"not issued: {one}" for one in matter.findings.filter(report__isnull=True)),
        *(f"not written: {one}" for one in matter.bundles.filter(made_at__isnull=True)),
    ]


def begin() -> tuple[Matter, User]:
    """Return a matter with a finding whose texts are all embedded, made in another process."""
    by, _ = User.objects.get_or_create(username="crash")
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            matter, found = matter_with_exhibits(by, controls=5, count=30)
            finding = findings.ask(matter, found, findings.Parameters(bootstrap_rounds=50), by=by)
            desk.bring_to_report(finding, say=tell_nothing, by=by)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("The matter of the trials could not be made.")
    return Matter.objects.latest("pk"), by


def found_after(kind: str, matter: Matter, by: User, seed: int, after_s: float) -> Found:
    """Make one trial; return what it was killed after, and what is lost or not as it should be."""
    told = trial(kind, matter, by, seed, after_s)
    found = [*lost(told), *grave()]
    take_up(matter, by)
    found += [*lost(told), *unfinished(matter), *grave()]
    return f"{kind}, after: {told[-1].rstrip('0123456789').strip()}", found


def main(trials: int) -> int:
    call_command("migrate", verbosity=0)
    matter, by = begin()
    rng = np.random.default_rng(int(os.environ.get("SEED", "1")))
    lengths = {kind: length_of(kind, matter, by) for kind in ACTS}
    take_up(matter, by)
    fell, bad = Counter[str](), 0
    for number in range(1, trials + 1):
        kind = str(rng.choice(list(ACTS), p=list(SHARE.values())))
        after_s = rng.uniform(0, 1.2 * lengths[kind])
        where, found = found_after(kind, matter, by, int(rng.integers(1, 2**31)), after_s)
        fell[where] += 1
        bad += bool(found)
        for line in found:
            sys.stdout.write(f"trial {number}, {where}: {line}\n")
        sys.stdout.flush()
    for where, times in sorted(fell.items()):
        sys.stdout.write(f"{times:5}  killed during {where}\n")
    entries, files = matter.custody.count(), len(list(store().digests()))
    sys.stdout.write(f"{entries} entries in the ledger, {files} files in the store\n")
    sys.stdout.write(f"{trials} kills, {bad} with anything lost, half-written or not clean\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS))
