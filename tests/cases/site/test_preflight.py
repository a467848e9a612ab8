"""What cannot be used is found before anything starts, and its setting is named."""

import socket

import pytest

from audit.analysis.errors import WrongSettingError
from cases.site import preflight
from tests.processes import database_url, manage, refusal
from tests.signers import PASSWORD, Issuer

pytestmark = pytest.mark.django_db


def test_a_database_that_does_not_answer():
    sentence = refusal(
        manage("preflight", DATABASE_URL="postgres://user:secret@127.0.0.1:9/cases")
    )
    assert "set DATABASE_URL" in sentence
    assert "version 15 or newer" in sentence
    assert "secret" not in sentence


def test_a_database_that_is_too_old(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(preflight, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(WrongSettingError, match="set DATABASE_URL to a server of version 99"):
        preflight.check_database()


def test_a_database_without_the_tables():
    # Every PostgreSQL server has this database; nothing of ours is in it.
    address = database_url().rpartition("/")[0] + "/template1"
    assert "python manage.py migrate" in refusal(manage("preflight", DATABASE_URL=address))


@pytest.mark.parametrize(
    "address",
    [
        "redis://127.0.0.1:9/0",
        "redis+socket:///no/such/socket",
        "amqp://127.0.0.1:9//",
        "pgmq://user:secret@127.0.0.1:9/cases",
    ],
)
def test_a_broker_that_does_not_answer(address: str):
    done = manage("preflight", DATABASE_URL=database_url(), CELERY_BROKER_URL=address)
    sentence = refusal(done)
    assert "set CELERY_BROKER_URL" in sentence
    assert "leave it out to use the database" in sentence
    assert "secret" not in sentence


def test_a_storage_that_cannot_be_written():
    done = manage("preflight", DATABASE_URL=database_url(), STORAGE_URL="file:///dev/null/blobs")
    assert "set STORAGE_URL" in refusal(done)


def test_an_encoder_that_is_not_there():
    done = manage("preflight", DATABASE_URL=database_url(), ENCODER="/no/such/encoder")
    assert "set ENCODER" in refusal(done)


def test_a_signing_key_that_cannot_be_opened(tmp_path):
    path = Issuer().signer().keep(tmp_path)
    given = {"DATABASE_URL": database_url(), "REPORT_SIGNING_P12": path}
    sentence = refusal(manage("preflight", **given, REPORT_SIGNING_P12_PASSWORD="wrong"))
    assert "REPORT_SIGNING_P12_PASSWORD to its password" in sentence
    done = manage("preflight", **given, REPORT_SIGNING_P12_PASSWORD=PASSWORD)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_address_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(WrongSettingError, match="set TOUCHSTONE_BIND to another"):
            preflight.check_address(address)


def test_everything_in_order():
    done = manage("preflight", DATABASE_URL=database_url())
    assert (done.returncode, done.stderr) == (0, "")
