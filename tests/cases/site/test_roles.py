"""The account of the services adds to what is sealed and can do nothing else with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from audit.analysis.errors import WrongSettingError
from cases.services import holds
from cases.site.postgresql import roles
from cases.site.postgresql.cluster import SERVICE, Cluster
from tests import cast
from tests.places import share_encoders
from tests.processes import manage, refusal, wait_for
from tests.sites import Site

SEALED = (*roles.APPEND_ONLY, *roles.OPEN_IN)
TRIED_ON_EACH = (
    "UPDATE {} SET id = id",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {} CASCADE",
)
TRIED = (
    "UPDATE audit_run SET plan = '{}'",
    "DROP TRIGGER custody_is_append_only ON cases_custodyentry",
    "ALTER FUNCTION cases_refuse_change() RENAME TO gone",
    "SET session_replication_role = 'replica'",
    "SET ROLE postgres",
    "TRUNCATE cases_matter CASCADE",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
)


def connected(**at: str) -> psycopg.Connection:
    return psycopg.connect(**at, autocommit=True)


@pytest.fixture
def as_service(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection of the services' account to the test database."""
    if not settings.EMBEDDED:
        pytest.skip("the database was named by DATABASE_URL: its accounts are not ours to make")
    roles.let_in(SERVICE)
    at = connection.settings_dict
    with connected(host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=SERVICE) as opened:
        yield opened


def test_what_is_sealed_is_closed_to_the_services(as_service):
    tried = [one.format(table) for one in TRIED_ON_EACH for table in SEALED]
    for statement in (*tried, *TRIED):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_service.execute(statement)


def test_what_goes_only_with_an_erasure_is_changed_by_nobody(as_service):
    for table in roles.ERASABLE:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_service.execute(TRIED_ON_EACH[0].format(table))


def test_the_services_write_a_result_once(as_service, alice, finding):
    again = cast.ask(finding.matter, list(finding.matter.exhibits.all()), by=alice)
    result = "UPDATE audit_run SET result = '{}', result_digest = repeat('a', 64), "
    result += f"finished_at = now() WHERE id = {again.run_id}"
    assert as_service.execute(result).rowcount == 1
    with pytest.raises(psycopg.errors.RestrictViolation):
        as_service.execute(result.replace("'a'", "'b'"))


def test_no_table_of_the_services_own_stands_before_what_a_guard_looks_up(as_service, finding):
    holds.issue(finding.matter, "expected suit", by=finding.asked_by)
    for table in ("cases_hold", "cases_erasure", "cases_exhibit", "cases_checkpoint"):
        as_service.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table})")
    for statement in (
        "UPDATE public.cases_exhibit SET withdrawn_at = now() WHERE withdrawn_at IS NULL",
        (
            "INSERT INTO public.cases_erasure (exhibit_id, reason, at, by_id)"
            " SELECT id, 'x', now(), received_by_id FROM public.cases_exhibit LIMIT 1"
        ),
        "DELETE FROM public.audit_exchange",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            as_service.execute(statement)


def test_a_file_that_was_read_is_not_said_to_be_unread_to_have_it_emptied(as_service, finding):
    for statement in (
        "UPDATE audit_source SET state = 'received'",
        "UPDATE audit_source SET sha256 = repeat('0', 64)",
        "UPDATE audit_source SET taken = taken + 1",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            as_service.execute(statement)


def test_no_result_is_there_before_its_finding(as_service, finding):
    again = "INSERT INTO {0} SELECT (jsonb_populate_record(r, '{1}')).* FROM {0} r LIMIT 1"
    done = {"id": 900, "result": {}, "result_digest": "a" * 64, "finished_at": "2020-01-01"}
    with pytest.raises(psycopg.errors.RestrictViolation):
        as_service.execute(again.format("audit_run", json.dumps(done)))
    fresh = dict.fromkeys(("result", "finished_at")) | {"id": 900, "result_digest": ""}
    as_service.execute(again.format("audit_run", json.dumps(fresh)))
    as_service.execute(
        "UPDATE audit_run SET result = '{}', result_digest = repeat('a', 64),"
        " finished_at = now() WHERE id = 900"
    )
    late = {"id": 900, "number": 90, "run_id": 900, "follows_id": finding.pk, "why": "x"}
    with pytest.raises(psycopg.errors.RestrictViolation):
        as_service.execute(again.format("cases_finding", json.dumps(late)))


def test_an_account_that_may_do_all_is_refused(transactional_db):
    with pytest.raises(WrongSettingError, match="can do all that the owner"):
        roles.let_in(connection.settings_dict["USER"])


@pytest.mark.slow
def test_the_whole_walk_runs_on_the_account_of_the_services(tmp_path: Path):
    site = Site(tmp_path / "data", tmp_path / "run.log")
    try:
        wait_for(lambda: "answers at" in site.log.read_text(), 60)
        finding = site.ask()
        look = site.until("report", finding, 120)
        assert (look["problems"], look["errors"]) == ([], [])
        host = str(Cluster(site.data).socket_folder)
        with connected(host=host, dbname="touchstone", user="postgres") as owner:
            users = owner.execute(
                "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'touchstone'"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchall()
            ways = owner.execute("SELECT act, way FROM cases_custodyentry").fetchall()
        assert users == [(SERVICE,)]
        assert {way for act, way in ways if act in {"found", "issued"}} == {"worker"}
        assert ("planned", "command line") in ways
    finally:
        site.stop()


@pytest.fixture
def kept() -> Iterator[dict[str, str]]:
    """An empty database of an owner who is no superuser, as host and name."""
    if not settings.EMBEDDED:
        pytest.skip("the database was named by DATABASE_URL: its accounts are not ours to make")
    connection.ensure_connection()
    host = str(connection.settings_dict["HOST"])
    with connected(host=host, user="postgres", dbname="postgres") as root:
        root.execute("CREATE ROLE keeper LOGIN CREATEROLE")
        root.execute("CREATE DATABASE kept OWNER keeper")
        yield {"host": host, "dbname": "kept"}
        root.execute("DROP DATABASE kept WITH (FORCE)")
        root.execute("DROP ROLE IF EXISTS clerk")
        root.execute("DROP ROLE keeper")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_another_server_is_migrated_by_its_owner_and_served_to_the_services(kept, tmp_path: Path):
    address = f"postgres://{{}}:made-up@{quote(kept['host'], safe='')}/{kept['dbname']}"
    share_encoders(tmp_path)
    urls = {"DATABASE_URL": address.format("clerk"), "TOUCHSTONE_DATA": str(tmp_path)}
    assert "set DATABASE_URL" in refusal(manage("preflight", **urls))
    done = manage("migrate", DATABASE_OWNER_URL=address.format("keeper"), **urls)
    assert done.returncode == 0, done.stderr
    done = manage("demo", "--out", str(tmp_path / "out"), **urls)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.pdf").exists()
    with (
        connected(**kept, user="clerk") as clerk,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        clerk.execute("DELETE FROM cases_custodyentry")


def test_an_owner_without_services_is_refused(tmp_path: Path):
    said = refusal(manage("preflight", DATABASE_OWNER_URL="postgres://keeper@127.0.0.1:9/kept"))
    assert "DATABASE_OWNER_URL is set and DATABASE_URL is not" in said


def test_queues_of_the_owner_make_room_for_those_of_the_services(as_service):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS pgmq")
    roles.let_in(SERVICE)
    found = "SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'"
    assert as_service.execute(found).fetchone() is None
    as_service.execute("CREATE SCHEMA pgmq")
    roles.let_in(SERVICE)
    assert as_service.execute(found).fetchone() is not None
    as_service.execute("DROP SCHEMA pgmq")
