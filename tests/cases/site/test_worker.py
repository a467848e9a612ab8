"""A task is carried out, and carried out again when its worker dies."""

import time
from collections.abc import Callable
from pathlib import Path

from bells import ring

from conftest import Worker, wait_for

VISIBILITY = 30


def test_a_task_reaches_the_worker_within_a_second(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    start_worker(include="bells")
    heard = tmp_path / "heard"
    took = []
    for n in range(5):
        t = time.time()
        ring.delay(str(heard))
        wait_for(lambda: heard.exists() and heard.read_text().count("done") == n + 1, 10)
        took.append(time.time() - t)
    print("latency", took)
    assert max(took) < 5
    assert min(took) < 1


def test_the_task_of_a_killed_worker_is_delivered_again(
    start_worker: Callable[..., Worker], tmp_path: Path
):
    heard = tmp_path / "heard"
    first = start_worker(include="bells")
    ring.delay(str(heard), seconds=5)
    wait_for(lambda: heard.exists(), 10)
    first.kill()
    start_worker(include="bells")
    took = wait_for(lambda: "done" in heard.read_text(), VISIBILITY + 15)
    print("redelivery", took)
    assert heard.read_text().count("begun") == 2
