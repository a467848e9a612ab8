"""Each candidate teacher against the controls, under each view of similarity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.plan import Plan
from audit.analysis.statistics.centring import centred_excess
from audit.analysis.statistics.multiplicity import holm
from audit.analysis.statistics.rank import rank_test
from audit.analysis.statistics.resampling import Interval, bootstrap_mean
from audit.analysis.transcripts import Role

# Two controls and the teacher: with fewer there is no pair to centre on.
_LEAST_LEFT = 2

Views = dict[str, NDArray[np.float64]]


def assess_teachers(
    plan: Plan, views: Views, same_answers: list[dict[str, int]]
) -> list[dict[str, Any]]:
    """Return one assessment a teacher, p-values also adjusted for the number of teachers.

    `same_answers` says for each teacher how many answers are the suspect's, word for word.
    """
    assessed: list[dict[str, Any]] = [
        {
            "label": plan.inputs[teacher].label,
            "model": plan.inputs[teacher].model,
            "same_answers": same,
            "views": {name: _against_controls(plan, views, name, teacher) for name in views},
        }
        for teacher, same in zip(plan.places(Role.TEACHER), same_answers, strict=True)
    ]
    for name in views:
        adjusted = holm(tuple(one["views"][name]["p_value"] for one in assessed))
        for one, p_value in zip(assessed, adjusted, strict=True):
            one["views"][name]["p_value_holm"] = p_value
    return assessed


def _against_controls(plan: Plan, views: Views, name: str, teacher: int) -> dict[str, Any]:
    """Return the rank, the excess of each candidate and the teacher's lead, under one view."""
    suspect = plan.places(Role.SUSPECT)[0]
    controls = plan.places(Role.CONTROL)
    cohort = (teacher, *controls)
    excess = {one: centred_excess(views[name], suspect, one, cohort) for one in cohort}
    closest = max(controls, key=lambda one: float(excess[one].mean()))
    test = rank_test(
        float(excess[teacher].mean()), tuple(float(excess[one].mean()) for one in controls)
    )
    seed = (sorted(views).index(name), teacher)
    return {
        "rank": test.rank,
        "of": test.controls + 1,
        "p_value": test.p_value,
        "floor": test.floor,
        "closest_control": plan.inputs[closest].model,
        "lead": _interval(plan, excess[teacher] - excess[closest], (*seed, len(plan.inputs))),
        "left_out": _left_out(plan, views[name], teacher),
        "candidates": [
            _candidate(plan, views[name][:, suspect, one], excess[one], (*seed, one))
            for one in cohort
        ],
    }


def _left_out(
    plan: Plan, similarity: NDArray[np.float64], teacher: int
) -> dict[str, dict[str, float] | None]:
    """Return from where to where rank and lead go without each control, and each family of them.

    Quadratic in the controls, and then in the models: the mean over prompts is centred, which is
    the same. None where too few controls would be left.
    """
    controls = plan.places(Role.CONTROL)
    families: dict[int, list[int]] = {}
    lines = plan.lines
    for control in controls:
        families.setdefault(lines[control], []).append(control)
    mean = similarity.mean(axis=0, keepdims=True)
    return {
        name: _range_without(plan, mean, teacher, parts)
        for name, parts in (
            ("controls", [[control] for control in controls]),
            ("families", list(families.values())),
        )
    }


def _range_without(
    plan: Plan, mean: NDArray[np.float64], teacher: int, parts: list[list[int]]
) -> dict[str, float] | None:
    suspect, controls = plan.places(Role.SUSPECT)[0], plan.places(Role.CONTROL)
    ranks, leads = [], []
    for part in parts:
        left = [one for one in controls if one not in part]
        if len(left) < _LEAST_LEFT:
            return None
        cohort = (teacher, *left)
        own, *others = (float(centred_excess(mean, suspect, one, cohort)[0]) for one in cohort)
        ranks.append(rank_test(own, tuple(others)).rank)
        leads.append(own - max(others))
    return {
        "best_rank": min(ranks),
        "worst_rank": max(ranks),
        "least_lead": min(leads),
        "most_lead": max(leads),
    }


def _candidate(
    plan: Plan,
    similarity: NDArray[np.float64],
    excess: NDArray[np.float64],
    seed: tuple[int, ...],
) -> dict[str, Any]:
    """Return one candidate's mean similarity to the suspect and its centred excess."""
    candidate = plan.inputs[seed[-1]]
    return {
        "label": candidate.label,
        "model": candidate.model,
        "role": candidate.role.value,
        "mean_similarity": float(similarity.mean()),
        "excess": _interval(plan, excess, seed),
    }


def _interval(plan: Plan, values: NDArray[np.float64], seed: tuple[int, ...]) -> dict[str, float]:
    """Return the bootstrap interval; each has its own stream, so none depends on the others."""
    with_interval: Interval = bootstrap_mean(
        values,
        rounds=plan.parameters.bootstrap_rounds,
        confidence=plan.parameters.confidence,
        rng=np.random.default_rng((plan.parameters.seed, *seed)),
    )
    return with_interval.as_dict()
