"""Models of one time and kind converge by themselves: two independent ones can be as alike.

`statistic` is the centred excess of suspect and teacher less that of the most similar pair of
controls (mean over prompts, in the unit of the similarity).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from audit.analysis.alternatives.pairs import LEAST_MODELS, excess_of, over_prompts
from audit.analysis.alternatives.values import Alternative, Evidence, Status, of_shares
from audit.analysis.statistics.rank import RankTest, rank_test
from audit.analysis.statistics.resampling import Interval

NAME = "Models of the same time and kind converge by themselves"
_NEEDS = "Controls of the time and kind of suspect and teacher, of documented independence."


@dataclass(frozen=True, slots=True)
class _Standing:
    """Suspect and teacher among all pairs, and beside pairs of controls alone.

    `nearer` of `pairs` of controls have at least their excess; `top` is the highest of these.
    """

    test: RankTest
    nearer: int
    pairs: int
    top: tuple[int, int]
    lead: Interval


def examine_convergence(evidence: Evidence, rng: np.random.Generator) -> Alternative:
    """Return how suspect and teacher stand among all pairs of models.

    Their excess is ranked among that of every other pair of suspect, teacher and controls. The
    p-value is exact if under the null hypothesis all of these models are jointly exchangeable:
    then each of the pairs is the highest with the same chance (the Monte Carlo test of Barnard
    1963, of pairs). That asks more than the rank of the teacher alone, and that the controls are
    of the same time and kind is asserted: hence REDUCED at most, and only with a lead over the
    most similar pair of controls that holds up with other prompts.
    """
    standing = _standing(evidence, rng)
    if standing is None:
        why = "There are too few pairs of controls."
        return Alternative(NAME, Status.NOT_TESTABLE, None, None, why, _NEEDS)
    status, why = _verdict(evidence, standing)
    lead, test = standing.lead, standing.test
    told = (
        f"Suspect and teacher rank {test.rank} of {test.controls + 1} pairs of models "
        f"(p = {test.p_value:.3f}); {of_shares(standing.nearer, standing.pairs)} pairs of "
        f"controls are at least as near. Over the most similar pair of controls "
        f"({evidence.places.named(standing.top)}) they lead by {lead.estimate:+.4f} "
        f"({lead.low:+.4f} to {lead.high:+.4f})."
    )
    return Alternative(NAME, status, lead.estimate, test.p_value, f"{why} {told}", _NEEDS)


def _standing(evidence: Evidence, rng: np.random.Generator) -> _Standing | None:
    """Return the ranks; None if there is no pair of controls, or too few prompts."""
    models = (evidence.places.suspect, evidence.places.teacher, *evidence.unrelated)
    prompts = evidence.answered_by(models)
    if len(models) < LEAST_MODELS or evidence.too_few(prompts):
        return None
    excess = excess_of(evidence, models, prompts)
    mean = {pair: float(excess[:, *pair].mean()) for pair in combinations(range(len(models)), 2)}
    ours = mean.pop((0, 1))
    controls = {pair: value for pair, value in mean.items() if pair[0] > 1}
    top = max(controls, key=controls.__getitem__)
    return _Standing(
        rank_test(ours, tuple(mean.values())),
        sum(value >= ours for value in controls.values()),
        len(controls),
        (models[top[0]], models[top[1]]),
        over_prompts(evidence, excess[:, 0, 1] - excess[:, *top], rng),
    )


def _verdict(evidence: Evidence, standing: _Standing) -> tuple[Status, str]:
    alpha = evidence.parameters.alpha
    if standing.test.p_value <= alpha and standing.lead.low > 0:
        return Status.REDUCED, (
            f"Reduced, not excluded: at level {alpha:g} suspect and teacher are nearer than "
            "independent models are, as far as the controls are of the same time and kind."
        )
    if 2 * standing.nearer >= standing.pairs:
        return Status.SUPPORTED, "Models that are asserted to be independent are mostly as near."
    return Status.NOT_EXCLUDED, (
        "Not excluded: suspect and teacher do not stand clear of what other pairs of models show."
    )
