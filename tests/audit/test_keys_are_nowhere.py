"""A key is in the environment and in the requests, and nowhere else: everything is searched."""

import base64
import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.models import KeptKey
from audit.services import collections, keys
from audit.tasks import collect
from tests import collecting
from tests.processes import Worker, database_url, manage, wait_for
from tests.provider import Playing, provider

pytestmark = pytest.mark.django_db(transaction=True)
# With what is written otherwise in a URL and in JSON.
KEY = 'sk-Never/To+Be="Seen-4711'
FORMS = {
    form
    for text in (KEY, quote(KEY, safe=""), json.dumps(KEY)[1:-1])
    for form in (
        text.encode(),
        text.encode().hex().encode(),
        *(base64.b64encode(b" " * shift + text.encode())[4:-4] for shift in range(3)),
    )
}
FAULTS = [
    {"prompt": collecting.prompts(4)[0], "do": "echo"},
    {"prompt": collecting.prompts(4)[1], "do": "429"},
    {"prompt": collecting.prompts(4)[2], "do": "500"},
]


def shows(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def tables() -> list[str]:
    """Every row of every table, as text; bytes are hexadecimal in it."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        rows = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')  # noqa: S608 - our own tables
            rows += [row[0] for row in cursor.fetchall()]
    return rows


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def decoded_rows(rows: list[str]) -> bytes:
    return "\n".join(rows).encode()


@pytest.fixture
def playing(tmp_path):
    with provider(tmp_path, key=KEY, faults=FAULTS) as found:
        yield found


def test_a_key_is_found_by_the_search_where_it_is():
    for text in (KEY, quote(KEY, safe="")):
        assert shows(f"so {text} it is".encode())
        assert shows(b"\\x" + f"so {text} it is".encode().hex().encode())
        for shift in range(3):
            assert shows(base64.b64encode(b"x" * (3 + shift) + text.encode() + b"tail"))


def carried_out_by_a_worker(
    playing: Playing, start_worker, monkeypatch: pytest.MonkeyPatch
) -> Worker:
    """A worker with the right key; one of its plans meets every fault, another a wrong key."""
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB", KEY)
    monkeypatch.setenv("TOUCHSTONE_KEY_WRONG", KEY + "-wrong")
    worker = start_worker(queues="collect")
    found = [collecting.started(playing, 4, key_name=name) for name in ("LAB", "WRONG")]
    for one in found:
        collect.delay(one.pk)

    def over() -> bool:
        for one in found:
            one.refresh_from_db()
        return [one.state for one in found] == ["done", "paused"]

    wait_for(over, 60)
    assert "refused the key" in found[1].problem
    assert found[0].calls.count() == 6
    return worker


@pytest.mark.slow
def test_a_key_is_in_no_row_no_file_and_no_log(playing, start_worker, monkeypatch, tmp_path):
    worker = carried_out_by_a_worker(playing, start_worker, monkeypatch)
    keys.keep("KEPT", KEY)
    monkeypatch.delenv("TOUCHSTONE_KEY_LAB")
    options = ["--endpoint", playing.url, "--model", "suspect-1", "--list-models"]
    kept = manage("collect", *options, "--key", "KEPT", DATABASE_URL=database_url())
    assert kept.stdout == "suspect-1  1\n", kept.stderr
    wrong = manage("collect", *options, "--key", "WRONG", DATABASE_URL=database_url())
    assert wrong.returncode == 1
    assert "Incorrect API key provided: ***" in wrong.stderr
    worker.stop()
    rows = tables()
    assert len(rows) > 100
    assert not shows(decoded_rows(rows))
    # With the store, the files of PostgreSQL and its log of what came in.
    searched = files(Path(settings.DATA), tmp_path)
    assert len(searched) > 100
    played = {path for path in searched if path.name.startswith("provider-")}
    shown = [path for path in searched if path not in played and shows(path.read_bytes())]
    assert shown == []
    assert worker.log.stat().st_size > 0
    assert not shows((kept.stdout + kept.stderr + wrong.stdout + wrong.stderr).encode())


def test_a_key_comes_from_a_variable_a_file_or_the_store(monkeypatch, tmp_path):
    keys.keep("LAB", "sk-from-the-store")
    assert keys.key_of("LAB").reveal() == "sk-from-the-store"
    path = tmp_path / "key"
    path.write_text("sk-from-a-file\n")
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB_FILE", str(path))
    assert keys.key_of("LAB").reveal() == "sk-from-a-file"
    monkeypatch.delenv("TOUCHSTONE_KEY_LAB_FILE")
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB", "sk-from-a-variable")
    assert keys.key_of("LAB").reveal() == "sk-from-a-variable"
    assert keys.key_of("") is None
    assert keys.forget("LAB")
    assert not keys.forget("LAB")


def test_a_key_under_another_name_or_another_site_key_cannot_be_opened(settings):
    keys.keep("LAB", "sk-from-the-store")
    KeptKey.objects.update(name="OTHER")
    with pytest.raises(IntegrityError, match="The key OTHER cannot be opened"):
        keys.key_of("OTHER")
    keys.keep("LAB", "sk-from-the-store")
    settings.SALT_KEY = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(IntegrityError, match="SALT_KEY is not the one"):
        keys.key_of("LAB")


def test_a_key_given_for_its_name_is_not_shown_and_not_stored(playing):
    with pytest.raises(WrongSettingError) as refused:
        collections.endpoint(
            "chat_completions", playing.url, "m", key_name=KEY, prices=collecting.PRICES
        )
    assert KEY not in str(refused.value)
    assert not shows(decoded_rows(tables()))


@pytest.mark.parametrize("content", [b"\xff\xfe sk-0123456789", b"sk-1234 5678 with spaces"])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(content, monkeypatch, tmp_path):
    path = tmp_path / "key"
    path.write_bytes(content)
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB_FILE", str(path))
    with pytest.raises(WrongSettingError, match="LAB") as refused:
        keys.key_of("LAB")
    assert "sk-" not in str(refused.value)
