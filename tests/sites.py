"""A whole site of its own for a test: `manage.py run`, asked and looked at from outside."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.places import share_encoders
from tests.processes import ROOT, free_port

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
UNTIL = """
import django, json, time; django.setup()
from django.db import connection
from audit.models import Embedding, Job, Shard
from cases.models import Finding
from cases.services import custody

def look():
    finding = Finding.objects.select_related("run", "matter").get(pk={pk})
    return {{
        "embedded": Embedding.objects.count(),
        "shards": Shard.objects.filter(done_at__isnull=True).count(),
        "result": finding.run.result_digest,
        "report": hasattr(finding, "report"),
        "problems": custody.problems(finding.matter),
        "found": finding.matter.custody.filter(act="found").count(),
        "issued": finding.matter.custody.filter(act="issued").count(),
        "errors": list(Job.objects.exclude(error="").values_list("error", flat=True)),
    }}

end = time.monotonic() + {seconds}
while not (found := look())[{word!r}] and time.monotonic() < end:
    connection.close()
    time.sleep(0.2)
print(json.dumps(found))
"""


class Site:
    """A running `manage.py run` with a data folder of its own, in which nothing was made yet.

    A `warm` one shares the converted encoders of the other tests.
    """

    def __init__(self, data: Path, log: Path, *, warm: bool = True, **variables: str) -> None:
        if warm:
            data.mkdir(mode=0o700)
            share_encoders(data)
        self.data = data
        self.log = log
        self.address = f"127.0.0.1:{free_port()}"
        self.variables = variables | {
            "TOUCHSTONE_DATA": str(data),
            "TOUCHSTONE_BIND": self.address,
        }
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=os.environ | self.variables,
                stdout=output,
                stderr=output,
            )

    def page(self) -> int:
        connection = http.client.HTTPConnection(self.address, timeout=5)
        try:
            connection.request("GET", "/login/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def processes(self, word: str = "") -> list[int]:
        """The living processes of this site whose command line holds the word."""
        mark = f"TOUCHSTONE_DATA={self.data}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                ours = mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if ours and words and word in words:
                found.append(int(folder.name))
        return found

    def python(self, block: str) -> str:
        """Run Python with the settings of this site; return the last line that it printed."""
        settings = {"DJANGO_SETTINGS_MODULE": "cases.site.settings"}
        done = subprocess.run(
            [sys.executable, "-c", block],
            cwd=ROOT,
            env=os.environ | self.variables | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def ask(self) -> str:
        """Hand the samples in, seal a plan over them and ring for it; return the finding."""
        return self.python(ASK)

    def until(self, word: str, finding: str, seconds: float) -> dict[str, object]:
        """Return how far a finding of this site is once it has what the word names.

        One process looks again and again: one for each look would take a core from the site.
        """
        found = json.loads(self.python(UNTIL.format(pk=finding, word=word, seconds=seconds)))
        assert found[word], (word, found)
        return found

    def stop(self) -> None:
        """Stop the site as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
