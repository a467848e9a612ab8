"""What must hold before a process starts; each failure is one sentence that says what to set."""

from django.db import NotSupportedError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from audit.analysis.errors import WrongSettingError
from cases.site.celery import app

OLDEST_POSTGRESQL = 15


def check_database() -> None:
    """The database answers, and is new enough."""
    try:
        connection.ensure_connection()
    except (OperationalError, NotSupportedError) as error:
        raise WrongSettingError(
            f"The database does not answer ({_first_line(error)}): set DATABASE_URL to a PostgreSQL"
            f" server, version {OLDEST_POSTGRESQL} or newer, that does."
        ) from error
    found = connection.pg_version // 10000
    if found < OLDEST_POSTGRESQL:
        raise WrongSettingError(
            f"The database is PostgreSQL {found}: set DATABASE_URL to a server of version"
            f" {OLDEST_POSTGRESQL} or newer."
        )


def check_migrations() -> None:
    """Every migration has been applied."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise WrongSettingError(
            f"The database lacks {len(missing)} migrations: run `python manage.py migrate`."
        )


def check_broker() -> None:
    """The message broker takes connections."""
    with app.connection_for_write() as broker:
        try:
            broker.ensure_connection(max_retries=1, timeout=5)
        except (OSError, *broker.recoverable_connection_errors) as error:
            raise WrongSettingError(
                f"The message broker does not answer ({_first_line(error)}): set CELERY_BROKER_URL"
                " to one that does, or leave it out to use the database."
            ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def check_all() -> None:
    """Every check in order; the first that fails is raised."""
    check_database()
    check_migrations()
    check_broker()
