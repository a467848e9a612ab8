"""A handful of the trials in which a process is killed at random moments."""

import os
import subprocess
import sys

import pytest

from tests.processes import ROOT, database_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks"),
]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_half_written_by_kills(tmp_path):
    variables = {
        "DATABASE_URL": database_url(),
        "STORAGE_URL": (tmp_path / "blobs").as_uri(),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash_trials", "5"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("5 kills, 0 with anything lost, half-written or not clean\n")
