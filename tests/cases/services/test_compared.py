"""Schedules of a real finding, recomputed from its stored vectors and resolved in a bundle."""

import csv
import hashlib
import io
import json

import numpy as np
import pytest

from audit.analysis.errors import IntegrityError
from audit.models import Embedding, Job
from audit.services import compared as service
from audit.services.compared import compared
from cases.reports.blocks import Listing, within
from cases.reports.document import IssueFacts
from cases.reports.pointers import resolved
from cases.reports.schedules import schedules_of
from cases.services import bundles, certifications, erasure, reports
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.making import past_the_triggers

pytestmark = pytest.mark.django_db


def schedules(finding, by):
    issue = IssueFacts("2026-11-25T10:11:12+00:00", by.get_username())
    document = reports.facts_of(finding, issue)
    return document, schedules_of(document, compared(finding.run))


def rows_of(made):
    return list(csv.DictReader(io.StringIO(made.attachments[0].text)))


def means_of(made):
    found = [one for section in made.sections for one in within(section.blocks)]
    return [
        row
        for one in found
        if isinstance(one, Listing) and one.key in {"schedule-3a", "schedule-3b"}
        for row in one.rows
    ]


def test_every_mean_comes_out_again_from_rows_and_stored_vectors(computed, alice):
    _, made = schedules(computed, alice)
    stored = {
        one.text_key: np.frombuffer(one.vector, dtype="<f4").astype(np.float64)
        for one in Embedding.objects.filter(encoder=computed.run.encoder)
    }
    by_exhibit = {}
    for row in rows_of(made):
        by_exhibit.setdefault(row["exhibit"], []).append(row)
    means = means_of(made)
    assert len(means) == 8 * 7 / 2
    for named, mean, _, digest in means:
        left, right = (by_exhibit[one] for one in named.split(" and "))
        pairs = list(zip(left, right, strict=True))
        cosines = [float(stored[a["sha256"]] @ stored[b["sha256"]]) for a, b in pairs]
        assert f"{sum(cosines) / len(cosines):.6f}" == mean
        assert len(pairs) == 32
        pointers = [
            [f"{one['exhibit']}:{one['record']}:{one['sha256']}" for one in pair] for pair in pairs
        ]
        text = json.dumps(pointers, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_rows_are_the_same_however_many_are_looked_at_together(computed, monkeypatch):
    whole = list(compared(computed.run))
    assert len(whole) == 8 * 32
    monkeypatch.setattr(service, "GROUP", 5)
    assert list(compared(computed.run)) == whole
    suspects = [one for one in whole if one.label == "A"]
    assert {one.cosine for one in suspects} == {None}
    source = computed.matter.exhibits.get(number=2).source
    for one in (each for each in whole if each.label == "B"):
        answer = source.exchanges.get(record=one.record).answer
        assert one.sha256 == hashlib.sha256(answer.encode()).hexdigest()
        assert one.characters == len(answer)


@pytest.mark.django_db(transaction=True)
def test_every_pointer_is_resolved_in_a_bundle(computed, alice, tmp_path):
    reports.issue(computed, by=alice)
    bundles.write(computed.matter, tmp_path / "b", say=str, by=alice)
    results = json.loads((tmp_path / "b/data/reports/1/results.json").read_bytes())
    made = schedules_of(results, compared(computed.run))
    texts = {}
    for label in "ABCDEFGH":
        lines = (tmp_path / f"b/data/exhibits/{label}/exchanges.jsonl").read_text("utf-8")
        for one in map(json.loads, lines.splitlines()):
            texts[label, str(one["record"])] = one["answer"]
    rows = rows_of(made)
    assert len(rows) == 256
    for row in rows:
        answer = texts[row["exhibit"], row["record"]]
        assert hashlib.sha256(answer.encode()).hexdigest() == row["sha256"]
        assert len(answer) == int(row["characters"])
    assert all(f"{resolved(results, row[2]):.6f}" == row[1] for row in means_of(made))


def test_an_erased_exhibit_is_told_in_words(computed, alice):
    Job.objects.update(state=Job.State.DONE)
    exhibit = computed.matter.exhibits.get(number=3)
    erasure.erase(exhibit, "asked for", by=alice)
    erasure.evict(exhibit.source)
    with pytest.raises(IntegrityError, match="is gone, as after an erasure"):
        list(compared(computed.run))
    one = certifications.ask(
        computed.matter, [], Certifier("Ann", "examiner"), by=alice, findings=[computed]
    )
    certify(one.pk)
    assert "is gone, as after an erasure" in one.findings.get().problem


def test_prompts_that_are_fewer_than_they_were_are_told(computed):
    source = computed.matter.exhibits.get(number=3).source
    with past_the_triggers():
        source.exchanges.filter(record__lte=2).delete()
    with pytest.raises(IntegrityError, match="32 prompts were compared, and all files still hold"):
        list(compared(computed.run))
