"""The matched prompts of a run: equal texts from the database, near ones found once and kept."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Count

from audit.analysis import battery
from audit.analysis.battery import BatteryPrompt
from audit.analysis.errors import InsufficientDataError
from audit.analysis.matching import Matching, Wordings, match_inputs, unpaired
from audit.analysis.plan import Parameters, Plan
from audit.analysis.text import text_key
from audit.models import Exchange, NearMatching, Run, Source
from audit.services.vectors import GROUP, vectors_of

# The prompts that every input answers, drawn by the plan's seed if there are more than it wants.
_MATCHED = """
    SELECT prompt_key FROM audit_exchange
    WHERE source_id = ANY(%(sources)s)
      AND prompt_key IN (SELECT prompt_key FROM audit_exchange WHERE source_id = %(smallest)s)
    GROUP BY prompt_key HAVING count(*) = %(inputs)s
    ORDER BY sha256((%(seed)s || ':' || prompt_key)::bytea) LIMIT %(most)s
"""


def matched_prompts(sources: Iterable[Source], parameters: Parameters) -> list[str]:
    """Return the keys of the prompts that every source answers, in their own order."""
    inputs = list(sources)
    if not inputs:
        return []
    smallest = min(inputs, key=lambda source: source.taken)
    with connection.cursor() as cursor:
        cursor.execute(
            _MATCHED,
            {
                "sources": [source.pk for source in inputs],
                "smallest": smallest.pk,
                "inputs": len(inputs),
                "seed": str(parameters.seed),
                "most": parameters.most_prompts,
            },
        )
        return sorted(key for (key,) in cursor.fetchall())


def to_put(sources: Sequence[Source]) -> tuple[BatteryPrompt, ...]:
    """Return the prompts of the battery that not every source answers, in battery order."""
    every = {text_key(one.text) for one in battery.load()}
    answered = (
        Exchange.objects.filter(source__in=sources, prompt_key__in=every)
        .values("prompt_key")
        .annotate(sources=Count("source"))
        .filter(sources=len(sources))
    )
    return battery.lacking(set(answered.values_list("prompt_key", flat=True)))


def fewest_shared(sources: Sequence[Source]) -> str:
    """Return which file has fewest prompts of the first file, and its first record without one."""
    first, *others = sources
    if not others:
        return ""
    asked = Exchange.objects.filter(source=first).values("prompt_key")
    shared = dict(
        Exchange.objects.filter(source__in=others, prompt_key__in=asked)
        .values_list("source")
        .annotate(Count("pk"))
    )
    worst = min(others, key=lambda source: shared.get(source.pk, 0))
    alone = worst.exchanges.exclude(prompt_key__in=asked).order_by("record").first()
    said = f"{worst.name} shares {shared.get(worst.pk, 0)} of the {first.taken} of {first.name}"
    return f"{said}; its record {alone.record} is the first with another." if alone else f"{said}."


def matching_of(run: Run, plan: Plan, sources: Sequence[Source]) -> Matching:
    """Return the matched prompts of a run; raises InsufficientDataError while they are not known.

    They are known from the start unless the plan matches nearly equal prompts.
    """
    if plan.parameters.near_prompt is None:
        return Matching((tuple(matched_prompts(sources, plan.parameters)),) * len(sources))
    rows = NearMatching.objects.filter(run=run).values_list("rows", flat=True).first()
    if rows is None:
        raise InsufficientDataError(f"The prompts of run {run.pk} are not matched yet.")
    return Matching(tuple(map(tuple, rows)))


def prompts_to_embed(plan: Plan, sources: Sequence[Source]) -> list[list[str]]:
    """Return for each source the keys of the prompts that lack the same text where one is due."""
    return unpaired(plan, [_keys(source) for source in sources])


def match_near(run: Run, plan: Plan, sources: Sequence[Source]) -> None:
    """Match a run's prompts by their stored vectors and keep that; the first to finish wins."""
    if NearMatching.objects.filter(run=run).exists():
        return
    ways: set[int] = set()

    def look(keys: Sequence[str]) -> Wordings:
        return Wordings(_texts(sources, keys), vectors_of(run.encoder_id, keys, ways))

    found = match_inputs(plan, [_keys(source) for source in sources], look)
    NearMatching.objects.get_or_create(
        run=run, defaults={"rows": found.rows, "ways": sorted(ways)}
    )


def ways_of_prompts(run: Run) -> set[int]:
    """Return how the vectors were made that a run's prompts were matched by, if they were."""
    return set(NearMatching.objects.filter(run=run).values_list("ways", flat=True).first() or ())


def _texts(sources: Sequence[Source], keys: Sequence[str]) -> tuple[str, ...]:
    """Return the prompts of these keys, which are the same text in whichever source they stand."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), GROUP):
        rows = Exchange.objects.filter(
            source__in=sources, prompt_key__in=keys[start : start + GROUP]
        )
        found.update(rows.values_list("prompt_key", "prompt").iterator())
    return tuple(found[key] for key in keys)


def _keys(source: Source) -> set[str]:
    return set(source.exchanges.values_list("prompt_key", flat=True))
