"""Results that are certified to come out again from the native files."""

import time
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from audit.analysis.errors import InsufficientDataError
from audit.analysis.known_answers import known_answers
from audit.blobs.stored import place_of
from audit.models import Exchange
from audit.services import embedding, recomputing
from audit.services.sources import store
from cases.services import certifications, custody, evidence
from cases.services.certifications import Certifier
from cases.tasks import certify, ring
from tests.making import asked, past_the_triggers

pytestmark = pytest.mark.django_db
ANN = Certifier("Ann Other", "forensic examiner, ten years", "retained by the claimant")


def certified(computed, by):
    one = certifications.ask(computed.matter, [], ANN, by=by, findings=[computed])
    certify(one.pk)
    return one.findings.get()


def test_a_result_comes_out_again_after_a_self_test(computed, alice):
    row = certified(computed, alice)
    assert (row.problem, row.computed) == ("", computed.run.result_digest)
    assert (row.same, row.holds, row.difference, row.beyond) == (True, True, 0, 0)
    assert len(row.known_answers) == 9
    assert all(one["passed"] for one in row.known_answers)
    assert row.details["encoded"] == recomputing.ENCODED
    assert row.details["least_cosine"] > 0.999
    assert row.tool.startswith("Touchstone ")
    (entry,) = computed.matter.custody.filter(act="certified")
    assert entry.facts["recomputed"]["1"]["computed"] == computed.run.result_digest
    assert entry.facts["relation"] == "retained by the claimant"
    assert custody.problems(computed.matter) == []
    found = evidence.check(lambda _found: None).found
    assert [one for one in found if one["kind"] in {"row", "chain", "guard"}] == []


def test_a_failed_self_test_blocks_the_recomputation(computed, alice, monkeypatch):
    def wrong(encoder):
        first, *others = known_answers(encoder)
        return (replace(first, found="0" * 64, passed=False), *others)

    monkeypatch.setattr(certifications, "known_answers", wrong)
    row = certified(computed, alice)
    assert (row.computed, row.holds) == ("", False)
    assert row.problem.startswith("The self-test failed, and nothing was computed: SHA-256 of")
    assert [one["passed"] for one in row.known_answers][:2] == [False, True]


def test_changed_bytes_of_an_exhibit_are_said(computed, alice):
    first = computed.run.inputs.first().source
    path = store().root / place_of(first.sha256)
    path.chmod(0o600)
    path.write_bytes(b"[]")
    row = certified(computed, alice)
    assert "has been changed" in row.problem
    assert not row.holds


def test_a_text_that_is_not_the_native_file_s_is_said(computed, alice):
    source = computed.run.inputs.first().source
    row = Exchange.objects.filter(source=source).order_by("record").first()
    with past_the_triggers():
        Exchange.objects.filter(pk=row.pk).update(answer="something else")
    assert "record 1: its text was changed" in certified(computed, alice).problem


def test_a_vector_that_the_encoder_does_not_make_is_said(computed, alice, monkeypatch):
    encoder = embedding.encoder_of(computed.run)

    class Turned:
        identity = encoder.identity

        def encode(self, texts):
            return -encoder.encode(texts)

    monkeypatch.setattr(embedding, "encoder_of", lambda _run: Turned())
    assert "A stored vector has a cosine of only -1.0" in certified(computed, alice).problem


def test_numbers_that_move_are_counted_against_the_tolerance(computed, alice, monkeypatch):
    compute = recomputing.runs.compute

    def moved(by):
        def again(run):
            computed = compute(run)
            computed.values["teachers"][0]["views"]["layout"]["lead"]["estimate"] += by
            return replace(computed, digest="d" * 64)

        return again

    monkeypatch.setattr(recomputing.runs, "compute", moved(0.0005))
    within = certified(computed, alice)
    assert (within.holds, within.same, within.beyond) == (True, False, 0)
    assert within.difference == pytest.approx(0.0005)
    assert within.where == "result.teachers[0].views.layout.lead.estimate"
    monkeypatch.setattr(recomputing.runs, "compute", moved(0.1))
    beyond = certifications.ask(computed.matter, [], ANN, by=alice, findings=[computed])
    certify(beyond.pk)
    row = beyond.findings.get()
    assert (row.holds, row.beyond) == (False, 1)


def test_what_was_recomputed_stays(computed, alice):
    certified(computed, alice)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "UPDATE cases_certifiedfinding SET problem = 'x'",
        "DELETE FROM cases_certifiedfinding",
        "TRUNCATE cases_certifiedfinding",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_finding_without_a_result_cannot_be_certified(alice):
    made = asked(alice)
    with pytest.raises(InsufficientDataError, match="Finding 1 has no result yet"):
        certifications.ask(made.matter, [], ANN, by=alice, findings=[made])
    assert not made.matter.certifications.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_of_its_own_computes_the_result_again(computed, alice, start_worker):
    start_worker(queues="default")
    one = certifications.ask(computed.matter, [], ANN, by=alice, findings=[computed])
    ring(certify, one.pk)
    ended = time.monotonic() + 120
    while not one.findings.filter(at__isnull=False).exists() and time.monotonic() < ended:
        time.sleep(0.5)
    row = one.findings.get()
    assert (row.problem, row.computed) == ("", computed.run.result_digest)
