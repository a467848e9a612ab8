"""kill -9 of a real worker while it prints a filing: it is final once, whole, or not at all."""

import sys
import time

import pytest

from audit.models import Job
from audit.services.sources import store
from cases.models import Filing
from cases.services import custody, filings
from cases.tasks import finalise
from tests.processes import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="kills a process group"),
]


@pytest.mark.parametrize("after", [0.0, 0.7, 1.4, "first file kept"])
def test_a_worker_killed_in_mid_print_leaves_nothing_half(
    reviewed, dave, start_worker, settings, tmp_path, after
):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    filings.ask_finalise(reviewed, by=dave)
    cut_down(start_worker(), reviewed, after)
    left = again(reviewed)
    assert left.state == "reviewed" or after != 0.0
    assert so_far(left) == ((2, 1) if left.state == "final" else (0, 0))
    # The lease of a lost job is waited for by the test of jobs; here its time has passed.
    lost = Job.objects.filter(kind=Job.Kind.FINALISE, state=Job.State.RUNNING)
    lost.update(touched_at="2020-01-01T00:00:00Z")
    start_worker()
    finalise.delay(reviewed.pk)
    wait_for(lambda: again(reviewed).state == "final", 60)
    assert so_far(left) == (2, 1)
    assert custody.problems(left.matter) == []
    for paper in left.papers.all():
        store().verify(paper.sha256)


def cut_down(worker, filing, after):
    """Kill a worker so many seconds after it began with a filing, or once it kept a file."""
    before = set(store().digests())
    finalise.delay(filing.pk)
    wait_for(lambda: Job.objects.get(kind=Job.Kind.FINALISE).attempts == 1, 20)
    if isinstance(after, float):
        time.sleep(after)
    else:
        # The note of a checkpoint is kept first, then the papers.
        wait_for(lambda: len(set(store().digests()) - before) > 1, 30)
    worker.kill()


def so_far(filing):
    """How many papers there are, and how many entries that finalise."""
    return filing.papers.count(), filing.matter.custody.filter(act="finalised").count()


def again(filing):
    return Filing.objects.get(pk=filing.pk)
