"""A PostgreSQL server of our own: started by its first user, stopped by its last.

Every process that uses it holds a shared lock on one file; whoever leaves and gets that lock
alone stops the server. It listens on a socket in a folder of its owner's, never on the network.
"""

import atexit
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.site.postgresql.cluster import Cluster


class EmbeddedServer:
    """This process's share in the server of one data folder."""

    def __init__(self, data: Path) -> None:
        self.cluster = Cluster(data)
        self._data = data
        self._share: int | None = None
        self._mutex = threading.RLock()
        atexit.register(self.leave)
        os.register_at_fork(after_in_child=self._forget)

    def hold(self) -> None:
        """Count this process among the users of the server; the server may not run yet."""
        with self._mutex:
            if self._share is None:
                share = os.open(self._data / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(share, fcntl.LOCK_SH)
                self._share = share

    def ensure_running(self) -> None:
        """Start the server unless it answers; of many who call at once one starts it."""
        self.hold()
        with self._mutex, _alone(self._data / "postgres.starting"):
            if not self.cluster.answers():
                self.cluster.start()

    def leave(self) -> None:
        """Give up this process's share, and stop the server if it was the last one."""
        with self._mutex:
            if self._share is None:
                return
            share, self._share = self._share, None
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self.cluster.stop()
            finally:
                os.close(share)

    def _forget(self) -> None:
        # A child counts for itself: closing the copy leaves the parent's share as it is.
        self._mutex = threading.RLock()
        if self._share is not None:
            os.close(self._share)
            self._share = None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


_servers: dict[Path, EmbeddedServer] = {}
_servers_mutex = threading.Lock()


def server_of(data: Path) -> EmbeddedServer:
    """Return the one share of this process in the server of a data folder."""
    with _servers_mutex:
        if data not in _servers:
            _servers[data] = EmbeddedServer(data)
        return _servers[data]
