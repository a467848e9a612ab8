"""Six releases of a line, the fourth swapped for a student of a teacher: found, and not before.

A real worker and a real beat on a compressed schedule; the provider is a process of its own.
"""

import os
import subprocess
import sys

import pytest
from django.db import connection

from audit.models import Job
from cases import samples
from cases.models import Notice, Release, Watch, WatchRun
from cases.services import custody
from tests.processes import ROOT, database_url, wait_for
from tests.watching import Line, answers_of, matter_with_exhibits, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HONEST = answers_of(samples.HONEST)
IMITATOR = answers_of(samples.IMITATOR)
EVERY_S = 5
LONGEST = 420


@pytest.fixture
def beat(transactional_db, tmp_path):
    """Celery's beat on the test database."""
    log = tmp_path / "beat.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "beat"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )
    yield log
    process.kill()
    process.wait()


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


def test_the_watch_finds_release_four_and_not_before(alice, line, start_worker, beat):
    line.release(answers=HONEST, fingerprints=["fp_1"])
    matter, exhibits = matter_with_exhibits(alice)
    start_worker(queues="default,embed,collect", concurrency=2)
    watch = opened(matter, exhibits, line, by=alice, every_s=EVERY_S)
    audited(watch, 1)
    # The second and the third tell of themselves; the fourth comes in silence.
    for number, (answers, fingerprint) in enumerate(
        (
            (HONEST, "fp_2"),
            (HONEST, "fp_3"),
            (IMITATOR, "fp_3"),
            (HONEST, "fp_5"),
            (HONEST, "fp_6"),
        ),
        start=2,
    ):
        line.release(answers=answers, fingerprints=[fingerprint])
        audited(watch, number)
    noticed = list(watch.releases.values_list("number", "noticed_by"))
    by = Release.By
    told = (by.FIRST, by.FINGERPRINT, by.FINGERPRINT, by.BEHAVIOUR, by.FINGERPRINT, by.FINGERPRINT)
    assert noticed == list(enumerate(told, start=1))
    over = Notice.objects.filter(kind=Notice.Kind.THRESHOLD).order_by("pk")
    assert [one.run.release.number for one in over] == [4]
    assert "Quarry-2" in over[0].text
    codes = [
        run.facts["outcome"]["code"]
        for run in watch.runs.filter(kind="audit").order_by("release__number")
    ]
    assert codes[3] == "stands_out"
    assert "stands_out" not in codes[:3] + codes[4:]
    assert custody.problems(matter) == []
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
