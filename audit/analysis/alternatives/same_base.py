"""Suspect and teacher are alike only through a base model that both were tuned from.

`statistic` is by how much more the suspect is like the teacher than its sibling is, less by how
much more it is like the controls (a difference of differences, mean over prompts, in the unit of
the similarity). A sibling is a control declared to be tuned from the suspect's base model.
"""

from dataclasses import dataclass

import numpy as np

from audit.analysis.alternatives.pairs import over_prompts
from audit.analysis.alternatives.permutations import sign_flip_p_value
from audit.analysis.alternatives.values import Alternative, Evidence, Floats, Status
from audit.analysis.statistics.rank import RankTest, controls_needed, rank_test
from audit.analysis.statistics.resampling import Interval

NAME = "Suspect and teacher are alike only because both are tuned from the same base model"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The suspect held against one sibling."""

    sibling: str
    lead: Interval
    flips: float
    test: RankTest

    @property
    def p_value(self) -> float:
        """The higher of two p-values: both nulls must fall (Berger 1982)."""
        return max(self.flips, self.test.p_value)

    def __str__(self) -> str:
        lead = self.lead
        return (
            f"beside {self.sibling} the suspect is nearer to the teacher by {lead.estimate:+.4f} "
            f"({lead.low:+.4f} to {lead.high:+.4f}; rank {self.test.rank} of "
            f"{self.test.controls + 1}, p = {self.p_value:.3f})"
        )


def examine_same_base(evidence: Evidence, rng: np.random.Generator) -> Alternative:
    """Return whether the suspect is nearer to the teacher than siblings of its base model are.

    Two nulls must fall for each sibling. Over prompts: the differences lie about zero (sign-flip
    test, Fisher 1935). Over models: the teacher's difference is exchangeable with those of the
    controls (rank test). Prompts alone would not do: any two models differ towards any third, and
    with many prompts each such difference is beyond chance. The p-value is the highest of all
    (intersection-union test, Berger 1982).
    """
    comparisons = [
        found
        for sibling in evidence.declared.same_base_as_suspect
        if (found := _against(evidence, sibling, rng)) is not None
    ]
    if not comparisons:
        return _not_testable(evidence)
    nearest = min(comparisons, key=lambda one: one.lead.estimate)
    p_value = max(one.p_value for one in comparisons)
    told = (
        f"With controls declared to share the suspect's base: {'; '.join(map(str, comparisons))}."
    )
    status, why = _verdict(evidence, nearest, p_value)
    needed = controls_needed(evidence.parameters.alpha)
    needs = f"{needed} controls without a declared tie." * (nearest.test.controls < needed)
    return Alternative(NAME, status, nearest.lead.estimate, p_value, f"{why} {told}", needs)


def differences(evidence: Evidence, sibling: int, candidates: tuple[int, ...]) -> Floats:
    """Return how much more the suspect is like each candidate than the sibling is.

    The shape is (n, candidates). Only prompts count that all of these models answered.
    """
    suspect = evidence.places.suspect
    prompts = evidence.answered_by((suspect, sibling, *candidates))
    towards = evidence.similarity[
        np.ix_(prompts, np.array([suspect, sibling]), np.asarray(candidates))
    ]
    more: Floats = towards[:, 0] - towards[:, 1]
    return more


def _against(evidence: Evidence, sibling: int, rng: np.random.Generator) -> _Comparison | None:
    """Return the comparison with one sibling; None if controls or prompts are too few."""
    controls = evidence.unrelated
    more = differences(evidence, sibling, (evidence.places.teacher, *controls))
    if not controls or len(more) < evidence.parameters.least_prompts:
        return None
    lead = more[:, 0] - more[:, 1:].mean(axis=1)
    means = more.mean(axis=0).tolist()
    return _Comparison(
        evidence.places.names[sibling],
        over_prompts(evidence, lead, rng),
        sign_flip_p_value(lead, rng),
        rank_test(means[0], tuple(means[1:])),
    )


def _verdict(evidence: Evidence, nearest: _Comparison, p_value: float) -> tuple[Status, str]:
    alpha = evidence.parameters.alpha
    if p_value <= alpha:
        return Status.EXCLUDED, (
            f"Excluded at level {alpha:g} by a sign-flip test over prompts and a rank test over "
            "controls, if the siblings are tuned from the suspect's base as declared: the base "
            "alone does not make the suspect so like the teacher. That they share it is not "
            "excluded."
        )
    if nearest.lead.high <= 0:
        return Status.SUPPORTED, (
            f"{nearest.sibling} is at least as near to the teacher as the suspect is, so what is "
            "special to the suspect does not show."
        )
    return Status.NOT_EXCLUDED, "The suspect does not stand out enough from its siblings."


def _not_testable(evidence: Evidence) -> Alternative:
    return Alternative(
        NAME,
        Status.NOT_TESTABLE,
        None,
        None,
        "Not excluded: no control declared to be tuned from the suspect's base model can be "
        "compared.",
        "A control tuned from the suspect's base model and not on outputs of the teacher, and "
        f"{controls_needed(evidence.parameters.alpha)} controls without a declared tie.",
    )
