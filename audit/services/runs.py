"""Runs: a sealed plan, the answers it rests on, and the one result it comes to."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from audit.analysis.digests import digest_of
from audit.analysis.encoders import EncoderIdentity
from audit.analysis.errors import InsufficientDataError, IntegrityError
from audit.analysis.matching import require_few_enough
from audit.analysis.pipeline import analyse, require_enough
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.models import Encoder, EncodingWay, Exchange, Run, RunInput, Source
from audit.services.matching import fewest_shared, matched_prompts, matching_of, ways_of_prompts
from audit.services.vectors import GROUP, vectors_of


@dataclass(frozen=True, slots=True)
class Computed:
    """A result that is not kept yet: its values, their digest, and what computed them."""

    values: dict[str, Any]
    digest: str
    environment: dict[str, Any]


@transaction.atomic
def seal(plan: Plan, encoder: EncoderIdentity) -> Run:
    """Seal a plan as a new run.

    Raises InsufficientDataError if it could not be answered, as far as that is known before the
    prompts are embedded, and TooMuchDataError if its prompts are too many to be.
    """
    sources = Source.objects.in_bulk([one.sha256 for one in plan.inputs], field_name="sha256")
    _require_answerable(plan, sources)
    row, _ = Encoder.objects.get_or_create(
        digest=encoder.digest, defaults={"identity": encoder.as_dict()}
    )
    run = Run.objects.create(plan=plan.as_dict(), plan_digest=plan.digest, encoder=row)
    RunInput.objects.bulk_create(
        RunInput(run=run, source=sources[one.sha256], place=place)
        for place, one in enumerate(plan.inputs)
    )
    return run


def _require_answerable(plan: Plan, sources: Mapping[str, Source]) -> None:
    if plan.parameters.near_prompt is None:
        matched = len(matched_prompts(sources.values(), plan.parameters))
        try:
            require_enough(plan, matched)
        except InsufficientDataError as error:
            if matched >= plan.parameters.least_prompts:
                raise
            whose = fewest_shared([sources[one.sha256] for one in plan.inputs])
            raise InsufficientDataError(f"{error} {whose}") from None
    else:
        require_enough(plan, None)
        require_few_enough(plan, [sources[one.sha256].taken for one in plan.inputs])


def plan_of(run: Run) -> Plan:
    """Return the plan that was sealed, after checking it against its digest."""
    plan = Plan.from_dict(run.plan)
    if plan.digest != run.plan_digest:
        raise IntegrityError(f"The plan of run {run.pk} is not the plan that was sealed.")
    return plan


def sources_of(run: Run) -> list[Source]:
    """Return the sources of a run in the order of its plan's inputs."""
    return [one.source for one in run.inputs.select_related("source")]


def compute(run: Run) -> Computed:
    """Compute the result of a run from its stored vectors, outside any transaction."""
    plan = plan_of(run)
    ways: set[int] = set()
    values = analyse(plan, material(run, plan, ways)).values
    return Computed(values, digest_of(values), environment(ways))


def keep(run: Run, computed: Computed) -> bool:
    """Keep a result if the run has none yet; the first to finish wins, and only it is told so."""
    unfinished = Run.objects.filter(pk=run.pk, result__isnull=True)
    return bool(
        unfinished.update(
            result=computed.values,
            result_digest=computed.digest,
            environment=computed.environment,
            finished_at=timezone.now(),
        )
    )


def result_of(run: Run) -> dict[str, Any]:
    """Return the result of a run; raises InsufficientDataError while there is none."""
    if run.result is None:
        raise InsufficientDataError(f"Run {run.pk} has no result yet.")
    values: dict[str, Any] = run.result
    return values


def differing(run: Run, computed: Computed) -> list[int]:
    """Return the earlier runs of the same plan that came to another result."""
    others = Run.objects.filter(plan_digest=run.plan_digest, result__isnull=False).exclude(
        pk=run.pk
    )
    different = others.exclude(result_digest=computed.digest)
    return list(different.order_by("pk").values_list("pk", flat=True)[:1000])


def material(run: Run, plan: Plan, ways: set[int]) -> Material:
    """Return the matched answers of a run with their vectors; adds how these were made to ways.

    Raises InsufficientDataError, in the words of the pipeline, if too few prompts are matched.
    """
    sources = sources_of(run)
    matched = matching_of(run, plan, sources).rows
    require_enough(plan, len(matched[0]))
    ways |= ways_of_prompts(run)
    rows = [_answers(source, keys) for source, keys in zip(sources, matched, strict=True)]
    encoder = run.encoder_id
    return Material(
        prompts=tuple(tuple(row.prompt for row in each) for each in rows),
        records=tuple(tuple(row.record for row in each) for each in rows),
        answers=tuple(tuple(row.answer for row in each) for each in rows),
        vectors=np.stack(
            [vectors_of(encoder, [row.answer_key for row in each], ways) for each in rows]
        ),
    )


def _answers(source: Source, keys: Sequence[str]) -> list[Exchange]:
    """Return the exchanges of a source on these prompts, in the order of the keys.

    Raises IntegrityError where one is not there, such as after an erasure.
    """
    found: dict[str, Exchange] = {}
    for start in range(0, len(keys), GROUP):
        group = source.exchanges.filter(prompt_key__in=keys[start : start + GROUP])
        found |= {row.prompt_key: row for row in group}
    if missing := len(set(keys) - found.keys()):
        raise IntegrityError(f"{missing:,} records of {source} are not there.")
    return [found[key] for key in keys]


def environment(ways: set[int]) -> dict[str, Any]:
    """Return what computed the numbers: libraries, processor, and how the vectors were made."""
    libraries = ("numpy", "scipy", "faiss-cpu")
    made = EncodingWay.objects.filter(pk__in=ways).order_by("digest")
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "libraries": {name: version(name) for name in libraries},
        "encoding": [way.way for way in made],
    }
