"""The suspect was made from the weights of a known model: by tuning it further, or merging it.

`statistic` is the centred excess of the share of prompts to which the suspect and its nearest
model share a run of RUN words that stands in no other model's answer and not in the prompt.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.alternatives.pairs import LEAST_MODELS, over_prompts, pair_excess
from audit.analysis.alternatives.values import (
    Alternative,
    Evidence,
    Floats,
    Status,
    of_shares,
)
from audit.analysis.alternatives.words import words_of
from audit.analysis.statistics.rank import RankTest, rank_test

NAME = "The suspect was made from the weights of a known model"
RUN = 8
# The nearest control has the excess of the pair too, and so stands beside the suspect.
_BEST_RANK = 2
_TEACHER_TOO = (
    "Long runs of the teacher's words come of training on its outputs and of further training of "
    "its weights alike, and few long runs exclude neither."
)

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The model that shares most long runs with the suspect; `gap` (n,) is by how much more.

    `gap` is against the teacher, prompt by prompt.
    """

    place: int
    count: int
    excess: float
    gap: Floats
    test: RankTest


def examine_derivative(evidence: Evidence, rng: np.random.Generator) -> Alternative:
    """Return which model shares most long runs of words with the suspect, and how unusual that is.

    The highest excess of the suspect over all candidates is ranked among the highest of each
    control over all others (the maximum statistic of Westfall and Young 1993), which allows for
    the choice of the nearest. It is exact if under the null hypothesis the suspect is exchangeable
    with the controls. A control that is the nearest has that excess too, so the p-value then is
    2 / (k + 1) at best. Models with a declared tie are left out: their runs would void those of
    the teacher or the suspect.
    """
    models = (evidence.places.suspect, evidence.places.teacher, *evidence.unrelated)
    prompts = evidence.answered_by(models)
    if len(models) < LEAST_MODELS or evidence.too_few(prompts):
        return _not_testable(evidence)
    nearest = _nearest(evidence, models, prompts)
    name = evidence.places.names[nearest.place]
    told = (
        f"The suspect shares most long runs with {name}: {RUN} words or more that no other model "
        f"has, in {of_shares(nearest.count, len(prompts))} prompts (rank {nearest.test.rank} of "
        f"{nearest.test.controls + 1} by the highest of each model, "
        f"p = {nearest.test.p_value:.3f})."
    )
    status, why, needs = Status.NOT_EXCLUDED, f"{told} {_TEACHER_TOO}", ""
    if nearest.place != evidence.places.teacher:
        lead = over_prompts(evidence, nearest.gap, rng)
        why = f"{told} {_beside_teacher(lead.low, name)} {_TEACHER_TOO}"
        needs = f"What is known of the making of {name}, and whether the suspect was made from it."
        if nearest.test.rank <= _BEST_RANK and lead.low > 0:
            status = Status.SUPPORTED
    return Alternative(NAME, status, nearest.excess, nearest.test.p_value, why, needs)


def exclusive_runs(
    evidence: Evidence, models: tuple[int, ...], prompts: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return for each prompt which pairs of models share a run of words that only they have.

    The shape is (n, q, q), in the order of `models`, False on the diagonal. A run is RUN words,
    without regard to case and marks; one that stands in the prompt does not count.
    """
    shared = np.zeros((len(prompts), len(models), len(models)), dtype=np.bool_)
    for row, prompt in enumerate(prompts):
        wordings = {each[prompt] for each in evidence.answers.prompts}
        asked = set[Run]().union(*map(_runs, wordings))
        answers = [evidence.answers.texts[model][prompt] for model in models]
        for left, right in _exclusive_pairs(_runs(answer) - asked for answer in answers):
            shared[row, left, right] = shared[row, right, left] = True
    return shared


def _nearest(evidence: Evidence, models: tuple[int, ...], prompts: NDArray[np.intp]) -> _Nearest:
    """Return the model with the highest excess; `models` begins with suspect and teacher."""
    shared = exclusive_runs(evidence, models, prompts)
    excess = pair_excess(shared.astype(np.float64))
    mean = excess.mean(axis=0)
    np.fill_diagonal(mean, -np.inf)
    highest = mean.max(axis=1).tolist()
    position = int(mean[0].argmax())
    return _Nearest(
        models[position],
        int(shared[:, 0, position].sum()),
        highest[0],
        excess[:, 0, position] - excess[:, 0, 1],
        rank_test(highest[0], tuple(highest[2:])),
    )


def _exclusive_pairs(runs: Iterable[set[Run]]) -> set[tuple[int, ...]]:
    """Return the pairs of places that hold a run which no third place holds."""
    holders: dict[Run, tuple[int, ...]] = {}
    for place, held in enumerate(runs):
        for run in held:
            # A third holder stands for any number more.
            holders[run] = (*holders.get(run, ()), place)[:3]
    return {held for held in holders.values() if len(held) == len(("one", "other"))}


def _runs(text: str) -> set[Run]:
    words = words_of(text)
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))


def _beside_teacher(low: float, name: str) -> str:
    if low > 0:
        return f"That is more than with the teacher, also with other prompts: {name} is nearer."
    return (
        "That is not beyond what it shares with the teacher, once other prompts are allowed for."
    )


def _not_testable(evidence: Evidence) -> Alternative:
    return Alternative(
        NAME,
        Status.NOT_TESTABLE,
        None,
        None,
        "There is too little to say which long runs of words are unusual.",
        f"At least {LEAST_MODELS - 2} controls without a declared tie, and "
        f"{evidence.parameters.least_prompts} prompts that all of them answered.",
    )
