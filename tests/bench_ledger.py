"""What an entry costs in a ledger of a million: `python -m tests.bench_ledger`.

Everything is made in a temporary data folder with an embedded PostgreSQL of its own. The million
entries are one valid chain, written with COPY. Prints median and 95th percentile of 500 rounds in
milliseconds: an entry, the same row inserted plainly, a look that is recorded already, and a new
one; each with its commit, on the account of the services. Then the first checkpoint over all
of them, and what a further one costs with the ten entries that it adds.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-bench-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django

django.setup()

import numpy as np  # noqa: E402 - the settings come first
from django.contrib.auth.models import User  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.db import connection, transaction  # noqa: E402 - the settings come first

from audit.analysis.custody import ledger  # noqa: E402 - the settings come first
from audit.analysis.digests import canonical_json  # noqa: E402 - the settings come first
from cases.models import CustodyEntry, Matter  # noqa: E402 - the settings come first
from cases.services import checkpoints, custody, matters  # noqa: E402 - the settings come first
from cases.site.postgresql.roles import as_owner  # noqa: E402 - the settings come first

ENTRIES = 1_000_000
ROUNDS = 500
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
COLUMNS = "matter_id, number, at, actor, way, act, facts, previous, seal"
COPY = f"COPY cases_custodyentry ({COLUMNS}) FROM STDIN"
PLAIN = f"INSERT INTO plain ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - our own names


def fill(matter: Matter) -> None:
    """Lengthen the chain of a matter to a million entries, of a hundred people."""
    last = matter.custody.get()
    seal = last.seal
    with connection.cursor() as cursor, cursor.copy(COPY) as rows:
        for number in range(2, ENTRIES + 1):
            at = ledger.moment(FIRST + timedelta(minutes=number))
            facts = {"exhibit": f"{number % 40}"}
            person = f"person {number % 100}"
            one = ledger.Entry(matter.pk, number, at, person, "records", facts, seal, "page")
            seal = ledger.seal(one)
            said = canonical_json(facts).decode()
            rows.write_row(
                (one.matter, number, at, person, one.way, one.act, said, one.previous, seal)
            )


def show(name: str, act: Callable[[int], object]) -> None:
    taken = []
    for turn in range(ROUNDS):
        start = time.perf_counter()
        act(turn)
        taken.append(1000 * (time.perf_counter() - start))
    median, slow = np.quantile(taken, (0.5, 0.95))
    sys.stdout.write(f"{median:9.2f}  {slow:6.2f}  {name}\n")
    sys.stdout.flush()


@transaction.atomic
def plain(turn: int, row: CustodyEntry) -> None:
    """Insert a row as it is, sealed onto nothing."""
    seal = f"{turn:064}"
    values = (row.matter_id, turn, row.at, row.actor, row.way, row.act, "{}", seal, seal)
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, values)


def ten_and_a_checkpoint(matter: Matter, by: User) -> None:
    for number in range(10):
        with transaction.atomic():
            custody.record(matter, "note", {"n": number}, by=by)
    checkpoints.cover(matter)


def show_checkpoints(matter: Matter, by: User) -> None:
    start = time.perf_counter()
    checkpoints.cover(matter)
    sys.stdout.write(f"{time.perf_counter() - start:9.2f}  seconds for the first checkpoint\n")
    show("ten entries and a checkpoint", lambda _: ten_and_a_checkpoint(matter, by))


def main() -> None:
    call_command("migrate", verbosity=0)
    by = User.objects.create_user("bench")
    matter = matters.open_matter("Bench", "Was it trained on it?", by=by)
    fill(matter)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (LIKE cases_custodyentry INCLUDING ALL)")
        cursor.execute("INSERT INTO plain SELECT * FROM cases_custodyentry WHERE number > 1000")
        cursor.execute("ANALYZE")
    row = matter.custody.order_by("-number")[0]
    entry = transaction.atomic(custody.record)
    sys.stdout.write(f"{CustodyEntry.objects.count()} entries stored\n")
    sys.stdout.write("median ms  p95 ms  what\n")
    show("a plain INSERT", lambda turn: plain(turn, row))
    show("an entry", lambda turn: entry(matter, "note", {"n": turn}, by=by))
    show("a new look", lambda n: custody.record_reading(matter, "records", {"n": n}, by=by))
    show("a look again", lambda _: custody.record_reading(matter, "records", {"n": 1}, by=by))
    show("a refusal again", lambda _: custody.record_refusal(matter.pk, "/", by=by))
    show_checkpoints(matter, by)
    last = CustodyEntry.objects.order_by("-number").values_list("number", flat=True)[0]
    assert custody.problems_from(matter, last - 2 * ROUNDS, last) == []


if __name__ == "__main__":
    main()
