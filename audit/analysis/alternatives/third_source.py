"""Suspect and teacher learned from the same third source.

`statistic` is the lead of the teacher over the closest other control with a third model allowed
for, the one that leaves least of it (mean over prompts, in the unit of the similarity).
"""

from dataclasses import dataclass

import numpy as np

from audit.analysis.alternatives.pairs import LEAST_MODELS, excess_of, over_prompts
from audit.analysis.alternatives.values import Alternative, Evidence, Floats, Status
from audit.analysis.statistics.rank import RankTest, rank_test

NAME = "Suspect and teacher learned from the same third source"
_NEEDS = (
    "Models that are thought to be the source, as controls; or marks that only the teacher's "
    "outputs bear, such as planted strings."
)
_NO_LEAD = "Not excluded: the teacher has no lead that a third source would have to account for."
# Suspect and teacher come first wherever models are listed here.
_SUSPECT, _TEACHER, _FIRST_CONTROL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the teacher's lead over the closest other control, (n,).

    `third` is the model that is allowed for; the rank is the teacher's by what is left.
    """

    third: str
    lead: Floats
    test: RankTest


def examine_third_source(evidence: Evidence, rng: np.random.Generator) -> Alternative:
    """Return whether a control could be the source that makes suspect and teacher alike.

    Each control in turn is taken for the source, by `left_after`. The p-value is the highest of
    the rank tests of what is left (intersection-union test, Berger 1982), so its floor is 1 / k.
    SUPPORTED: a control is the nearest of all models to both, nearer than they are to each other,
    as a common factor always is. REDUCED is the most that can be: a source that is not among the
    controls is never tested, and of several sources only one at a time is allowed for.
    """
    models = (evidence.places.suspect, evidence.places.teacher, *evidence.unrelated)
    prompts = evidence.answered_by(models)
    if len(models) < LEAST_MODELS or evidence.too_few(prompts):
        why = "Not excluded: there are too few controls, or prompts that all of them answered."
        return Alternative(NAME, Status.NOT_TESTABLE, None, None, why, _NEEDS)
    excess = excess_of(evidence, models, prompts)
    names = [evidence.places.names[model] for model in models]
    left = [left_after(excess, names, third) for third in range(_FIRST_CONTROL, len(models))]
    worst = min(left, key=lambda one: float(one.lead.mean()))
    p_value = max(one.test.p_value for one in left)
    nearest = _nearest_to_both(evidence, excess, rng)
    if nearest is not None:
        status, why = _supported(names[nearest])
    elif excess[:, _SUSPECT, _FIRST_CONTROL:].mean(axis=0).max() >= excess[:, 0, 1].mean():
        status, why = Status.NOT_EXCLUDED, _NO_LEAD
    else:
        status, why = _verdict(evidence, left, worst, rng)
    return Alternative(NAME, status, float(worst.lead.mean()), p_value, why, _NEEDS)


def left_after(excess: Floats, names: list[str], third: int) -> Left:
    """Return what the third model leaves of the teacher's lead over the closest other control.

    `excess` (n, q, q) is centred, with the suspect first, the teacher second and controls after.
    In a model of one common factor (Spearman 1904) what a source gives to a pair is the product of
    what each has in common with it, over what it has in common with itself. As nobody is more like
    the source than the source is, that is the lesser of the two at most. So much is taken from
    each candidate: the partial covariance of Yule (1907) at its lowest. The partial Mantel test
    (Smouse et al. 1986) would take a slope instead that a single pair can carry.
    """
    mean = excess.mean(axis=0)
    remaining = {}
    for one in range(_TEACHER, len(mean)):
        if one != third:
            lesser = min(_SUSPECT, one, key=lambda end: float(mean[end, third]))
            given = excess[:, lesser, third] if mean[lesser, third] > 0 else 0.0
            remaining[one] = excess[:, _SUSPECT, one] - given
    teacher = remaining.pop(_TEACHER)
    means = {one: float(values.mean()) for one, values in remaining.items()}
    closest = max(means, key=means.__getitem__)
    test = rank_test(float(teacher.mean()), tuple(means.values()))
    return Left(names[third], teacher - remaining[closest], test)


def _nearest_to_both(evidence: Evidence, excess: Floats, rng: np.random.Generator) -> int | None:
    """Return the control that is the nearest model to both, beyond other prompts; None if none."""
    mean = excess.mean(axis=0)
    np.fill_diagonal(mean, -np.inf)
    nearest = int(mean[_SUSPECT].argmax())
    if nearest == _TEACHER or int(mean[_TEACHER].argmax()) != nearest:
        return None
    leads = [
        over_prompts(evidence, excess[:, one, nearest] - excess[:, _SUSPECT, _TEACHER], rng)
        for one in (_SUSPECT, _TEACHER)
    ]
    return nearest if all(lead.low > 0 for lead in leads) else None


def _supported(nearest: str) -> tuple[Status, str]:
    return Status.SUPPORTED, (
        f"{nearest}, a control, is nearer to suspect and teacher than they are to each other or "
        "to any other model, also with other prompts."
    )


def _verdict(
    evidence: Evidence, left: list[Left], worst: Left, rng: np.random.Generator
) -> tuple[Status, str]:
    """Return what may be said where the teacher leads and no control is nearest to both."""
    absorbing = [one.third for one in left if one.test.rank > 1]
    if absorbing:
        return Status.NOT_EXCLUDED, (
            "Not excluded: a control is as near to the suspect as the teacher is once one of "
            f"these is allowed for as a common source: {', '.join(absorbing)}."
        )
    alpha = evidence.parameters.alpha
    lead = over_prompts(evidence, worst.lead, rng)
    told = (
        f"The least lead is left with {worst.third} allowed for: {lead.estimate:+.4f} "
        f"({lead.low:+.4f} to {lead.high:+.4f}; p = {worst.test.p_value:.3f})."
    )
    if lead.low <= 0 or worst.test.p_value > alpha:
        return Status.NOT_EXCLUDED, (
            "Not excluded: the teacher stays nearest to the suspect whichever control is allowed "
            f"for as a common source, but not at level {alpha:g} or not with other prompts. {told}"
        )
    return Status.REDUCED, (
        f"Reduced, not excluded: at level {alpha:g} the teacher stays nearest to the suspect "
        f"whichever control is allowed for as a common source. {told} A source that is not among "
        "the controls, or several sources together, are not tested."
    )
