"""One command that keeps the whole site running: the database, the web server and the workers.

supervisord restarts what dies; this process keeps the embedded database alive and holds the
data folder, so that two sites never run on one.
"""

import ctypes
import fcntl
import http.client
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from audit.analysis.errors import WrongSettingError

log = logging.getLogger(__name__)

PROGRAMS = {
    "web": "web",
    "worker": "worker --queues default --concurrency 2",
    "embedder": "worker --queues embed --concurrency 1",
    "collector": "worker --queues collect --concurrency 1",
    "beat": "beat",
}
STOP_CHILD = 8  # seconds that a child is given to stop before it is killed
STOP_ALL = 12.0  # seconds for all of them
PR_SET_PDEATHSIG = 1


def configuration(manage: Path, data: Path) -> str:
    """Write the text of supervisord's configuration."""
    general = {
        "nodaemon": "true",
        "pidfile": str(data / "supervisord.pid"),
        "logfile": str(data / "supervisord.log"),
        "logfile_maxbytes": "1MB",
        "logfile_backups": "1",
        "loglevel": "warn",
    }
    # Without it supervisord warns of being root at every start.
    general |= {"user": "root"} if os.geteuid() == 0 else {}
    # In one group, for supervisord stops its groups one after the other.
    group = {"programs": ",".join(PROGRAMS)}
    sections = [_section("supervisord", general), _section("group:touchstone", group)]
    for name, words in PROGRAMS.items():
        sections.append(_section(f"program:{name}", _program(name, words, manage)))
    return "\n".join(sections)


def _program(name: str, words: str, manage: Path) -> dict[str, str]:
    return {
        "command": f'"{sys.executable}" "{manage}" {words}',
        "directory": str(manage.parent),
        "environment": f'TOUCHSTONE_PART="{name}"',
        "autorestart": "true",
        "startsecs": "2",
        "startretries": "1000",
        "stopwaitsecs": str(STOP_CHILD),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": "/dev/fd/1",
        "stdout_logfile_maxbytes": "0",
    }


def _section(name: str, values: dict[str, str]) -> str:
    # A per cent sign begins an expansion in supervisord's files.
    lines = [f"{key}={value.replace('%', '%%')}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def hold_alone(data: Path) -> IO[str]:
    """Lock the data folder for this site; the second to come is refused."""
    file = (data / "run.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise WrongSettingError(
            f"Touchstone already runs on {data}: stop it first,"
            " or set TOUCHSTONE_DATA to another folder."
        ) from error
    return file


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def become(*words: str) -> None:
    """Turn this process into another Python program; a supervised one ends with its supervisor."""
    if "TOUCHSTONE_PART" in os.environ:
        die_with_parent()
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - our own interpreter and words


def web_answers(address: str) -> bool:
    """Whether anything is said in HTTP at HOST:PORT."""
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass(slots=True)
class Site:
    """The running site: a supervisord, and what is done twice a second beside it."""

    configuration_file: Path
    tend: Callable[[], None]
    stopping: bool = False

    def run(self) -> None:
        """Run until a signal asks to stop; then nothing is left running."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c"]
        supervisord = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [*command, str(self.configuration_file)],
            # In a session of its own: Ctrl-C is for this process, which stops the rest in order.
            start_new_session=True,
            # A pipe: supervisord opens its output once for each child and would overwrite a file.
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
        )
        copier = threading.Thread(target=_copy, args=(supervisord.stdout,), daemon=True)
        copier.start()
        try:
            self._watch(supervisord)
        finally:
            _end(supervisord)
            copier.join(timeout=2)

    def _watch(self, supervisord: subprocess.Popen[bytes]) -> None:
        while not self.stopping:
            if supervisord.poll() is not None:
                raise WrongSettingError(
                    f"The supervisor ended with code {supervisord.returncode}:"
                    f" see supervisord.log beside {self.configuration_file}, and start again."
                )
            self.tend()
            time.sleep(0.5)

    def _stop(self, *_: object) -> None:
        self.stopping = True


def _copy(source: IO[bytes]) -> None:
    for line in source:
        # The pipe is emptied even when nobody listens any more: a full one would stop the site.
        with suppress(OSError):
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()


def _end(supervisord: subprocess.Popen[bytes]) -> None:
    supervisord.terminate()
    try:
        supervisord.wait(timeout=STOP_ALL)
    except subprocess.TimeoutExpired:
        supervisord.kill()
        supervisord.wait()
