"""The notice of a likelihood ratio over the threshold, on real transcripts and end to end.

A local provider replays a model that was trained on the outputs of a teacher; the ratio that comes
of so few prompts lies between the two thresholds.
"""

import gzip
import json
import math
from pathlib import Path

import pytest

from audit.models import Job
from audit.services import embedding
from cases.models import Exhibit, Matter, Notice, WatchRun
from cases.services import checkpoints, custody, desk, findings, matters, watches
from tests.processes import ROOT
from tests.watching import PARAMETERS, QUICK, Line, carried_out, look, opened

SHARED = ROOT.parent / "shared" / "transcripts" / "alpaca_eval"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared transcripts are absent"),
]
TEACHER, SUSPECT = "gpt-3.5-turbo-0301", "vicuna-13b"
CONTROLS = (
    "claude-2",
    "llama-2-70b-chat-hf",
    "gemini-pro",
    "cohere",
    "guanaco-65b",
    "oasst-rlhf-llama-33b",
)
PROMPTS = 60
BELOW, ABOVE = 4.0, 10.0


def answers_of(model: str) -> dict[str, dict[str, str]]:
    rows = json.loads(gzip.decompress((SHARED / f"{model}.json.gz").read_bytes()))
    return {row["instruction"]: row for row in rows}


def matter_of(folder: Path, prompts: list[str], by) -> tuple[Matter, list[Exhibit]]:
    """A matter with the teacher and the controls, their answers to these prompts alone."""
    matter = matters.open_matter("Real transcripts", "Was a release trained on them?", by=by)
    exhibits = []
    for role, model in [("teacher", TEACHER), *(("control", one) for one in CONTROLS)]:
        known, path = answers_of(model), folder / f"{model}.json"
        path.write_text(json.dumps([known[one] for one in prompts]))
        given = desk.Given(role, model, path)
        exhibits.append(desk.hand_in(matter, given, say=lambda _: None, by=by))
    return matter, exhibits


def ended(run: WatchRun) -> WatchRun:
    """The run once it has ended: what a worker does, in this process and without print."""
    carried_out(run)
    if run.finding is not None:
        checkpoints.require(run.finding)
        embedding.cut_shards(run.finding.run)
        for shard in run.finding.run.shards.select_related("run__encoder"):
            embedding.embed_shard(shard)
        findings.carry_out(run.finding, by=run.finding.asked_by)
        carried_out(run)
    assert (run.state, run.problem) == (WatchRun.State.DONE, "")
    return run


def ratio_of(run: WatchRun) -> float:
    (teacher,) = run.facts["outcome"]["teachers"]
    assert teacher["log10_lr"] is not None, teacher["abstains"]
    return 10 ** float(teacher["log10_lr"])


@pytest.fixture
def watch(alice, tmp_path):
    """A watch of the suspect, which the provider replays."""
    known = answers_of(SUSPECT)
    everything = sorted(answers_of(TEACHER))
    prompts = everything[:: len(everything) // PROMPTS][:PROMPTS]
    playing = Line(tmp_path)
    playing.release(answers={one: known[one]["output"] for one in prompts})
    matter, exhibits = matter_of(tmp_path, prompts, alice)
    yield opened(matter, exhibits, playing, by=alice, threshold=BELOW)
    playing.stop()


def test_people_are_told_of_a_ratio_over_the_threshold_and_of_none_below(alice, watch):
    look(watch)
    first = ended(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert BELOW < ratio_of(first) < ABOVE
    over = Notice.objects.filter(kind=Notice.Kind.THRESHOLD)
    assert over.get().run == first
    said = f"the likelihood ratio for A, {TEACHER}, is {ratio_of(first):.2g}"
    assert said in over.get().text

    change_threshold(watch, alice)
    again = ended(watches.audit_again(watch.releases.get(), by=alice))
    assert ratio_of(again) == pytest.approx(ratio_of(first))
    assert over.count() == 1
    check_series(watch)
    assert custody.problems(watch.matter) == []
    assert not Job.objects.filter(state=Job.State.FAILED).exists()


def change_threshold(watch, by) -> None:
    """Seal another version of the plan, in which people are told of higher ratios alone."""
    asked = watches.Asked(
        watch.releases.get().endpoint,
        list(watch.matter.exhibits.exclude(role="suspect")),
        parameters=PARAMETERS,
        limits=QUICK,
        repeats=2,
        threshold=ABOVE,
    )
    watches.change(watch, asked, "Nobody asked to be told of so little.", by=by)


def check_series(watch) -> None:
    """Both versions are in one series: the same answers asked again differ by nothing."""
    (series,) = watches.series_of(watch)
    assert [one["version"] for one in series["points"]] == [1, 2]
    assert [one["threshold"] for one in series["points"]] == pytest.approx(
        [math.log10(BELOW), math.log10(ABOVE)]
    )
    assert series["noise"] == 0
    assert series["changes"] == []
