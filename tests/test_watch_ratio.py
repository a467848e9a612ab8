"""The notice of a likelihood ratio over the threshold, on real transcripts and end to end.

A local provider replays a model that was trained on the outputs of a teacher; the ratio that comes
of so few prompts lies between the two thresholds.
"""

import math

import pytest

from audit.models import Job
from audit.services import embedding
from cases.models import Notice, WatchRun
from cases.services import checkpoints, custody, findings, watches
from tests import real
from tests.watching import PARAMETERS, QUICK, Line, carried_out, look, opened

pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared,
    pytest.mark.django_db(transaction=True),
    real.needs_shared,
]
BELOW, ABOVE = 4.0, 10.0


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
    playing = Line(tmp_path)
    playing.release(answers=real.student())
    matter, exhibits = real.matter_with_exhibits(tmp_path, alice)
    yield opened(matter, exhibits, playing, by=alice, threshold=BELOW)
    playing.stop()


def test_people_are_told_of_a_ratio_over_the_threshold_and_of_none_below(alice, watch):
    look(watch)
    first = ended(watch.runs.get(kind=WatchRun.Kind.AUDIT))
    assert BELOW < ratio_of(first) < ABOVE
    over = Notice.objects.filter(kind=Notice.Kind.THRESHOLD)
    assert over.get().run == first
    said = f"the likelihood ratio for A, {real.TEACHER}, is {ratio_of(first):.2g}"
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
