"""A task is carried out, and carried out again when its worker dies."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from cases.site.postgresql.embedded import server_of
from tests.cases.site.bells import ring
from tests.processes import Worker, wait_for

VISIBILITY = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 30)


def times(heard: Path, word: str) -> int:
    return heard.read_text().count(word) if heard.exists() else 0


def rung(heard: Path, count: int) -> float:
    return wait_for(lambda: times(heard, "done") >= count, 20)


def test_a_task_reaches_the_worker_within_a_second(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    start_worker(include="tests.cases.site.bells")
    heard = tmp_path / "heard"
    took = []
    for count in range(1, 6):
        ring.delay(str(heard))
        took.append(rung(heard, count))
    assert sorted(took)[2] < 1


def test_a_killed_database_is_healed_for_pages_and_tasks_alike(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    if not settings.EMBEDDED:
        pytest.skip("the database was named by DATABASE_URL: it is not ours to kill")
    start_worker(include="tests.cases.site.bells")
    ring.delay(str(tmp_path / "before"))
    rung(tmp_path / "before", 1)
    cluster = server_of(settings.DATA).cluster
    os.kill(cluster.process() or 0, signal.SIGKILL)
    wait_for(lambda: cluster.process() is None, 5)
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    ring.delay(str(tmp_path / "after"))
    assert rung(tmp_path / "after", 1) < 20


@pytest.mark.slow
def test_the_task_of_a_killed_worker_is_delivered_again(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    heard = tmp_path / "heard"
    first = start_worker(include="tests.cases.site.bells")
    ring.delay(str(heard), seconds=3)
    wait_for(lambda: times(heard, "begun") == 1, 10)
    first.kill()
    start_worker(include="tests.cases.site.bells")
    assert wait_for(lambda: times(heard, "done") == 1, VISIBILITY + 20) < 60
    assert times(heard, "begun") == 2


@pytest.mark.slow
def test_a_long_task_is_not_delivered_to_a_second_worker(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    heard = tmp_path / "heard"
    start_worker(include="tests.cases.site.bells")
    start_worker(include="tests.cases.site.bells")
    ring.delay(str(heard), seconds=VISIBILITY + 5)
    wait_for(lambda: times(heard, "done") == 1, VISIBILITY + 15)
    assert times(heard, "begun") == 1
