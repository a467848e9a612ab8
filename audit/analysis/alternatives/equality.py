"""The suspect is the teacher itself: the same model behind another name or interface.

`statistic` is by how much the teacher's runs agree more with each other than the suspect agrees
with them (mean Hamming similarity over prompts, without unit).
"""

from dataclasses import dataclass
from itertools import combinations
from operator import eq

import numpy as np

from audit.analysis.alternatives.permutations import relabelling_p_value
from audit.analysis.alternatives.values import (
    Alternative,
    Evidence,
    Floats,
    Status,
    of_shares,
)
from audit.analysis.alternatives.words import words_of
from audit.analysis.sameness import is_one_model
from audit.analysis.text import normalise

NAME = "The suspect is the teacher itself, run as the teacher's second run was"
# Characters compared, and opening words counted.
LENGTH = 1000
OPENING = 5
_SECOND_RUN = (
    "A second run of the teacher on the same prompts, sampled anew, with the settings that the "
    "suspect is served with."
)


@dataclass(frozen=True, slots=True)
class _Agreement:
    """How far two models agree: same words and same openings of so many, and mean similarity."""

    same: int
    opening: int
    of: int
    similarity: float

    @property
    def is_one_model(self) -> bool:
        """Whether so many answers are the same that two files cannot count as two samples."""
        return self.of > 0 and is_one_model({"count": self.same, "of": self.of})

    def __str__(self) -> str:
        return (
            f"the same words in {of_shares(self.same, self.of)} answers, the same first {OPENING} "
            f"words in {of_shares(self.opening, self.of)} and a Hamming similarity of "
            f"{self.similarity:.3f}"
        )


@dataclass(frozen=True, slots=True)
class _Test:
    """The test of equality of one model with the teacher's runs."""

    statistic: float
    p_value: float


def examine_equality(evidence: Evidence, rng: np.random.Generator) -> Alternative:
    """Return whether the suspect can be told from the teacher as a second run shows it.

    NOT_TESTABLE without a second run that was sampled anew. SUPPORTED if suspect and teacher give
    the same words to half of the prompts, or if the test tells every control from the teacher and
    the suspect not.
    """
    agreement = _agreement(evidence, evidence.places.suspect, evidence.places.teacher)
    if agreement.is_one_model:
        why = (
            f"Suspect and teacher have {agreement}, as one model under two names or one file "
            "handed in twice has."
        )
        return Alternative(NAME, Status.SUPPORTED, None, None, why)
    obstacle = _obstacle(evidence)
    if obstacle:
        why = (
            f"Not excluded: {obstacle} Suspect and teacher have {agreement}, which says little by "
            "itself: a model that samples its answers seldom gives the same twice."
        )
        return Alternative(NAME, Status.NOT_TESTABLE, None, None, why, _SECOND_RUN)
    test = _equality(evidence, evidence.places.suspect, rng)
    again = _agreement(evidence, evidence.places.teacher, evidence.declared.rerun_of_teacher[0])
    told = f"Suspect and teacher have {agreement}; two runs of the teacher have {again}."
    if test.p_value <= evidence.parameters.alpha:
        return _excluded(evidence, test, told)
    return _not_told_apart(evidence, test, told, rng)


def hamming_similarity(left: str, right: str) -> float:
    """Return the share of equal characters at equal places, of the first LENGTH of the longer.

    The Hamming kernel of Gao et al. (2025), but without counting padding as agreement, which would
    make all short answers alike. Two empty texts have a similarity of 0.
    """
    cut = normalise(left)[:LENGTH], normalise(right)[:LENGTH]
    longer = max(map(len, cut))
    return sum(map(eq, *cut)) / longer if longer else 0.0


def runs_apart(evidence: Evidence, candidate: int) -> Floats:
    """Return the discrepancy of each prompt if the answer at that label were the candidate's.

    The labels are the candidate, the teacher and its further runs; the shape is (n, labels). The
    discrepancy is the mean similarity within the other labels less that with them. With one answer
    of the candidate it orders relabellings as the maximum mean discrepancy (Gretton et al. 2012)
    of the same kernel does: the similarities of a prompt have the same sum under all labels.
    """
    models = (candidate, evidence.places.teacher, *evidence.declared.rerun_of_teacher)
    prompts = evidence.answered_by(models)
    kernel = np.zeros((len(prompts), len(models), len(models)))
    for left, right in combinations(range(len(models)), 2):
        texts = [evidence.answers.texts[models[one]] for one in (left, right)]
        kernel[:, left, right] = kernel[:, right, left] = [
            hamming_similarity(texts[0][prompt], texts[1][prompt]) for prompt in prompts
        ]
    others = len(models) - 1
    between = kernel.sum(axis=2)
    within = between.sum(axis=1, keepdims=True) / 2 - between
    apart: Floats = within / (others * (others - 1) / 2) - between / others
    return apart


def _equality(evidence: Evidence, candidate: int, rng: np.random.Generator) -> _Test:
    """Return the two-sample test of Gao et al. (2025) of a model and the teacher's runs.

    Labels are permuted within prompts. It is exact if under the null hypothesis all answers to a
    prompt are draws from one distribution.
    """
    apart = runs_apart(evidence, candidate)
    return _Test(float(apart[:, 0].mean()), relabelling_p_value(apart, rng))


def _obstacle(evidence: Evidence) -> str:
    """Return why the test of equality cannot be made; empty if it can."""
    runs = (evidence.places.teacher, *evidence.declared.rerun_of_teacher)
    if len(runs) == 1:
        return "there is no second run of the teacher."
    if evidence.too_few(evidence.answered_by((evidence.places.suspect, *runs))):
        return "too few prompts were answered by the suspect and in every run of the teacher."
    repeated = [
        other
        for one, other in combinations(runs, 2)
        if _agreement(evidence, one, other).is_one_model
    ]
    if repeated:
        return (
            f"{evidence.places.named(sorted(set(repeated)))} repeats another run of the teacher "
            "word for word, as one file twice does, or a model that does not sample."
        )
    return ""


def _agreement(evidence: Evidence, left: int, right: int) -> _Agreement:
    texts = evidence.answers.texts
    pairs = [
        (texts[left][prompt], texts[right][prompt])
        for prompt in evidence.answered_by((left, right))
    ]
    words = [(words_of(one), words_of(other)) for one, other in pairs]
    return _Agreement(
        sum(one == other != [] for one, other in words),
        sum(one[:OPENING] == other[:OPENING] != [] for one, other in words),
        len(pairs),
        sum(hamming_similarity(*pair) for pair in pairs) / max(1, len(pairs)),
    )


def _excluded(evidence: Evidence, test: _Test, told: str) -> Alternative:
    why = (
        f"Excluded at level {evidence.parameters.alpha:g} by a permutation test of equality "
        f"(Hamming kernel, p = {test.p_value:.4f}), if the second run is the teacher's and was "
        f"made with the settings that the suspect is served with. {told} The same model under "
        "another system prompt, with other sampling, behind a filter or in another version is not "
        "excluded."
    )
    return Alternative(NAME, Status.EXCLUDED, test.statistic, test.p_value, why)


def _not_told_apart(
    evidence: Evidence, test: _Test, told: str, rng: np.random.Generator
) -> Alternative:
    """Return support only if the same test tells every control from the teacher."""
    runs = (evidence.places.teacher, *evidence.declared.rerun_of_teacher)
    controls = [
        one
        for one in evidence.unrelated
        if not evidence.too_few(evidence.answered_by((one, *runs)))
    ]
    alpha = evidence.parameters.alpha
    missed = [one for one in controls if _equality(evidence, one, rng).p_value > alpha]
    told_apart = len(controls) - len(missed)
    why = (
        "A permutation test of equality does not tell the suspect from the teacher's runs "
        f"(Hamming kernel, p = {test.p_value:.4f}). {told} The same test tells {told_apart} of "
        f"{len(controls)} controls from them."
    )
    status = Status.SUPPORTED if controls and not missed else Status.NOT_EXCLUDED
    needs = "" if status is Status.SUPPORTED else "More prompts, or more runs of the teacher."
    return Alternative(NAME, status, test.statistic, test.p_value, why, needs)
