"""A data folder, a database and workers for the tests; nothing of the developer's is touched."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.places import new_data_folder, root

# Before Django reads its settings. Each worker of pytest-xdist has a data folder of its own, and
# with it a PostgreSQL server, queues and blobs: one may kill its server while others work.
os.environ["TOUCHSTONE_DATA"] = str(new_data_folder())
os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"
# The matrices here are small. Threads that share one wait for each other in a loop, at the cost of
# the cores that other tests need: with two of them a validation takes several times the work.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import django

django.setup()

import hypothesis  # noqa: E402 - the data folder comes first
import pytest  # noqa: E402 - the data folder comes first
from django.conf import settings  # noqa: E402 - the data folder comes first
from django.db import connection  # noqa: E402 - the data folder comes first
from django.db.backends.postgresql.operations import (  # noqa: E402 - the data folder comes first
    DatabaseOperations,
)
from kombu import pools  # noqa: E402 - the data folder comes first
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402 - the data folder comes first

from audit.analysis.encoders import Encoder, load  # noqa: E402 - the data folder comes first
from tests.processes import Worker, launch  # noqa: E402 - the data folder comes first

pytest_plugins = ("tests.cast", "tests.browser", "tests.filed", "tests.bundles")

# Pages are drawn from the sources: no test needs the hashed copies of collectstatic.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
assert str(settings.DATA) == os.environ["TOUCHSTONE_DATA"], "settings were read too early"


# A busy machine is no fault of the code: no example fails for its time alone. The same code is
# tried with the same examples; `--hypothesis-profile search` tries others, and ten times as many.
_PATIENT = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("same", _PATIENT, derandomize=True)
hypothesis.settings.register_profile("search", _PATIENT, max_examples=1000)
hypothesis.settings.load_profile("same")


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Take the name of the settings from what workers inherit.

    pytest-django would read them before this file could choose the worker's data folder.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests, where workers of pytest-xdist share the files.

    What comes last then is short, and no worker waits long for another at the end.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Keep what is loaded by now out of every later search for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder, loaded once for all tests that only use it."""
    return load("", device="cpu", cache=root() / "encoders")


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
