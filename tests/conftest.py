"""A data folder, a database and workers for the tests; nothing of the developer's is touched."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

if "PYTEST_XDIST_WORKER" not in os.environ:
    # Before Django reads its settings; the workers of pytest-xdist share their parent's.
    os.environ["TOUCHSTONE_DATA"] = tempfile.mkdtemp(prefix="touchstone-tests-")
    atexit.register(shutil.rmtree, os.environ["TOUCHSTONE_DATA"], ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup()

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from kombu import pools  # noqa: E402

# Pages are drawn from the sources: no test needs the hashed copies of collectstatic.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database, and at the end no broker connection that would keep it from going."""
    yield
    pools.reset()


@dataclass(frozen=True, slots=True)
class Worker:
    """A real Celery worker in a process group of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End the whole group without warning, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask the worker to stop, and insist after a while."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


def database_url() -> str:
    """The address of the test database, for another process."""
    at = connection.settings_dict
    user, password = quote(at["USER"], safe=""), quote(at["PASSWORD"], safe="")
    host = quote(at["HOST"], safe="")
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{user}:{password}@{host}{port}/{at['NAME']}"


def wait_for(condition: Callable[[], object], seconds: float) -> float:
    """Wait until something holds; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"not within {seconds} seconds")
        time.sleep(0.05)
    return time.monotonic() - start


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start workers on the test database; each takes `queues`, `concurrency` and `include`."""
    started: list[Worker] = []

    def start(*, queues: str = "default,embed", concurrency: int = 1, include: str = "") -> Worker:
        log = tmp_path / f"worker-{len(started)}.log"
        command = [sys.executable, "manage.py", "worker", "--queues", queues]
        command += ["--concurrency", str(concurrency)]
        command += ["--include", include] if include else []
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "STORAGE_URL": settings.STORAGE_URL,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/cases/site")]),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stderr=output, start_new_session=True
            )
        worker = Worker(process, log)
        started.append(worker)
        wait_for(lambda: " ready." in log.read_text() or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text()
        return worker

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    """One worker for both queues on the test database."""
    return start_worker()
