"""kill -9 of the embedder, the worker and PostgreSQL in mid-audit: the same numbers come out."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cases.site.postgresql.cluster import Cluster
from tests.cases.site.test_run import Site
from tests.processes import ROOT, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

ASK = """
import django; django.setup()
from cases import samples
from cases.models import Finding
from cases.services import desk, findings, matters
from cases.tasks import carry_out
from audit.analysis.plan import Parameters
by = desk.clerk()
matter = matters.open_matter("Kill", "Was it?", by=by)
given = [samples.IMITATOR, *samples.TEACHERS, *samples.CONTROLS]
exhibits = [
    desk.hand_in(matter, desk.Given(one.role, one.model, samples.folder() / one.file),
                 say=lambda line: None, by=by)
    for one in given
]
finding = findings.ask(matter, exhibits, Parameters(), by=by)
carry_out.delay(finding.pk)
print(finding.pk)
"""
LOOK = """
import django, json; django.setup()
from audit.models import Embedding, Job, Shard
from cases.models import Finding
from cases.services import custody
finding = Finding.objects.select_related("run", "matter").get(pk={pk})
print(json.dumps({{
    "embedded": Embedding.objects.count(),
    "shards": Shard.objects.filter(done_at__isnull=True).count(),
    "result": finding.run.result_digest,
    "report": hasattr(finding, "report"),
    "problems": custody.problems(finding.matter),
    "found": finding.matter.custody.filter(act="found").count(),
    "issued": finding.matter.custody.filter(act="issued").count(),
    "errors": list(Job.objects.exclude(error="").values_list("error", flat=True)),
}}))
"""


def python(site: Site, block: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=ROOT,
        env=os.environ | site.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def look(site: Site, finding: str) -> dict:
    return json.loads(python(site, LOOK.format(pk=finding)))


def cut_down(site: Site) -> None:
    for word in ("--queues embed", "--queues default"):
        os.killpg(min(site.processes(word)), signal.SIGKILL)
    os.kill(Cluster(site.data).process(), signal.SIGKILL)


def audited(folder: Path, *, cut: bool) -> dict:
    """Audit the samples on a site of their own, cutting everything down twice if asked to."""
    site = Site(folder / "data", folder / "run.log")
    try:
        wait_for(lambda: "answers at" in site.log.read_text(), 90)
        finding = python(site, ASK)
        if cut:
            wait_for(lambda: look(site, finding)["shards"], 120)
            cut_down(site)
            wait_for(lambda: look(site, finding)["embedded"], 120)
            cut_down(site)
        wait_for(lambda: look(site, finding)["report"], 300)
        return look(site, finding)
    finally:
        site.process.send_signal(signal.SIGINT)
        site.process.wait(timeout=30)


def test_kills_in_mid_audit_change_no_number(tmp_path: Path):
    (tmp_path / "cut").mkdir()
    (tmp_path / "whole").mkdir()
    cut = audited(tmp_path / "cut", cut=True)
    whole = audited(tmp_path / "whole", cut=False)
    assert cut["result"] == whole["result"]
    assert cut | {"errors": []} == whole
    assert (whole["found"], whole["issued"], whole["problems"]) == (1, 1, [])
