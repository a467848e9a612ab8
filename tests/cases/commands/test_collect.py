"""`manage.py collect` from the prompt to the exhibit."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from audit.analysis import battery
from audit.analysis.digests import sha256_of_file
from audit.models import Collection, Source
from cases.models import Matter
from cases.services import folders, matters
from tests import making
from tests.processes import database_url, manage
from tests.provider import provider

pytestmark = pytest.mark.django_db(transaction=True)


LEAVE = ("--authorised-by", "Ann Other", "--basis", "our own endpoint")


@pytest.fixture
def playing(tmp_path):
    with provider(tmp_path, faults=[{"prompt": "Why not?", "do": "refuse"}]) as found:
        yield found


@pytest.fixture
def run(playing):
    """The command, in this process, on the provider; what it prints."""

    def collect(*words: object, where: bool = True) -> str:
        at = ("--endpoint", playing.url, "--model", "suspect-1") if where else ()
        out = StringIO()
        call_command("collect", *at, *map(str, words), stdout=out)
        return out.getvalue()

    return collect


@pytest.fixture
def refused(run):
    """The sentence with which the command refuses."""

    def sentence(*words: object, where: bool = True) -> str:
        with pytest.raises(CommandError) as raised:
            run(*words, where=where)
        return str(raised.value)

    return sentence


@pytest.fixture
def asked(tmp_path) -> Path:
    path = tmp_path / "prompts.jsonl"
    lines = ["Why?", {"prompt": "Why not?"}, {"text": "How?"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_prompts_in_a_capture_out_and_the_capture_is_an_exhibit(asked, playing, tmp_path):
    out = tmp_path / "capture.jsonl"
    money = ("--price-in", "1.5", "--price-out", "6", "--currency", "EUR", "--budget-money", "1")
    at = ("--endpoint", playing.url, "--model", "suspect-1", "--rate", "0", "--out", str(out))
    given = ("--prompts", str(asked), *at, *money, *LEAVE)
    done = manage("collect", *given, DATABASE_URL=database_url())
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 calls; at most ")
    assert "Ann Other confirms that this endpoint may be asked" in done.stdout
    assert "calls: 2 answered, 1 refused\n" in done.stdout
    assert f"SHA-256  {sha256_of_file(out)}\n" in done.stdout
    by = User.objects.create_user("clerk")
    matter = matters.open_matter("Orchard v. Harbour", "Was it trained on it?", by=by)
    exhibit = making.hand_in(matter, "suspect-1", "suspect", out.read_bytes(), by)
    source = Source.objects.get(pk=exhibit.source_id)
    assert source.format == "Touchstone capture JSONL"
    assert (source.taken, source.left_out) == (2, 2)
    assert set(source.exchanges.values_list("prompt", flat=True)) == {"Why?", "How?"}


def test_an_estimate_asks_nothing_and_seals_nothing(run, playing):
    said = run("--battery", "7", "--estimate", "--max-tokens", "100")
    assert said.startswith("7 calls; at most ")
    assert Collection.objects.count() == 0
    assert playing.heard() == []


def test_the_battery_is_named_in_the_plan(run):
    assert "calls: 5 answered\n" in run("--battery", "5", "--rate", "0", *LEAVE)
    plan = Collection.objects.get().plan
    assert len(plan["prompts"]) == 5
    assert plan["battery"] == f"battery version 1, digest {battery.digest()}"


def test_without_leave_nothing_is_asked(refused, asked, playing):
    assert "Nobody has confirmed that suspect-1" in refused("--prompts", asked)
    assert "who confirms" in refused("--prompts", asked, "--authorised-by", "Ann")
    assert playing.heard() == []


def test_what_is_paused_is_resumed_and_closed_by_its_number(run, refused, asked, tmp_path):
    faults = [{"prompt": "How?", "do": "500", "times": 2}]
    with provider(tmp_path, faults=faults) as failing:
        at = ("--endpoint", failing.url, "--model", "suspect-1")
        given = ("--prompts", asked, "--rate", "0", "--attempts", "1", *at, *LEAVE)
        said = refused(*given, where=False)
        number = Collection.objects.get().pk
        assert f"Collection {number} is paused: 1 questions got no answer" in said
        assert "is paused" in refused("--resume", number, where=False)
        closed = run("--stop", number, where=False)
    assert "calls: 2 answered, 2 failed\nIt was stopped by hand.\nSHA-256  " in closed


def test_models_are_listed(run):
    assert run("--list-models") == "suspect-1  1\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--battery", "5", "--endpoint", "ftp://x"), "begins with http:// or https://"),
        (("--battery", "9999"), "9999 prompts are asked for"),
        (("--battery", "5", "--price-in", "dear"), "is no amount of money"),
        (("--battery", "5", "--key", "sk-no-name"), "give the name, never the key itself"),
        (("--battery", "5", "--api", "messages", "--seed", "1"), "takes no seed"),
        (("--battery", "5", "--extra", "[]"), "What is extra is no JSON object"),
        (("--prompts", "nowhere.txt"), "it cannot be read (No such file or directory)"),
        (("--resume", "999"), "There is no collection 999."),
        (("--battery", "5", "--out", "/nowhere/x.jsonl"), "nothing can be written there"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(refused, words, sentence):
    assert sentence in refused(*words)


def test_a_file_of_prompts_is_read_by_its_ending(run, refused, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('"fine"\n{"question": "?"}\n')
    assert "bad.jsonl, line 2: it has no prompt" in refused("--prompts", bad)
    other = tmp_path / "prompts.csv"
    other.write_text("x")
    assert "does not end in .jsonl or .txt" in refused("--prompts", other)
    text = tmp_path / "prompts.txt"
    text.write_text("Why?\n\nHow?\n")
    assert run("--prompts", text, "--estimate").startswith("2 calls;")


@pytest.fixture
def opened() -> Matter:
    return matters.open_matter("Orchard", "Was it?", by=User.objects.create_user("clerk"))


def as_what(matter: Matter) -> tuple[object, ...]:
    given = ("--role", "suspect", "--party", "Orchard", "--as-model", "suspect-1 of May")
    return ("--matter", matter.pk, *given, "--as", "clerk")


def test_a_collection_for_a_matter_becomes_its_exhibit(run, refused, asked, opened, tmp_path):
    said = run("--prompts", asked, "--rate", "0", *LEAVE, *as_what(opened))
    assert said.endswith("exhibit A: 2 taken, 2 left out\n")
    exhibit = opened.exhibits.get()
    assert (exhibit.role, exhibit.model_name) == ("suspect", "suspect-1 of May")
    assert exhibit.gathering.collection.capture_sha256 == exhibit.source.sha256
    acts = list(opened.custody.order_by("number").values_list("act", flat=True))
    assert acts[1:] == ["collection begun", "party", "received", "read"]
    assert "Name a matter" in refused("--prompts", asked, *LEAVE, "--matter", 99)
    assert "--role ROLE" in refused("--prompts", asked, *LEAVE, "--matter", opened.pk)
    assert Collection.objects.count() == 1


def test_what_was_halted_is_handed_in_when_it_ends(refused, run, asked, opened, tmp_path):
    faults = [{"prompt": "How?", "do": "500", "times": 2}]
    with provider(tmp_path, faults=faults) as failing:
        at = ("--endpoint", failing.url, "--model", "suspect-1")
        given = ("--prompts", asked, "--rate", "0", "--attempts", "1", *at, *LEAVE)
        refused(*given, *as_what(opened), where=False)
        number = Collection.objects.get().pk
        assert not opened.exhibits.exists()
        said = run("--stop", number, where=False)
    assert "exhibit A: 2 taken" in said
    assert "exhibit A: 2 taken" in run("--stop", number, where=False)
    assert opened.exhibits.count() == 1


def test_a_capture_of_no_matter_is_handed_in_later(run, refused, asked, opened):
    run("--prompts", asked, "--rate", "0", *LEAVE)
    number = Collection.objects.get().pk
    said = run("--hand-in", number, *as_what(opened), where=False)
    assert said.endswith("exhibit A: 2 taken, 2 left out\n")
    again = refused("--hand-in", number, *as_what(opened), where=False)
    assert "is one of a matter already" in again


def test_files_come_out_of_a_folder(run, refused, opened, tmp_path, settings, monkeypatch):
    place = tmp_path / "in"
    place.mkdir()
    (place / "one.json").write_bytes(making.alpaca([("Why?", "Because.")]))
    (place / "none.json").write_bytes(b"")
    given = ("--folder", place.as_uri(), *as_what(opened))
    assert "sets COLLECT_FOLDERS" in refused(*given, where=False)
    settings.COLLECT_FOLDERS = [place.as_uri()]
    assert "folder 1 is watched" in run(*given, where=False)
    assert "already" in refused(*given, where=False)
    monkeypatch.setattr(folders.look, "__defaults__", (timedelta(0),))
    said = run("--take", "--matter", opened.pk, where=False)
    assert "folder 1: 1 new\nexhibit A: 1 taken, 0 left out\n  none.json: " in said
    assert "There is no folder 7" in refused(
        "--close-folder", 7, "--matter", opened.pk, where=False
    )
    assert "it is closed" in run("--close-folder", 1, "--matter", opened.pk, where=False)
    assert "closed already" in run("--close-folder", 1, "--matter", opened.pk, where=False)
