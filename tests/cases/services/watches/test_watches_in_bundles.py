"""Watches in a bundle: every run is there and held against the ledger, looks come out again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.analysis.tampering import attempts, watched
from audit.analysis.verifying import Effort, Trust, verify
from audit.analysis.verifying.looks import computed_again
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle
from audit.models import Shard
from audit.services import embedding
from cases import samples
from cases.models import Watch
from cases.services import bundles, captures, checkpoints, findings, watches
from cases.services.watches import due
from tests import stamped
from tests.provider import MODEL
from tests.watching import (
    PARAMETERS,
    answers_of,
    carried_out,
    look,
    matter_with_exhibits,
    opened,
)

pytestmark = pytest.mark.django_db(transaction=True)
TITLES = ("Every watch", "Every capture")
QUICKLY = replace(PARAMETERS, bootstrap_rounds=200)


def by_schedule(watch, hours):
    """Ring the bell so many hours on."""
    run = due.look_if_due(watch.pk, timezone.now() + timedelta(hours=hours))
    return carried_out(run) if run else None


def audited(audit, by):
    """Take an audit on to its end, as workers do."""
    carried_out(audit)
    run = audit.finding.run
    while not embedding.is_complete(run):
        embedding.cut_shards(run)
        for shard in embedding.shards_to_ring(run):
            embedding.embed_shard(Shard.objects.get(pk=shard))
    findings.carry_out(audit.finding, by=by)
    watches.take_on(audit.pk)
    audit.refresh_from_db()


@pytest.fixture
def stamps(tmp_path, settings):
    """An authority that stamps checkpoints and captures; its root certificate."""
    one = stamped.authority("Elm Time")
    (tmp_path / "roots.pem").write_bytes(one.root_pem)
    with stamped.answering(stamped.stamping(one)) as url:
        settings.TIMESTAMP_URLS, settings.TIMESTAMP_ROOTS = [url], str(tmp_path / "roots.pem")
        yield one.root_pem


@pytest.fixture
def watch(alice, line, stamps):
    """A watch with two releases, of which one look failed and others were left out."""
    matter, exhibits = matter_with_exhibits(alice)
    found = opened(matter, exhibits, line, by=alice, missed=Watch.Missed.SKIP, parameters=QUICKLY)
    happened = watches.Happened("terms", date(2026, 5, 2), "No training", "a print")
    watches.enter_event(found, happened, by=alice)
    by_schedule(found, 0)
    by_schedule(found, 1)
    look(found)
    line.stop()
    by_schedule(found, 2)
    line.release(answers=answers_of(samples.IMITATOR))
    by_schedule(found, 9.5)
    by_schedule(found, 10)
    for one in captures.due(9):
        captures.stamp(one)
    return found


def bundled(watch, place, roots):
    """Write the bundle, verify it, and return what the steps on watches say."""
    written = bundles.write(watch.matter, place, say=str, by=watch.opened_by)
    trust = Trust((str(checkpoints.signing_key().verifier),), roots)
    found = verify(place, trust, Effort.LOOKING)
    assert [(one.title, one.problems) for one in found.failed] == []
    again = Found()
    computed_again(Bundle(place, trust), again)
    assert again.problems == []
    steps = [one for one in found.steps if one.title.startswith(TITLES)]
    return written.counts, again.remarks + [said for step in steps for said in step.remarks]


def missed(place, trials):
    """What neither a stranger nor an insider did that was found and named."""
    hands = (("stranger", None), ("insider", checkpoints.signing_key()))
    return [
        (hand, one.trial.name, one.steps, one.skipped)
        for hand, secret in hands
        for one in attempts(place, hand, secret, trials)
        if not one.found
    ]


def test_every_run_of_a_watch_is_bundled_and_looks_come_out_again(watch, stamps, tmp_path, alice):
    watches.retime(watch, watches.Timing("UTC", every_s=1800), by=alice)
    by_schedule(watch, 12)
    announced = watches.Announced(MODEL, date(2026, 3, 1), "the provider's page of changes")
    watches.enter_release(watch, announced, by=alice)
    watches.close(watch, "settled", by=alice)
    counts, said = bundled(watch, tmp_path / "b", stamps)
    assert (counts["ordinary_runs"], counts["asked_runs"]) == (8, 2)
    assert (counts["captures"], counts["capture_stamps"]) == (6, 5)
    assert "watch 1: 4 looks computed again" in said
    assert (
        "watch 1: ordinary course: 2 audit open, 4 look done, 1 look failed, 1 look skipped;"
        " asked for by a person: 1 audit open, 1 look done"
    ) in said
    trials = [
        one for one in watched.TRIALS if "audit" not in one.name and "series" not in one.name
    ]
    assert missed(tmp_path / "b", trials) == []


@pytest.mark.slow
def test_the_series_of_a_watch_comes_out_again(watch, stamps, tmp_path):
    for audit in watch.runs.filter(kind="audit").order_by("due_at"):
        audited(audit, watch.opened_by)
    _, said = bundled(watch, tmp_path / "b", stamps)
    assert "watch 1: 1 changes computed again from 2 audits" in said, said
    trials = [one for one in watched.TRIALS if "audit" in one.name or "series" in one.name]
    assert len(trials) == 2
    assert missed(tmp_path / "b", trials) == []
