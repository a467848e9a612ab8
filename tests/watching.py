"""Watches for the tests: a line of models played by a local provider, and its exhibits."""

import json
import sys
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.collect.pacing import Prices
from audit.collect.plan import Limits
from audit.models import Collection, Endpoint
from audit.services import collections
from cases import samples
from cases.models import Exhibit, Matter, Watch, WatchRun
from cases.services import desk, matters, watches
from tests.processes import ROOT, free_port, serving
from tests.provider import MODEL

QUICK = Limits(
    requests_per_second=0, concurrency=8, most_attempts=2, first_wait_s=0.01, within_s=20
)
# With six controls no p-value below 1/7 can come out of the rank.
PARAMETERS = Parameters(alpha=0.15, pack=default_pack().digest)


class Line:
    """A provider at one address, whose model may be another from one release to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._process = folder, free_port(), None
        self.url = f"http://127.0.0.1:{self._port}/v1"
        self.log = folder / "line.log"

    def release(self, **script: object) -> None:
        """From now on this is what answers, under the same name unless it says otherwise."""
        self.stop()
        whole = {"port": self._port, "log": str(self.log), "models": [MODEL], **script}
        path = self._folder / "line.json"
        path.write_text(json.dumps(whole))
        words = [sys.executable, "-m", "tests.provider", str(path)]
        self._process = serving(words, self._port, PYTHONPATH=str(ROOT))

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.log.read_text().splitlines()]


def answers_of(sample: samples.Sample) -> dict[str, str]:
    """Every answer of a sample by its prompt."""
    text = (samples.folder() / sample.file).read_text("utf-8")
    if sample.file.endswith(".jsonl"):
        rows = [json.loads(line)["messages"] for line in text.splitlines()]
        return {row[-2]["content"]: row[-1]["content"] for row in rows}
    return {row["instruction"]: row["output"] for row in json.loads(text)}


def matter_with_exhibits(by: User) -> tuple[Matter, list[Exhibit]]:
    """A matter with the teachers and controls of the samples, read."""
    matter = matters.open_matter("The line", "Was a release trained on them?", by=by)
    exhibits = [
        desk.hand_in(
            matter,
            desk.Given(one.role, one.model, samples.folder() / one.file),
            say=lambda _: None,
            by=by,
        )
        for one in (samples.TEACHERS[0], *samples.CONTROLS)
    ]
    return matter, exhibits


def endpoint_of(line: Line, model: str = MODEL) -> Endpoint:
    found = collections.endpoint(
        "chat_completions",
        line.url,
        model,
        prices=Prices(1_000_000, 2_000_000),
        currency="EUR",
    )
    if not found.authorisations.exists():
        collections.authorise(found, confirmed_by="Ann Other", basis="our own endpoint")
    return found


def opened(
    matter: Matter, exhibits: list[Exhibit], playing: Line, *, by: User, **more: Any
) -> Watch:
    every_s, missed = more.pop("every_s", 3600), more.pop("missed", Watch.Missed.ONCE)
    crontab = more.pop("crontab", "")
    asked = {"parameters": PARAMETERS, "limits": QUICK, "repeats": 2, **more}
    return watches.open_watch(
        matter,
        "Suspects",
        watches.Asked(endpoint_of(playing), exhibits, **asked),
        watches.Timing(
            "Europe/Berlin", crontab=crontab, every_s=0 if crontab else every_s, missed=missed
        ),
        by=by,
    )


def carried_out(run: WatchRun) -> WatchRun:
    """Take a run on without a worker: a look to its end, an audit until its plan is sealed."""
    for _ in range(10):
        bells = watches.take_on(run.pk)
        for one in Collection.objects.select_related("endpoint").filter(pk__in=bells.collections):
            collections.carry_out(one)
        run.refresh_from_db()
        if run.state != WatchRun.State.OPEN or bells.findings:
            break
    return run


def look(watch: Watch) -> WatchRun:
    """Look at once, as a person asks."""
    run = watches.look_now(watch, by=watch.opened_by)
    assert run is not None
    return carried_out(run)


def quiet_watch(matter: Matter, exhibits: list[Exhibit], *, by: User, **more: Any) -> Watch:
    """A watch of a model that nobody plays, for what is about time and notices alone."""
    found = collections.endpoint(
        "chat_completions", "http://127.0.0.1:9/v1", MODEL, prices=Prices(1, 2), currency="EUR"
    )
    if not found.authorisations.exists():
        collections.authorise(found, confirmed_by="Ann Other", basis="our own endpoint")
    timing = watches.Timing(
        more.pop("zone", "Europe/Berlin"),
        crontab=more.pop("crontab", ""),
        every_s=more.pop("every_s", 0),
        missed=more.pop("missed", Watch.Missed.ONCE),
    )
    chosen = [one for one in exhibits if one.role != Exhibit.Role.SUSPECT]
    asked = watches.Asked(found, chosen, **more)
    return watches.open_watch(matter, "Suspects", asked, timing, by=by)
