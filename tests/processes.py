"""Other processes for the tests: commands of manage.py, and real Celery workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def manage(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one command of manage.py to its end, with these environment variables more."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence with which a command ended, and no traceback."""
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("touchstone: ")
    return done.stderr


@dataclass(frozen=True, slots=True)
class Worker:
    """A real Celery worker in a process group of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_ready(self) -> None:
        """Return once the worker takes tasks."""
        wait_for(lambda: " ready." in self.log.read_text() or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """End the whole group without warning, as a power cut would."""
        with suppress(ProcessLookupError):
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


def launch(words: list[str], log: Path, **variables: str) -> Worker:
    """Start a worker on the test database, in a process group of its own."""
    variables |= {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *words],
            cwd=ROOT,
            env=os.environ | variables,
            stderr=output,
            start_new_session=True,
        )
    return Worker(process, log)


# Below the ports that systems hand out unasked, so that none is lost again before it is used, and
# other ones in each worker of pytest-xdist; begun anywhere, for another run on the same machine.
_FIRST, _EACH = 12_000, 1_000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20
_places = count(os.getpid())


def free_port() -> int:
    """Return a port that nothing listens at, and another one at each call."""
    for place in islice(_places, _EACH):
        port = _FIRST + _EACH * _WORKER + place % _EACH
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serving(words: list[str], port: int, **variables: str) -> subprocess.Popen[bytes]:
    """Start a server and return once it takes connections at the port."""
    process = subprocess.Popen(
        words,
        env=os.environ | variables,
        # A server that is killed may leave a dump where it stands.
        cwd=variables.get("HOME"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: accepts(port) or process.poll() is not None, 90)
    assert process.poll() is None
    return process


@contextmanager
def s3_server() -> Iterator[str]:
    """A real server process that speaks S3, at the address that it yields."""
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = serving(words, port, **S3_KEYS)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
