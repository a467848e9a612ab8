"""kill -9 of what asks a model, in mid-collection: by itself, and as a Celery worker."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.utils import timezone

from audit.models import Collection, Job
from audit.services import jobs
from audit.services.collections import recording
from audit.tasks import collect
from tests import collecting
from tests.processes import ROOT, database_url, wait_for
from tests.provider import provider

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks"),
    pytest.mark.django_db(transaction=True),
]


def test_ten_kills_at_random_lose_nothing_and_ask_nothing_twice(tmp_path):
    variables = {
        "DATABASE_URL": database_url(),
        "STORAGE_URL": (tmp_path / "blobs").as_uri(),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.collect_trials", "10"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(", 0 with a call lost, asked twice or not the same\n")


def lose_the_claim() -> None:
    """The claim of the dead is over after its time; the sweep rings then."""
    long_ago = timezone.now() - 2 * jobs.LEASE
    Job.objects.filter(kind="collect").update(touched_at=long_ago)


def test_a_worker_that_is_killed_is_followed_by_another(tmp_path, start_worker):
    first = start_worker(queues="collect")
    with provider(tmp_path, latency_s=0.2) as playing:
        collection = collecting.started(playing, 40)
        collect.delay(collection.pk)
        wait_for(lambda: len(playing.heard()) > 10, 60)
        first.kill()
        assert len(playing.heard()) < 40
        lose_the_claim()
        start_worker(queues="collect")
        collect.delay(collection.pk)
        wait_for(lambda: Collection.objects.exclude(capture_sha256="").exists(), 60)
        asked = Counter(one["prompt"] for one in playing.heard())
    cut = collection.calls.filter(problem=recording.CUT_OFF).count()
    assert 0 < cut <= 4
    assert sum(asked.values()) <= 40 + cut
    assert collecting.states(collection).count("answered") == len(asked) == 40
    assert [one.number for one in collection.sittings.order_by("number")] == [1, 2]
