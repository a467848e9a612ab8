"""Embedding by shards: each distinct text once per encoder, resumable a shard at a time."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.analysis.digests import digest_of
from audit.analysis.encoders import Encoder, EncoderIdentity, identify, load
from audit.analysis.errors import EncoderError, TouchstoneError
from audit.analysis.plan import Plan
from audit.models import Embedding, EncodingWay, Exchange, Job, Run, Shard, Source
from audit.services import jobs, matching, runs

# Large enough to fill batches of equal length, small enough that a kill costs seconds.
SHARD_SIZE = 256
# A shard that was rung and is not done after this long is rung again.
RING_AGAIN = 5 * jobs.LEASE
# A shard that has been begun so often is given up: it would be begun for ever.
MOST_ATTEMPTS = 10

# One exchange for each distinct prompt or answer without a vector, on the prompts that are wanted
# of each source; by length, so that a batch wastes little.
_MISSING = """
    WITH wanted AS (
        SELECT id,
            CASE %(part)s WHEN 'prompt' THEN prompt_key ELSE answer_key END AS text_key,
            length(CASE %(part)s WHEN 'prompt' THEN prompt ELSE answer END) AS characters
        FROM unnest(%(sources)s::bigint[], %(prompts)s::text[]) AS asked (source_id, prompt_key)
        JOIN audit_exchange USING (source_id, prompt_key))
    SELECT min(id) FROM wanted
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_embedding
        WHERE encoder_id = %(encoder)s AND text_key = wanted.text_key)
    GROUP BY text_key ORDER BY min(characters), text_key
"""


def current_identity() -> EncoderIdentity:
    """Return the identity of the encoder that the settings name, without loading it."""
    return identify(settings.ENCODER)


@cache
def _encoder() -> Encoder:
    """Return the encoder of the settings, loaded once in the life of a worker."""
    cache_folder = settings.DATA / "encoders"
    return load(settings.ENCODER, device=settings.ENCODER_DEVICE, cache=cache_folder)


def cut_shards(run: Run) -> None:
    """Cut the texts of a run that have no vector yet into shards, once.

    Under a plan that matches nearly equal prompts those are cut first, and the answers when they
    are done and matched: called again then, it goes on.
    """
    if not _is_uncut(run):
        return
    plan, sources = runs.plan_of(run), runs.sources_of(run)
    if plan.parameters.near_prompt is not None:
        _cut_prompts(run, plan, sources)
        if _unfinished(run):
            return
        matching.match_near(run, plan, sources)
    _cut_answers(run, plan, sources)


def _is_uncut(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, sharded_at__isnull=True).exists()


def _unfinished(run: Run) -> bool:
    return run.shards.filter(done_at__isnull=True).exists()


@transaction.atomic
def _cut_prompts(run: Run, plan: Plan, sources: list[Source]) -> None:
    Run.objects.select_for_update().get(pk=run.pk)
    if not run.shards.exists():
        _cut(run, Shard.Part.PROMPT, sources, matching.prompts_to_embed(plan, sources))


@transaction.atomic
def _cut_answers(run: Run, plan: Plan, sources: list[Source]) -> None:
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.sharded_at:
        return
    _cut(run, Shard.Part.ANSWER, sources, matching.matching_of(run, plan, sources).rows)
    Run.objects.filter(pk=run.pk).update(sharded_at=timezone.now())


def _cut(
    run: Run, part: Shard.Part, sources: list[Source], prompts: Sequence[Sequence[str]]
) -> None:
    """Cut one part of the exchanges on these prompts, one row of keys a source."""
    values: dict[str, Any] = {
        "part": part.value,
        "sources": [one.pk for one, keys in zip(sources, prompts, strict=True) for _ in keys],
        "prompts": [key for keys in prompts for key in keys],
        "encoder": run.encoder_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, values)
        missing = [exchange for (exchange,) in cursor.fetchall()]
    cut = enumerate(range(0, len(missing), SHARD_SIZE), start=run.shards.count())
    Shard.objects.bulk_create(
        Shard(run=run, number=number, part=part, exchanges=missing[start : start + SHARD_SIZE])
        for number, start in cut
    )
    shown = {"kind": Job.Kind.EMBED, "subject": run.pk}
    Job.objects.get_or_create(**shown, defaults={"state": Job.State.RUNNING})
    Job.objects.filter(**shown).update(total=F("total") + len(missing))


def shards_to_ring(run: Run) -> list[int]:
    """Return the shards whose bell is due, and note that it is being rung now."""
    now = timezone.now()
    due = Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN)
    with transaction.atomic():
        shards = list(
            run.shards.select_for_update(skip_locked=True)
            .filter(due, done_at__isnull=True)
            .order_by("number")
            .values_list("pk", flat=True)[:1000]
        )
        Shard.objects.filter(pk__in=shards).update(rung_at=now)
    return shards


def is_complete(run: Run) -> bool:
    """Say whether every shard is done; closes the job that shows the progress if so."""
    if _is_uncut(run) or _unfinished(run):
        return False
    for job in Job.objects.filter(kind=Job.Kind.EMBED, subject=run.pk).exclude(
        state=Job.State.DONE
    ):
        jobs.finish(job)
    return True


def embed_shard(shard: Shard) -> None:
    """Embed one shard; done twice, the second time finds nothing to do.

    What we can put in words fails the job that shows the progress; whoever waits for it looks.
    """
    if shard.done_at is not None:
        return
    Shard.objects.filter(pk=shard.pk).update(attempts=F("attempts") + 1)
    try:
        _require_hope(shard)
        _embed(shard)
    except TouchstoneError as error:
        jobs.fail(Job.objects.get(kind=Job.Kind.EMBED, subject=shard.run_id), str(error))


def _require_hope(shard: Shard) -> None:
    """Raise EncoderError for a shard that crashed or killed its worker time and again."""
    if shard.attempts >= MOST_ATTEMPTS:
        raise EncoderError(
            f"Shard {shard.number} was begun {shard.attempts} times and never came to its end. "
            "The log of the worker that embeds says why; mend that and run the plan again."
        )


def failure(run: Run) -> str:
    """Return why the texts of a run could not be embedded, or nothing."""
    failed = Job.objects.filter(kind=Job.Kind.EMBED, subject=run.pk, state=Job.State.FAILED)
    return failed.values_list("error", flat=True).first() or ""


def require_no_failure(run: Run) -> None:
    """Raise EncoderError with the reason if the texts of a run could not be embedded."""
    if reason := failure(run):
        raise EncoderError(reason)


def encoder_of(run: Run) -> Encoder:
    """Return the encoder that a run's plan names; raises EncoderError if this worker has another.

    It is loaded once in the life of a worker.
    """
    encoder = _encoder()
    _require_same_encoder(run, encoder)
    return encoder


def _embed(shard: Shard) -> None:
    encoder = encoder_of(shard.run)
    texts = _missing_texts(shard)
    vectors = encoder.encode([text for _, text in texts])
    way, _ = EncodingWay.objects.get_or_create(
        digest=digest_of(encoder.way.as_dict()), defaults={"way": encoder.way.as_dict()}
    )
    with transaction.atomic():
        Embedding.objects.bulk_create(
            [
                Embedding(
                    encoder_id=shard.run.encoder_id,
                    text_key=key,
                    vector=np.ascontiguousarray(vector, dtype="<f4").tobytes(),
                    way=way,
                )
                for (key, _), vector in zip(texts, vectors, strict=True)
            ],
            ignore_conflicts=True,
        )
        _mark_done(shard)


def _mark_done(shard: Shard) -> None:
    """Close the shard and count its texts, only once however often it was embedded."""
    now = timezone.now()
    if Shard.objects.filter(pk=shard.pk, done_at__isnull=True).update(done_at=now):
        Job.objects.filter(kind=Job.Kind.EMBED, subject=shard.run_id).update(
            done=F("done") + len(shard.exchanges), touched_at=now
        )


def _require_same_encoder(run: Run, encoder: Encoder) -> None:
    if encoder.identity.digest != run.encoder.digest:
        raise EncoderError(
            f"The plan was sealed with encoder {run.encoder} and this worker has "
            f"{encoder.identity.name} ({encoder.identity.digest[:12]}). "
            "Set ENCODER to the same model for web and workers."
        )


def _missing_texts(shard: Shard) -> list[tuple[str, str]]:
    """Return key and text of the shard's texts that have no vector yet, in the shard's order."""
    rows = Exchange.objects.in_bulk(shard.exchanges)
    ordered = [rows[pk] for pk in shard.exchanges]
    if shard.part == Shard.Part.PROMPT:
        texts = {row.prompt_key: row.prompt for row in ordered}
    else:
        texts = {row.answer_key: row.answer for row in ordered}
    kept = set(
        Embedding.objects.filter(
            encoder_id=shard.run.encoder_id, text_key__in=list(texts)
        ).values_list("text_key", flat=True)
    )
    return [(key, text) for key, text in texts.items() if key not in kept]
