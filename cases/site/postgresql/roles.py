"""Who may do what in the database: migrations run as the owner of the tables, all else does not.

Triggers refuse to change what is sealed. The account of the services lacks the right to try, and
as it owns no table it cannot put a trigger out of force.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from audit.analysis.errors import WrongSettingError

# Rows that are added and never changed.
APPEND_ONLY = (
    "audit_authorisation",
    "audit_capturestamp",
    "audit_certificate",
    "audit_listedbody",
    "audit_listing",
    "audit_nearmatching",
    "audit_runinput",
    "audit_sitting",
    "cases_answerserasure",
    "cases_batesrange",
    "cases_batesseries",
    "cases_certification",
    "cases_checkpoint",
    "cases_custodyentry",
    "cases_designation",
    "cases_erasure",
    "cases_exhibittree",
    "cases_filingauthor",
    "cases_filingpaper",
    "cases_filingreview",
    "cases_finding",
    "cases_holdacknowledgement",
    "cases_privilegelog",
    "cases_redaction",
    "cases_release",
    "cases_report",
    "cases_timestamp",
    "cases_watchevent",
    "cases_watchplan",
)
# Of these only the columns named can be written: triggers have each written once. None goes.
OPEN_IN = {
    "audit_call": (
        "state",
        "final",
        "request",
        "response",
        "request_sha256",
        "response_sha256",
        "facts",
        "problem",
        "ended_at",
        "tokens_in",
        "tokens_out",
        "tokens",
        "cost",
        "assumed",
    ),
    "audit_collection": (
        "state",
        "problem",
        "ended_at",
        "capture_sha256",
        "capture_size",
        "erased_at",
    ),
    "audit_endpoint": ("price_in", "price_out", "currency"),
    "audit_run": ("sharded_at", "result", "result_digest", "environment", "finished_at"),
    "cases_certifiedexhibit": ("computed", "size", "tool", "problem", "at"),
    "cases_certifiedfinding": (
        "computed",
        "difference",
        "where",
        "beyond",
        "known_answers",
        "details",
        "tool",
        "problem",
        "at",
    ),
    "cases_exhibit": ("disposed_at", "withdrawn_at"),
    "cases_production": ("sha256", "size", "counts", "made_at", "removed_at"),
    "cases_filing": (
        "state",
        "revision",
        "certification_id",
        "finalise_asked_by_id",
        "finalise_asked_at",
        "finalised_by_id",
        "finalised_at",
        "document_sha256",
    ),
    "cases_hold": ("released_at", "released_by_id", "release_reason"),
}
# These go only with an erasure, which a trigger sees to, and are never changed.
ERASABLE = ("audit_exchange", "audit_leftoutrecord", "cases_exhibitkey")
MIGRATIONS = "django_migrations"


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the tables within the block, and let the services in at its end.

    Where no owner is named, whoever connects owns the tables, and nothing is done.
    """
    at: dict[str, Any] = connection.settings_dict
    owner = at["OWNER"]
    if owner is None:
        yield
        return
    service = {name: at[name] for name in owner}
    connection.close()
    at |= owner
    try:
        yield
        let_in(service["USER"], service.get("PASSWORD", ""))
    finally:
        connection.close()
        at |= service


@transaction.atomic
def let_in(service: str, password: str = "") -> None:
    """Give the account of the services exactly its rights, making it if it is not there.

    Raises WrongSettingError if it cannot be made, or if it could do all that the owner can.
    """
    _require_account(service, password)
    tables = set(connection.introspection.table_names())
    _give_up_queues()
    _run("GRANT CONNECT, CREATE ON DATABASE {} TO {}", connection.settings_dict["NAME"], service)
    for rights in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        _run(rights, service)
    _close_what_is_sealed(tables, service)
    for table in tables.intersection([MIGRATIONS]):
        _run("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}", table, service)


def _close_what_is_sealed(tables: set[str], service: str) -> None:
    for table in tables.intersection((*APPEND_ONLY, *OPEN_IN)):
        _run("REVOKE UPDATE, DELETE ON {} FROM {}", table, service)
    for table in tables.intersection(ERASABLE):
        _run("REVOKE UPDATE ON {} FROM {}", table, service)
    for table in tables.intersection(OPEN_IN):
        for column in OPEN_IN[table]:
            _run("GRANT UPDATE ({}) ON {} TO {}", column, table, service)


def _require_account(service: str, password: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER')"
            " FROM pg_roles WHERE rolname = %s",
            [service],
        )
        found = cursor.fetchone()
    if found is None:
        _make_account(service, password)
    elif found[0]:
        raise WrongSettingError(
            f"The database account {service} can do all that the owner of the tables can: set"
            " DATABASE_URL to an account that is no superuser and no member of the owner."
        )


def _make_account(service: str, password: str) -> None:
    # Hashed here: a statement may end in the server's log.
    secret = connection.connection.pgconn.encrypt_password(password.encode(), service.encode())
    try:
        with transaction.atomic():
            _run(f"CREATE ROLE {{}} LOGIN PASSWORD '{secret.decode()}'", service)
    except ProgrammingError as error:
        raise WrongSettingError(
            f"The database account {service} is not there and the owner may not make it: have an"
            f" administrator run CREATE ROLE {service} LOGIN PASSWORD '...'."
        ) from error


def _give_up_queues() -> None:
    """Remove message queues that are the owner's: the services make their own and ring again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_namespace"
            " WHERE nspname = 'pgmq' AND nspowner = current_user::regrole"
            " AND NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgmq')"
        )
        if cursor.fetchone():
            cursor.execute("DROP SCHEMA pgmq CASCADE")


def _run(statement: str, *names: str) -> None:
    """Run a statement of the catalogue with names put in, quoted."""
    with connection.cursor() as cursor:
        quoted = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
        cursor.execute(quoted.as_string(connection.connection))
