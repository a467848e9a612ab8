"""A data folder, a database and workers for the tests; nothing of the developer's is touched."""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

if "PYTEST_XDIST_WORKER" not in os.environ:
    # Before Django reads its settings; the workers of pytest-xdist share their parent's.
    os.environ["TOUCHSTONE_DATA"] = tempfile.mkdtemp(prefix="touchstone-tests-")
    atexit.register(shutil.rmtree, os.environ["TOUCHSTONE_DATA"], ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

import pytest  # noqa: E402 - the data folder comes first
from django.conf import settings  # noqa: E402 - the data folder comes first
from django.db import connection  # noqa: E402 - the data folder comes first
from django.db.backends.postgresql.operations import (  # noqa: E402 - the data folder comes first
    DatabaseOperations,
)
from kombu import pools  # noqa: E402 - the data folder comes first
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402 - the data folder comes first

from tests.processes import Worker, launch  # noqa: E402 - the data folder comes first

pytest_plugins = ("tests.cast", "tests.browser", "tests.bundles")

# Pages are drawn from the sources: no test needs the hashed copies of collectstatic.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)


def _flush_past_the_triggers() -> None:
    """Let Django empty the tables after a test with transactions, as a superuser can.

    The triggers that refuse TRUNCATE stay as they are for every other statement.
    """
    flush = DatabaseOperations.execute_sql_flush

    def past(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = 'replica'", *sql_list])

    DatabaseOperations.execute_sql_flush = past


_flush_past_the_triggers()

# The tests make, fill and empty a database of their own: they own it. What the account of the
# services may do is tested with that account.
connection.settings_dict |= connection.settings_dict["OWNER"]
connection.settings_dict["OWNER"] = None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, and at the end no session of a server thread that would keep it."""
    yield
    pools.reset()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def start_worker(
    transactional_db: None,
    tmp_path: Path,
) -> Iterator[Callable[..., Worker]]:
    """Start workers on the test database; each takes `queues`, `concurrency` and `include`."""
    started: list[Worker] = []

    def start(queues: str = "default,embed", concurrency: int = 1, include: str = "") -> Worker:
        words = ["--queues", queues, "--concurrency", str(concurrency)]
        words += ["--include", include] if include else []
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(launch(words, log, STORAGE_URL=settings.STORAGE_URL))
        started[-1].wait_until_ready()
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    """One worker for both queues on the test database."""
    return start_worker()
