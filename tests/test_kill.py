"""kill -9 of the embedder, the worker and PostgreSQL in mid-audit: the same numbers come out."""

import os
import signal
import sys
from pathlib import Path

import pytest

from cases.site.postgresql.cluster import Cluster
from tests.processes import wait_for
from tests.sites import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def cut_down(site: Site) -> None:
    for word in ("--queues embed", "--queues default"):
        os.killpg(min(site.processes(word)), signal.SIGKILL)
    os.kill(Cluster(site.data).process(), signal.SIGKILL)


def audited(folder: Path, *, cut: bool) -> dict:
    """Audit the samples on a site of their own, cutting everything down twice if asked to."""
    # The one that is cut down may be killed while it converts its encoder, too.
    site = Site(folder / "data", folder / "run.log", warm=not cut)
    try:
        wait_for(lambda: "answers at" in site.log.read_text(), 90)
        finding = site.ask()
        if cut:
            site.until("shards", finding, 120)
            cut_down(site)
            site.until("embedded", finding, 120)
            cut_down(site)
        return site.until("report", finding, 300)
    finally:
        site.stop()


def test_kills_in_mid_audit_change_no_number(tmp_path: Path):
    (tmp_path / "cut").mkdir()
    (tmp_path / "whole").mkdir()
    cut = audited(tmp_path / "cut", cut=True)
    whole = audited(tmp_path / "whole", cut=False)
    assert cut["result"] == whole["result"]
    assert cut | {"errors": []} == whole
    assert (whole["found"], whole["issued"], whole["problems"]) == (1, 1, [])
