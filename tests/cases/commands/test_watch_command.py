"""`manage.py watch`: what it says, and that it does what the page does."""

import pytest
from django.core.management import CommandError, call_command

from audit.models import Endpoint
from cases.management.commands import watch as command
from cases.models import Watch
from tests.watching import quiet_watch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """What would be rung for: there is no broker here."""
    found: list[int] = []
    monkeypatch.setattr(command.watch_run, "delay", found.append)
    return found


def said(capsys, *words: object) -> str:
    call_command("watch", *map(str, words))
    return capsys.readouterr().out


def test_a_watch_is_opened_and_listed(capsys, matter, exhibits):
    words = ["open", matter.pk, "--name", "Line", "--url", "http://127.0.0.1:9/v1"]
    words += ["--model", "larkspur-7", "--confirmed-by", "Ann Other", "--basis", "our contract"]
    words += ["--crontab", "30 6 * * *", "--zone", "Europe/Berlin", "--missed", "skip"]
    assert "watch 1 is open" in said(capsys, *words)
    watch = Watch.objects.get()
    assert (watch.missed, watch.zone) == ("skip", "Europe/Berlin")
    assert Endpoint.objects.get().authorisations.get().basis == "our contract"
    listed = said(capsys, "list", matter.pk)
    assert "Line  30 6 * * * in Europe/Berlin; next: " in listed
    assert "0 releases, 0 open notices" in listed


def test_it_looks_at_once_pauses_and_resumes(capsys, matter, exhibits, alice, rung):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    assert "is asked for" in said(capsys, "run", matter.pk, 1, "--as", "alice")
    assert rung == [watch.runs.get().pk]
    with pytest.raises(CommandError, match="under way already"):
        said(capsys, "run", matter.pk, 1)
    assert "watch 1: paused" in said(capsys, "pause", matter.pk, 1)
    assert "nothing to do" in said(capsys, "pause", matter.pk, 1)
    assert "watch 1: resumed" in said(capsys, "resume", matter.pk, 1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("pause", 99, 1), "There is no matter 99"),
        (("pause", "MATTER", 7), "has no watch 7"),
        (("list", "MATTER", "--as", "nobody"), "There is no user nobody"),
    ],
)
def test_what_is_not_there_is_said(capsys, matter, words, why):
    with pytest.raises(CommandError, match=why):
        said(capsys, *(matter.pk if word == "MATTER" else word for word in words))
