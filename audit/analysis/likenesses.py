"""Likeness by measures that carry no likelihood ratio: each teacher ranked, nulls included.

They need all answers of a cohort at once, or repeat another measure, or are the negative control,
length and layout. None enters the ratio; they are there to be held against it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.signals.cohort import Cohort, deal, measure
from audit.analysis.signals.contract import AnswerSignal, CohortSignal, HabitSignal, Square
from audit.analysis.signals.registry import (
    COHORT_SIGNALS,
    HABIT_SIGNALS,
    NEGATIVE_CONTROL,
    REPORTED,
)
from audit.analysis.signals.reported import reported_similarities
from audit.analysis.statistics.rank import rank_test
from audit.analysis.transcripts import Role

HYPOTHESIS = "By this measure the teacher is no nearer to the suspect than any of the controls is."
_SUSPECT, _TEACHER = 0, 1
Measure = AnswerSignal | HabitSignal | CohortSignal
_MEASURED: tuple[AnswerSignal | HabitSignal, ...] = (*HABIT_SIGNALS, *REPORTED, NEGATIVE_CONTROL)


def other_likenesses(plan: Plan, material: Material) -> list[dict[str, Any]]:
    """Return how each teacher ranks among the controls by each measure, as JSON objects.

    As in the comparison by rank, the other teachers are not in the cohort of the one in question.
    p-values are adjusted for no other test. Nothing if a model answers none of the prompts. Linear
    in the words of the answers and in the teachers.
    """
    if not all(any(one.strip() for one in row) for row in material.answers):
        return []
    suspect, controls = plan.places(Role.SUSPECT)[0], plan.places(Role.CONTROL)
    found = []
    for teacher in plan.places(Role.TEACHER):
        models = (suspect, teacher, *controls)
        cohort = Cohort(
            material.prompts[suspect],
            tuple(tuple(one.strip() or None for one in material.answers[row]) for row in models),
            np.array(plan.lines)[list(models)],
        )
        for signal, similarity in _measured(cohort, plan.parameters.seed):
            found.append(_ranked(plan, models, signal, similarity))
    return found


def excess(similarity: Square, candidate: int) -> float:
    """Return the doubly centred similarity of the suspect, the first of m, to a candidate.

    `similarity` (m, m) has suspects as rows and teachers as columns, and need not be symmetric:
    the interaction of the two-way layout of METHODS.md (Tukey 1949), read in that direction.
    """
    rest = [place for place in range(1, len(similarity)) if place != candidate]
    among = similarity[np.ix_(rest, rest)]
    within = (among.sum() - np.trace(among)) / (len(rest) * (len(rest) - 1))
    to_suspect = similarity[_SUSPECT, rest].mean()
    to_candidate = similarity[rest, candidate].mean()
    return float(similarity[_SUSPECT, candidate] - to_suspect - to_candidate + within)


def _measured(cohort: Cohort, seed: int) -> Iterator[tuple[Measure, Square]]:
    """Yield every measure with its similarities (m, m)."""
    of_cohort = reported_similarities(cohort, seed=seed)
    yield from ((one, of_cohort[one.name]) for one in COHORT_SIGNALS)
    whole = deal(len(cohort.prompts), 1, seed)
    found = measure(cohort, whole, names=[one.name for one in _MEASURED]).similarities()
    yield from ((one, found[one.name]) for one in _MEASURED)


def _ranked(
    plan: Plan, models: tuple[int, ...], signal: Measure, similarity: Square
) -> dict[str, Any]:
    """Return where the teacher, the second of the models, stands among the controls."""
    candidates = [plan.inputs[place] for place in models[1:]]
    excesses = [excess(similarity, place) for place in range(1, len(models))]
    test = rank_test(excesses[0], tuple(excesses[1:]))
    closest = 1 + int(np.argmax(excesses[1:]))
    return {
        "measure": signal.name,
        "title": signal.title,
        "source": signal.source,
        "is_negative_control": signal is NEGATIVE_CONTROL,
        "teacher": candidates[0].label,
        "rank": test.rank,
        "of": test.controls + 1,
        "p_value": test.p_value,
        "floor": test.floor,
        "similarity": float(similarity[_SUSPECT, _TEACHER]),
        "closest_control": candidates[closest].model,
        "candidates": [
            {"label": one.label, "model": one.model, "excess": value}
            for one, value in zip(candidates, excesses, strict=True)
        ],
    }
