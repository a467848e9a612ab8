"""What must hold before a process starts; each failure is one sentence that says what to set."""

import socket

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import NotSupportedError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import KombuError
from pgmq.install import PGMQInstallError

from audit.analysis.encoders import identify
from audit.analysis.errors import TouchstoneError, WrongSettingError
from audit.blobs import open_store
from audit.services.sources import PROBE
from cases.services import signing
from cases.site.celery import app

OLDEST_POSTGRESQL = 15


def check_database() -> None:
    """Check that the database answers and is new enough."""
    try:
        connection.ensure_connection()
    except (OperationalError, NotSupportedError) as error:
        raise WrongSettingError(
            f"The database does not answer ({_first_line(error)}): set DATABASE_URL to a"
            f" PostgreSQL server, version {OLDEST_POSTGRESQL} or newer, that does."
        ) from error
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        found = int(cursor.fetchone()[0]) // 10000
    if found < OLDEST_POSTGRESQL:
        raise WrongSettingError(
            f"The database is PostgreSQL {found}: set DATABASE_URL to a server of version"
            f" {OLDEST_POSTGRESQL} or newer."
        )


def check_migrations() -> None:
    """Check that every migration has been applied."""
    try:
        executor = MigrationExecutor(connection)
    except ProgrammingError as error:
        raise WrongSettingError(
            f"The database account {connection.settings_dict['USER']} may read nothing yet:"
            " run `python manage.py migrate`."
        ) from error
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise WrongSettingError(
            f"The database lacks {len(missing)} migrations: run `python manage.py migrate`."
        )


def check_broker() -> None:
    """Check that the message broker takes connections."""
    with app.connection_for_write() as broker:
        try:
            broker.ensure_connection(max_retries=1, timeout=5)
        except (KombuError, PGMQInstallError, psycopg.Error) as error:
            raise WrongSettingError(
                f"The message broker does not answer ({_first_line(error)}): set CELERY_BROKER_URL"
                " to one that does, or leave it out to use the database."
            ) from error


def check_storage(address: str) -> None:
    """Check that evidence can be kept: one small blob, the same each time, is put there."""
    try:
        open_store(address).put([PROBE])
    except OSError as error:
        raise WrongSettingError(
            f"The storage {address} cannot be written ({_first_line(error)}): set STORAGE_URL to a"
            " folder or a bucket that can."
        ) from error


def check_encoder(name: str) -> None:
    """Check that the encoder is there, without loading it."""
    try:
        identify(name)
    except TouchstoneError as error:
        raise WrongSettingError(
            f"The encoder cannot be used ({_first_line(error)}): set ENCODER to the folder of one"
            " that can, or leave it out to use the one that is shipped."
        ) from error


def check_signing() -> None:
    """Check that the key that signs what is issued can be used, where one is set."""
    signing.signer_facts()


def check_address(address: str) -> None:
    """Check that the web server can listen at HOST:PORT."""
    host, _, port = address.rpartition(":")
    try:
        family, kind, *_, at = socket.getaddrinfo(host.strip("[]"), int(port))[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(at)
    except OSError as error:
        raise WrongSettingError(
            f"Nothing can listen at {address} ({error.strerror}): set TOUCHSTONE_BIND to another"
            " HOST:PORT, for example 127.0.0.1:8001."
        ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def check_all() -> None:
    """Make every check in order; the first that fails is raised."""
    check_database()
    check_migrations()
    check_broker()
    check_storage(settings.STORAGE_URL)
    check_encoder(settings.ENCODER)
    check_signing()


def make_ready() -> None:
    """Make ready for a command that works alone: only the embedded server is migrated unasked."""
    check_database()
    if settings.EMBEDDED:
        call_command("migrate", interactive=False, verbosity=0)
    check_migrations()
    check_storage(settings.STORAGE_URL)
    check_encoder(settings.ENCODER)
    check_signing()
