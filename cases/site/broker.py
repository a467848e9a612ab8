"""Celery's messages in PostgreSQL: kombu's `pgmq` transport, made fit for small and large sites.

Differences from kombu's own: the messages live in the site's database unless told otherwise; the
tables are made when missing; one plain connection serves in place of a pool with four threads;
and a message stays hidden only as long as its worker lives, however long the task takes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
from django.db import connections
from kombu.transport import pgmq as kombu_pgmq
from pgmq import PGMQueue
from pgmq.install import install_pgmq_from_sql
from psycopg_pool import ConnectionPool

from cases.site.postgresql.embedded import EmbeddedServer, server_of

INSTALL_LOCK = 7_406_120  # any number, the same in every process
SERVER_OPTIONS = ("cursor_factory", "context", "prepare_threshold", "client_encoding")


class Session:
    """One connection, opened when wanted and opened anew when broken, in place of a pool."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._mutex = threading.Lock()
        self._connection: psycopg.Connection | None = None

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Lend the connection, for one statement at a time."""
        with self._mutex:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            yield self._connection

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._mutex:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> psycopg.Connection:
        connection = self._connect()
        with connection.transaction():
            _install_where_missing(connection)
        connection.autocommit = True
        return connection

    def _connect(self) -> psycopg.Connection:
        if self._conninfo:
            return psycopg.connect(self._conninfo)
        server, parameters = _database_of_the_site()
        if server is None:
            return psycopg.connect(**parameters)
        server.hold()
        try:
            return psycopg.connect(**parameters)
        except psycopg.OperationalError:
            server.ensure_running()
            return psycopg.connect(**parameters)


def _database_of_the_site() -> tuple[EmbeddedServer | None, dict[str, Any]]:
    wrapper = connections["default"]
    parameters = wrapper.get_connection_params()
    for name in SERVER_OPTIONS:
        parameters.pop(name, None)
    data = wrapper.settings_dict.get("DATA")
    return (server_of(Path(data)) if data else None), parameters


def _install_where_missing(connection: psycopg.Connection) -> None:
    if _installed(connection):
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [INSTALL_LOCK])
    if not _installed(connection):
        install_pgmq_from_sql(conn=connection)


def _installed(connection: psycopg.Connection) -> bool:
    # A plain query of the catalogue: to_regnamespace() answers from a cache, stale by now.
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'").fetchone()
    return found is not None


class Channel(kombu_pgmq.Channel):
    """A channel that keeps its unfinished messages hidden while its process lives."""

    _renewed_at = 0.0

    def drain_events(self, timeout: float | None = None, callback: Any = None, **kw: Any) -> Any:
        """Read messages; the consumer's loop comes by here several times a second."""
        if time.monotonic() - self._renewed_at > self.visibility_timeout / 3:
            self._renew()
            self._renewed_at = time.monotonic()
        drain: Any = super().drain_events
        return drain(timeout=timeout, callback=callback, **kw)

    def _renew(self) -> None:
        for message in list(self.qos._delivered.values()):  # noqa: SLF001 - kombu has no door to it
            held = message.delivery_info
            if "pgmq_msg_id" in held:
                self.pgmq.set_vt(held["pgmq_queue"], held["pgmq_msg_id"], self.visibility_timeout)


class Transport(kombu_pgmq.Transport):
    """The transport of `pgmq://` in this site."""

    Channel = Channel
    _session: Session | None = None

    def close_connection(self, connection: Any) -> None:
        """Close, and let go of the database connection."""
        super().close_connection(connection)
        if self._session is not None:
            self._session.close()

    def _create_pgmq_client(self) -> PGMQueue:
        client: Any = self.client
        self._session = Session(client.transport_options.get("conn_string", ""))
        # An empty conn_string: the package would otherwise take DATABASE_URL from the environment.
        return PGMQueue(
            conn_string="", pool=cast("ConnectionPool", self._session), init_extension=False
        )
