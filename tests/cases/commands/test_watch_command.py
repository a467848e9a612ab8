"""`manage.py watch`: what it says, and that it does what the page does."""

import re

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from audit.models import Endpoint
from cases.management.commands import watch as command
from cases.models import Release, Watch
from cases.services.watches.design import Design
from tests.cast import PROMPTS
from tests.releases import audited
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


OPENING = (
    "--name", "Line", "--url", "http://127.0.0.1:9/v1", "--model", "larkspur-7",
    "--confirmed-by", "Ann Other", "--basis", "our contract",
)  # fmt: skip


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


def test_a_name_that_turns_the_terminal_round_is_spelt_out(capsys, matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    Watch.objects.filter(pk=watch.pk).update(name="Line\u202egnihton")
    for words in (["list", matter.pk], ["show", matter.pk, 1]):
        listed = said(capsys, *words)
        assert "\u202e" not in listed
        assert "<U+202E>" in listed


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


def test_every_setting_has_an_option_and_what_it_takes_is_said(capsys, matter, exhibits, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("\n".join(PROMPTS[:32]))
    words = [
        "open", matter.pk, *OPENING, "--own-file", own, "--sentinels", "One?", "Two?",
        "--repeats", "6",
        "--teachers", "B", "--looks-per-alarm", 500, "--threshold", 20, "--system", "Be brief.",
        "--tokens", 900000, "--least-prompts", 31, "--every", 7200, "--quiet-from", "22:00",
        "--quiet-to", "07:00", "--emails", "ann@example.org", "ben@example.org",
    ]  # fmt: skip
    told = said(capsys, *words, "--estimate")
    assert "Audit of a release: 32 calls" in told
    assert not Watch.objects.exists()
    assert not Endpoint.objects.exists()
    assert "watch 1 is open" in said(capsys, *words)
    watch = Watch.objects.get()
    design = Design.from_dict(watch.plans.get().plan["design"])
    assert (design.prompts, design.sentinels) == (PROMPTS[:32], ("One?", "Two?"))
    assert design.exhibits == ("B", "D", "E", "F", "G", "H")
    assert (design.level, design.threshold, design.sampling.system) == (1 / 500, 20, "Be brief.")
    assert (design.limits.tokens, design.parameters.least_prompts) == (900_000, 31)
    assert watch.schedule.interval.every == 7200
    assert watch.emails == ["ann@example.org", "ben@example.org"]


REFUSED = (
    (("--crontab", "0 0 31 2 *"), "names no time that ever comes"),
    (("--tokens", "500"), "500 tokens, and an audit may take"),
    (("--alpha", "0.2"), "--alpha: Give a level above 0 and of 0.05 at most"),
    (("--teachers", "Z"), "--teachers: there is no exhibit Z to choose: B, C"),
    (("--own-file", "/nowhere.txt"), "/nowhere.txt cannot be read"),
    (("--zone", "Mars/Olympus"), "--zone: Select a valid choice"),
    (("--key", "sk-secret"), "The name of a key has capital letters"),
)


def test_what_cannot_be_opened_is_refused_in_one_sentence(matter, exhibits):
    for words, why in REFUSED:
        with pytest.raises(CommandError, match=why):
            call_command("watch", "open", str(matter.pk), *OPENING, *words)
    assert not Watch.objects.exists()


def test_a_plan_is_changed_and_the_rest_of_it_kept(capsys, matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600, threshold=30.0)
    words = ["change", matter.pk, 1, "--why", "as the client wrote", "--repeats", 4]
    told = said(capsys, *words, "--estimate")
    assert "Answers to each sentinel prompt: 4; before: 3" in told
    assert "The series goes on" in told
    assert watch.plans.count() == 1
    assert "version 2 is sealed" in said(capsys, *words)
    before, after = (Design.from_dict(one.plan["design"]) for one in watch.plans.all())
    assert (after.repeats, after.threshold, after.prompts) == (4, 30.0, before.prompts)
    with pytest.raises(CommandError, match="Nothing is another"):
        said(capsys, *words)
    with pytest.raises(CommandError, match="--why: This field is required"):
        said(capsys, "change", matter.pk, 1, "--repeats", 5)


def test_times_and_people_are_set_anew(capsys, matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    assert "watch 1: 0 5 * * * in Europe/Berlin" in said(
        capsys, "retime", matter.pk, 1, "--crontab", "0 5 * * *"
    )
    assert "nothing to do" in said(capsys, "retime", matter.pk, 1, "--crontab", "0 5 * * *")
    assert "watch 1: every 2:00:00" in said(capsys, "retime", matter.pk, 1, "--every", 7200)
    assert "a look takes 0:01:11 at least" in said(
        capsys, "retime", matter.pk, 1, "--crontab", "* * * * *"
    )
    said(capsys, "tell", matter.pk, 1, "--emails", "ann@example.org")
    said(capsys, "tell", matter.pk, 1, "--digest-at", "09:30")
    watch.refresh_from_db()
    assert (watch.emails, f"{watch.digest_at:%H:%M}") == (["ann@example.org"], "09:30")
    with pytest.raises(CommandError, match="begins with https"):
        said(capsys, "tell", matter.pk, 1, "--webhook", "http://example.org/")


def test_a_release_is_entered_shown_and_the_watch_closed(capsys, matter, exhibits, alice, rung):
    quiet_watch(matter, exhibits, by=alice, crontab="30 6 * * *", zone="Asia/Tokyo")
    words = ["release", matter.pk, 1, "--on", "2026-03-01", "--where", "the page of changes"]
    for _ in range(2):
        assert "Release 1 is on record" in said(capsys, *words)
    assert Release.objects.get().noticed_by == "person"
    assert len(set(rung)) == 1
    shown = said(capsys, "show", matter.pk, 1)
    assert shown.count("next      ") == 3
    assert "06:30:00+09:00 Asia/Tokyo" in shown
    assert "  Answers to each sentinel prompt: 3" in shown
    assert "a person" in shown
    assert "notice    " in shown
    with pytest.raises(CommandError, match="a day to come"):
        said(capsys, *words[:4], "2999-01-01", *words[5:])
    assert "closed for good" in said(capsys, "close", matter.pk, 1, "--why", "settled")
    assert "nothing to do" in said(capsys, "close", matter.pk, 1, "--why", "settled")
    with pytest.raises(CommandError, match="closed for good"):
        said(capsys, "run", matter.pk, 1)
    assert "next: closed" in said(capsys, "list", matter.pk)


ACTS = (
    ("open", *OPENING),
    ("run", 1),
    ("change", 1, "--why", "why", "--repeats", 4),
    ("retime", 1, "--every", 60),
    ("tell", 1, "--emails", "bob@example.org"),
    ("release", 1, "--where", "a page"),
    ("renew", 1, "--why", "why"),
    ("pause", 1),
    ("resume", 1),
    ("close", 1, "--why", "why"),
)


def test_an_account_that_may_only_read_changes_nothing(capsys, matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    entries = matter.custody.count()
    for act, *rest in ACTS:
        with pytest.raises(CommandError, match="bob may not act in matter"):
            said(capsys, act, matter.pk, *rest, "--as", "bob")
    assert matter.custody.count() == entries
    assert not watch.runs.exists()
    assert "every 1:00:00" in said(capsys, "show", matter.pk, 1, "--as", "bob")


def test_a_stranger_is_shown_nothing(capsys, matter, exhibits, alice, mallory):
    quiet_watch(matter, exhibits, by=alice, every_s=3600)
    with pytest.raises(CommandError, match="mallory may not read matter"):
        said(capsys, "show", matter.pk, 1, "--as", "mallory")


def test_the_series_is_a_table_on_the_terminal(capsys, matter, exhibits, alice):
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    rng = np.random.default_rng(5)
    for number, lead in ((1, 0.02), (2, 0.3)):
        values = lead + 0.02 * rng.normal(size=len(PROMPTS))
        audited(watch, exhibits, alice, number, values, log10_lr=0.5 * number)
    shown = said(capsys, "show", matter.pk, 1)
    assert "likeness to B, saltmarsh-5" in shown
    assert re.search(r"\n  2 +1 +2 +1\.000 +0\.3\d\d +0\.\d+ to 0\.\d+ +ordinary course\n", shown)
    assert re.search(r"release 1 to release 2: \+0\.2\d\d, p = \S+ at level 0\.025: stands", shown)
