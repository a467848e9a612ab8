"""kill -9 of a real worker while it prints a filing: it is final once, whole, or not at all."""

import sys
import time

import pytest

from audit.models import Job
from audit.services.sources import store
from cases.models import Filing
from cases.services import custody, evidence, filings
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
    before = set(store().digests())
    worker = start_worker()
    filings.ask_finalise(reviewed, by=dave)
    finalise.delay(reviewed.pk)
    wait_for(lambda: Job.objects.get(kind=Job.Kind.FINALISE).attempts == 1, 20)
    if isinstance(after, float):
        time.sleep(after)
    else:
        # The note of a checkpoint is kept first, then the papers.
        wait_for(lambda: len(set(store().digests()) - before) > 1, 30)
    worker.kill()
    left = Filing.objects.get(pk=reviewed.pk)
    entered = left.matter.custody.filter(act="finalised")
    assert (left.state == "final", left.papers.count(), entered.count()) in {
        (False, 0, 0),
        (True, 2, 1),
    }
    assert left.state == "reviewed" or after != 0.0
    # The lease of a lost job is waited for by the test of jobs; here its time has passed.
    lost = Job.objects.filter(kind=Job.Kind.FINALISE, state=Job.State.RUNNING)
    lost.update(touched_at="2020-01-01T00:00:00Z")
    start_worker()
    finalise.delay(reviewed.pk)
    wait_for(lambda: Filing.objects.get(pk=reviewed.pk).state == "final", 60)
    assert (left.papers.count(), entered.count()) == (2, 1)
    assert custody.problems(left.matter) == []
    found = []
    evidence.check(found.append)
    named = {one.sha256 for one in left.papers.all()}
    assert not [str(one) for one in found if one.grave and any(sha in str(one) for sha in named)]
