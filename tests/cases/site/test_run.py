"""One command starts the whole site, keeps it alive and leaves nothing behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.site import supervisor
from cases.site.postgresql.cluster import Cluster
from tests.processes import manage, refusal, wait_for
from tests.sites import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path / "data", tmp_path / "run.log")
    wait_for(lambda: "answers at" in running.log.read_text(), 60)
    yield running
    running.process.kill()
    running.process.wait()
    wait_for(lambda: not running.processes("manage.py"), 20)
    Cluster(running.data).stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_site_starts_lives_on_and_stops(site: Site):
    assert site.page() == 200
    assert "createsuperuser" in site.log.read_text()
    assert "already runs" in refusal(manage("run", **site.variables))

    wait_for(lambda: site.log.read_text().count("celery.apps.worker: default-") == 1, 30)
    worker = min(site.processes("--queues default"))
    os.killpg(worker, signal.SIGKILL)
    wait_for(lambda: site.log.read_text().count("celery.apps.worker: default-") == 2, 30)
    assert worker not in site.processes("--queues default")

    database = Cluster(site.data).process()
    assert database is not None
    os.kill(database, signal.SIGKILL)
    assert wait_for(lambda: Cluster(site.data).process() not in (database, None), 5) < 2
    wait_for(lambda: site.page() == 200, 10)

    site.process.send_signal(signal.SIGINT)
    assert wait_for(lambda: site.process.poll() is not None, 20) < 15
    assert site.process.returncode == 0
    assert site.processes() == []
    assert Cluster(site.data).process() is None
    assert "web        |" in site.log.read_text()


def test_the_configuration_names_every_process_and_survives_a_per_cent_sign(tmp_path: Path):
    text = supervisor.configuration(tmp_path / "manage.py", tmp_path / "50%")
    assert "[group:touchstone]\nprograms=web,worker,embedder,collector,beat" in text
    assert f"pidfile={tmp_path}/50%%/supervisord.pid" in text
