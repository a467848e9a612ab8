import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from audit.analysis.errors import InsufficientDataError
from audit.models import Embedding, EncodingWay, Job, Run
from audit.services import embedding, matching, runs
from cases.services import findings
from tests.making import QUICK, asked, matter_with_exhibits, past_the_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(django_user_model) -> Run:
    return asked(django_user_model.objects.create_user("alice")).run


def embed(run: Run) -> None:
    embedding.cut_shards(run)
    for shard in run.shards.order_by("number"):
        embedding.embed_shard(shard)


def test_each_distinct_answer_is_embedded_once(run, monkeypatch):
    monkeypatch.setattr(embedding, "SHARD_SIZE", 100)
    embed(run)
    assert run.shards.count() == 3
    assert Embedding.objects.count() == 8 * 32
    job = Job.objects.get(kind=Job.Kind.EMBED, subject=run.pk)
    assert (job.done, job.total) == (256, 256)
    assert embedding.is_complete(run)
    assert EncodingWay.objects.count() == 1


def test_a_second_run_embeds_nothing(run, django_user_model):
    embed(run)
    alice = django_user_model.objects.get()
    finding = run.finding
    fewer = list(finding.matter.exhibits.all())[:7]
    change = findings.Change(finding, "without the last control")
    again = findings.ask(finding.matter, fewer, QUICK, by=alice, change=change)
    embedding.cut_shards(again.run)
    assert again.run.shards.count() == 0
    assert embedding.is_complete(again.run)


def test_a_shard_done_twice_counts_once(run):
    embed(run)
    for shard in run.shards.all():
        shard.done_at = None
        embedding.embed_shard(shard)
    assert Job.objects.get(kind=Job.Kind.EMBED, subject=run.pk).done == 256


def test_a_shard_stopped_in_the_middle_keeps_nothing_and_comes_to_the_same_vectors(
    run, monkeypatch
):
    embedding.cut_shards(run)
    (shard,) = run.shards.all()
    with monkeypatch.context() as broken:
        broken.setattr(embedding, "_mark_done", lambda _shard: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            embedding.embed_shard(shard)
    assert Embedding.objects.count() == 0
    embedding.embed_shard(shard)
    first = dict(Embedding.objects.values_list("text_key", "vector"))
    with past_the_triggers():
        Embedding.objects.all().delete()
    shard.done_at = None
    embedding.embed_shard(shard)
    second = dict(Embedding.objects.values_list("text_key", "vector"))
    assert {key: bytes(value) for key, value in first.items()} == {
        key: bytes(value) for key, value in second.items()
    }


def test_shards_are_rung_once_and_again_only_when_overdue(run, monkeypatch):
    embedding.cut_shards(run)
    assert len(embedding.shards_to_ring(run)) == 1
    assert embedding.shards_to_ring(run) == []
    monkeypatch.setattr(embedding, "RING_AGAIN", -embedding.RING_AGAIN)
    assert len(embedding.shards_to_ring(run)) == 1


def test_a_worker_with_another_encoder_fails_the_job_in_words(run):
    embedding.cut_shards(run)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_encoder SET digest = %s", ["0" * 64])
    embedding.embed_shard(run.shards.select_related("run__encoder").get())
    assert "Set ENCODER to the same model" in embedding.failure(run)
    assert Embedding.objects.count() == 0


def test_a_shard_that_never_ends_is_given_up_in_words(run, monkeypatch):
    embedding.cut_shards(run)
    monkeypatch.setattr(embedding, "_embed", lambda _shard: 1 / 0)
    for _ in range(embedding.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            embedding.embed_shard(run.shards.select_related("run__encoder").get())
    assert embedding.failure(run) == ""
    embedding.embed_shard(run.shards.select_related("run__encoder").get())
    assert "was begun 10 times and never came to its end" in embedding.failure(run)


def test_vectors_are_of_unit_length_and_in_the_order_of_the_prompts(run):
    embed(run)
    ways: set[int] = set()
    plan = runs.plan_of(run)
    found = runs.material(run, plan, ways)
    assert found.vectors.shape == (8, 32, run.encoder.identity["dimensions"])
    assert np.linalg.norm(found.vectors, axis=2) == pytest.approx(np.ones((8, 32)), abs=1e-3)
    assert found.prompts[0][0] != found.prompts[0][1]
    assert len(ways) == 1


def test_a_sealed_plan_cannot_be_changed(run):
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(plan={})
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        connection.cursor().execute("DELETE FROM audit_run")


def test_a_text_cannot_have_two_vectors(run):
    embed(run)
    one = Embedding.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Embedding.objects.create(
            encoder=one.encoder, text_key=one.text_key, vector=b"", way=one.way
        )


def test_too_little_material_is_refused_before_a_plan_exists(django_user_model):
    alice = django_user_model.objects.create_user("alice")
    matter, found = matter_with_exhibits(alice, controls=4, count=29)
    with pytest.raises(InsufficientDataError) as refused:
        findings.ask(matter, found, QUICK, by=alice)
    assert "at least 5 controls and has 4" in str(refused.value)
    assert "At least 30 prompts must be the same in every file, and 29 are" in str(refused.value)
    assert not Run.objects.exists()
    assert not matter.custody.filter(act="planned").exists()


def test_above_the_most_prompts_a_sample_is_drawn_by_the_seed(run):
    sources = runs.sources_of(run)
    few = [
        matching.matched_prompts(sources, type(QUICK)(most_prompts=10, seed=seed))
        for seed in (1, 1, 2)
    ]
    assert len(few[0]) == 10
    assert few[0] == few[1] != few[2]
