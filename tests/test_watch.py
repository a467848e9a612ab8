"""Six releases of a line, the fourth swapped for a student of a teacher: found, and not before.

A real worker and a real beat on a compressed schedule; the provider is a process of its own.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from audit.models import Job
from cases import samples
from cases.models import Exhibit, Matter, Notice, Release, Watch, WatchRun
from cases.services import custody, watches
from cases.site.postgresql.embedded import server_of
from tests import real
from tests.processes import ROOT, database_url, wait_for
from tests.watched import LIMITS, kill_database
from tests.watching import Line, answers_of, matter_with_exhibits, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HONEST = answers_of(samples.HONEST)
SLOW = {"answers": HONEST, "latency_s": 0.1}
STANDS = ["release 4", "release 5"]
EVERY_S = 5
LONGEST = 420
KILLS = 4
QUEUES = "default,embed,collect"


@pytest.fixture
def two_beats(transactional_db, tmp_path):
    """Celery's beat on the test database, and another that nobody needs."""
    started = [beat(tmp_path / f"beat-{number}.log") for number in range(2)]
    yield started
    for one in started:
        one.kill()
        one.wait()


def beat(log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", "beat"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )


@pytest.fixture
def line(tmp_path):
    playing = Line(tmp_path)
    yield playing
    playing.stop()


def audited(watch: Watch, number: int) -> Release:
    """The release of this number once its audit has ended, and a look at it has passed since."""

    def ended() -> bool:
        connection.close()
        runs = WatchRun.objects.filter(watch=watch, release__number=number)
        failed = WatchRun.objects.filter(watch=watch, state=WatchRun.State.FAILED)
        assert not failed.exists(), list(failed.values_list("problem", flat=True))
        return runs.filter(kind="audit", state="done").exists() and (
            runs.filter(kind="look", state="done").count() > 1
        )

    wait_for(ended, LONGEST)
    return watch.releases.get(number=number)


@dataclass(frozen=True, slots=True)
class Played:
    """What two models answer, of which one was trained on the outputs of a teacher.

    `threshold` is the ratio of which people are told, `stands` what changes the series bears out:
    so few real prompts give no ratio above ten, and bear out none at the levels that looks leave.
    """

    honest: dict[str, str]
    student: dict[str, str]
    teacher: str
    threshold: float
    stands: list[str]
    watched: tuple[Matter, list[Exhibit]]


@pytest.fixture
def played(alice, tmp_path) -> Played:
    """Real transcripts where they are at hand, else the samples."""
    if real.SHARED.is_dir():
        watched = real.matter_with_exhibits(tmp_path, alice)
        return Played(real.other(), real.student(), real.TEACHER, 4.0, [], watched)
    watched = matter_with_exhibits(alice)
    return Played(
        HONEST, answers_of(samples.IMITATOR), samples.TEACHERS[0].model, 10.0, STANDS, watched
    )


def play(line: Line, watch: Watch, played: Played) -> None:
    """Bring one release after the other; the fourth comes in silence, the others tell of it."""
    audited(watch, 1)
    releases = (
        (played.honest, "fp_2"),
        (played.honest, "fp_3"),
        (played.student, "fp_3"),
        (played.honest, "fp_5"),
        (played.honest, "fp_6"),
    )
    for number, (answers, fingerprint) in enumerate(releases, start=2):
        line.release(answers=answers, fingerprints=[fingerprint])
        audited(watch, number)


def test_the_watch_finds_release_four_and_not_before(alice, line, played, start_worker, two_beats):
    line.release(answers=played.honest, fingerprints=["fp_1"])
    matter, exhibits = played.watched
    start_worker(queues=QUEUES, concurrency=2)
    told_from = played.threshold
    watch = opened(matter, exhibits, line, by=alice, every_s=EVERY_S, threshold=told_from)
    play(line, watch, played)
    noticed = list(watch.releases.values_list("number", "noticed_by"))
    by = Release.By
    told = (by.FIRST, by.FINGERPRINT, by.FINGERPRINT, by.BEHAVIOUR, by.FINGERPRINT, by.FINGERPRINT)
    assert noticed == list(enumerate(told, start=1))
    over = Notice.objects.filter(kind=Notice.Kind.THRESHOLD).order_by("pk")
    assert [one.run.release.number for one in over] == [4]
    assert played.teacher in over[0].text
    audits = watch.runs.filter(kind="audit", facts__outcome__code="stands_out")
    assert not audits.exclude(release__number=4).exists()
    assert custody.problems(matter) == []
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
    check_series(watch, played.stands)


def check_series(watch: Watch, expected: list[str]) -> None:
    """The likeness goes up to release four and down again, and nothing else stands."""
    (series,) = watches.series_of(watch)
    assert [one["release"] for one in series["points"]] == [1, 2, 3, 4, 5, 6]
    likest = max(series["points"], key=lambda one: one["likeness"]["estimate"])
    assert likest["release"] == 4
    assert [one["after"] for one in series["changes"] if one["stands"]] == expected
    assert all(run.ordinary_course for run in watch.runs.all())


def killed_and_started_again() -> None:
    """Kill PostgreSQL under those who live on, for a while."""
    kill_database()
    server_of(settings.DATA).ensure_running()
    connection.close()
    time.sleep(1)


def brought_to_its_end_among_kills(watch: Watch, start_worker, line: Line, log: Path) -> None:
    """Kill worker and beat again and again without warning, then let them come to an end.

    Once the provider is killed before them, and once the database.
    """
    rng = np.random.default_rng(11)
    for number in range(KILLS):
        worker, rings = start_worker(queues=QUEUES, concurrency=2), beat(log)
        time.sleep(float(rng.uniform(1, 8)))
        if number == 1:
            line.stop()
            line.release(**SLOW)
        if number == 2 and settings.EMBEDDED:
            killed_and_started_again()
        worker.kill()
        rings.kill()
        rings.wait()
    start_worker(queues=QUEUES, concurrency=2)
    rings = beat(log)
    try:
        wait_for(lambda: ended(watch), LONGEST)
    finally:
        rings.kill()
        rings.wait()


def ended(watch: Watch) -> bool:
    connection.close()
    return watch.runs.filter(kind="audit").exclude(state="open").exists()


def test_kills_lose_no_step_and_double_none(alice, line, start_worker, tmp_path, monkeypatch):
    """What a killed worker was at is taken up: one exhibit, one finding, no call settled twice."""
    monkeypatch.setenv("LOST_AFTER", "6")
    line.release(**SLOW)
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice, every_s=3600, limits=LIMITS)
    brought_to_its_end_among_kills(watch, start_worker, line, tmp_path / "beat.log")
    look, audit = watch.runs.order_by("-kind")
    assert (look.state, audit.state) == ("done", "done"), (look.problem, audit.problem)
    assert matter.exhibits.filter(role="suspect").get() == audit.exhibit
    assert matter.findings.get() == audit.finding
    for run in (look, audit):
        plan = run.collection.plan
        settled = run.collection.calls.filter(final=True).count()
        assert settled == plan["repeats"] * len(plan["prompts"])
    assert custody.problems(matter) == []
