"""Sealed plans and results against their digests, and, if asked for, computed anew."""

from collections.abc import Iterator

from audit.analysis.digests import digest_of
from audit.analysis.errors import TouchstoneError
from audit.models import Run, Source
from audit.services import runs
from cases.services.evidence.words import Found, Sweep


def look(sweep: Sweep) -> Iterator[Found]:
    """Yield each run whose plan, inputs or result is not what was sealed."""
    for run in Run.objects.select_related("finding", "encoder").order_by("pk").iterator(50):
        sweep.looked_at["plans and results"] += 1
        where = f"run {run.pk}"
        if hasattr(run, "finding"):
            where = f"matter {run.finding.matter_id}, finding {run.finding.number}"
        for said in _of_run(run):
            yield Found("result", where, said)
        if sweep.replay and run.result is not None:
            yield from _replayed(run, where, sweep)


def _of_run(run: Run) -> Iterator[str]:
    if digest_of(run.plan) != run.plan_digest:
        yield "Its plan is not what was sealed."
    sealed = [one.get("sha256") for one in run.plan.get("inputs", [])]
    there = list(run.inputs.order_by("place").values_list("source__sha256", flat=True))
    if sealed != there:
        yield "Its files are not those of the plan that was sealed."
    encoder = (run.encoder.digest, run.encoder.identity)
    if encoder != (run.plan.get("encoder_digest"), run.plan.get("encoder")):
        yield "Its encoder is not that of the plan that was sealed."
    if run.result is not None and digest_of(run.result) != run.result_digest:
        yield "Its result is not what its digest was taken of."


def _replayed(run: Run, where: str, sweep: Sweep) -> Iterator[Found]:
    """Compute a result anew from the stored texts and vectors."""
    if run.inputs.exclude(source__state=Source.State.READ).exists():
        said = "It is not computed anew: an exhibit of it was erased."
        yield Found("result", where, said, grave=False)
        return
    sweep.looked_at["results computed anew"] += 1
    try:
        computed = runs.compute(run)
    except (TouchstoneError, LookupError, ValueError) as error:
        yield Found("result", where, f"It cannot be computed anew: {error}")
        return
    if computed.digest != run.result_digest:
        said = (
            "Computed anew from the stored texts and vectors it comes to other numbers: a text or "
            "a vector was changed, or the machine computes otherwise."
        )
        yield Found("result", where, said)
