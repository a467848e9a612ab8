"""Each setting is checked; a wrong one is refused in one sentence that says what to set."""

import stat
from pathlib import Path

import pytest

from audit.analysis.errors import WrongSettingError
from cases.site.environment import Environment, private_folder
from tests.processes import manage, refusal


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("DATABASE_URL", "mysql://user@host/name", "postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
        ("DATABASE_URL", "nonsense", "postgres://"),
        ("DATABASE_URL", "postgres://host", "or leave it out"),
        ("CELERY_BROKER_URL", "sqs://queue", "redis://"),
        ("CELERY_BROKER_URL", "memory://", "amqp://"),
        ("STORAGE_URL", "/folder", "file:///FOLDER"),
        ("STORAGE_URL", "s3:///prefix", "s3://BUCKET/PREFIX"),
        ("STORAGE_URL", "file://host/folder", "file:///FOLDER"),
        ("TOUCHSTONE_BIND", "8000", "HOST:PORT"),
        ("TOUCHSTONE_BIND", "localhost:99999", "HOST:PORT"),
        ("ENCODER_DEVICE", "tpu", "auto, cpu, cuda"),
        ("TIME_ZONE", "Mars/Olympus", "Europe/Berlin"),
        ("LOST_AFTER", "3", "a whole number from 4 up"),
        ("DEBUG", "perhaps", "true or false"),
        ("BEHIND_TLS", "2", "true or false"),
        ("SECRET_KEY_FILE", "/no/such/file", "readable text file"),
        ("TOUCHSTONE_DATA", "/dev/null/data", "set TOUCHSTONE_DATA"),
        ("REPORT_SIGNING_LEVEL", "best", "B-B, B-T, B-LTA"),
        ("REPORT_SIGNING_LEVEL", "B-B", "set REPORT_SIGNING_P12 to a PKCS#12 file"),
        ("REPORT_SIGNING_PKCS11", "/driver.so", "REPORT_SIGNING_PKCS11_TOKEN is not"),
    ],
)
def test_a_wrong_setting_stops_every_command_with_one_sentence(name: str, value: str, advice: str):
    sentence = refusal(manage("preflight", **{name: value}))
    assert name in sentence
    assert advice in sentence


def test_a_value_and_a_file_at_once_are_refused(tmp_path: Path):
    both = {"SECRET_KEY": "a", "SECRET_KEY_FILE": str(tmp_path)}
    with pytest.raises(WrongSettingError, match="unset one of them"):
        Environment(both).text("SECRET_KEY")


def test_two_signing_keys_at_once_are_refused():
    both = {"REPORT_SIGNING_P12": "a.p12", "REPORT_SIGNING_PKCS11": "driver.so"}
    with pytest.raises(WrongSettingError, match="both set: unset one of them"):
        Environment(both).signing_level("REPORT_SIGNING_LEVEL")


def test_a_level_with_time_stamps_needs_an_authority():
    alone = {"REPORT_SIGNING_P12": "a.p12", "REPORT_SIGNING_LEVEL": "B-LTA"}
    with pytest.raises(WrongSettingError, match="set TIMESTAMP_URLS"):
        Environment(alone).signing_level("REPORT_SIGNING_LEVEL")
    named = alone | {"TIMESTAMP_URLS": "local-test:"}
    assert Environment(named).signing_level("REPORT_SIGNING_LEVEL") == "B-LTA"


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    file = tmp_path / "url"
    file.write_text("postgres://user:pass@host:5433/cases?sslmode=require\n")
    parsed = Environment({"DATABASE_URL_FILE": str(file)}).database("DATABASE_URL")
    assert parsed is not None
    assert (parsed["HOST"], parsed["PORT"], parsed["PASSWORD"]) == ("host", 5433, "pass")
    assert parsed["OPTIONS"] == {"sslmode": "require"}


def test_nothing_set_means_the_embedded_server_and_a_broker_in_it():
    nothing = Environment({})
    assert nothing.database("DATABASE_URL") is None
    assert nothing.broker("CELERY_BROKER_URL") == ""
    assert nothing.storage("STORAGE_URL", "file:///data/blobs") == "file:///data/blobs"


@pytest.mark.parametrize(
    "address",
    [
        "redis://host:6379/0",
        "rediss://host:6379/0",
        "redis+socket:///run/redis.sock",
        "amqp://user:pass@host//",
        "amqps://host//",
        "pgmq://user:pass@host/cases",
    ],
)
def test_these_brokers_are_served(address: str):
    assert Environment({"CELERY_BROKER_URL": address}).broker("CELERY_BROKER_URL") == address


def test_the_secret_key_is_drawn_once_and_kept_for_its_owner(tmp_path: Path):
    drawn = Environment({}).secret_key(tmp_path)
    assert len(drawn) >= 50
    assert Environment({}).secret_key(tmp_path) == drawn
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert Environment({"SECRET_KEY": "given"}).secret_key(tmp_path) == "given"


def test_an_empty_secret_key_is_refused(tmp_path: Path):
    (tmp_path / "secret_key").touch()
    with pytest.raises(WrongSettingError, match="remove it, or set SECRET_KEY"):
        Environment({}).secret_key(tmp_path)


def test_the_data_folder_is_made_for_its_owner_alone(tmp_path: Path):
    folder = private_folder(tmp_path / "new" / "data", "TOUCHSTONE_DATA")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_help_and_static_files_need_no_database(tmp_path: Path):
    data = tmp_path / "data"
    for words in (["help"], ["collectstatic", "--no-input", "--dry-run"]):
        assert manage(*words, TOUCHSTONE_DATA=str(data)).returncode == 0
    assert not (data / "postgres").exists()
