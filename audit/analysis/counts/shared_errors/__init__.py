"""The same wrong answers, where there is a right one: suspect and teacher against controls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from audit.analysis.counts.shared_errors.agreement import (
    MEASURES,
    Floats,
    measures_of,
    prompts_and_both_wrong,
    resampled_sums,
    same_wrong_by_chance,
    table_of,
)
from audit.analysis.counts.shared_errors.extraction import extract_choice, extract_number
from audit.analysis.counts.shared_errors.gold import read_gold
from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.statistics.proportions import Proportion

__all__ = [
    "LIMITS",
    "WARNING",
    "Estimate",
    "GradedAnswers",
    "Lead",
    "ModelGrade",
    "PairAgreement",
    "SharedErrors",
    "count_shared_errors",
    "extract_choice",
    "extract_number",
    "read_gold",
]

Given = Sequence[str | None]
LEAST_PROMPTS = 30
LEAST_OPTIONS = 2
SUSPECT, TEACHER = "suspect", "teacher"
WARNING = (
    "Capable models that have nothing to do with each other share errors: on one public "
    "leaderboard two models gave the same wrong answer in 60 % of the cases in which both were "
    "wrong, and the more capable the models, the more so (Kim et al. 2025). Shared errors alone "
    "are no sign of training on outputs."
)
LIMITS = (
    (
        "Models that learn from outputs of another take over its style more readily than its "
        "knowledge (Gudibande et al. 2023): few shared errors do not speak against training on "
        "outputs."
    ),
    (
        "No p-value is given. A teacher that shares more errors with the suspect than any control "
        "does may only be as capable as the suspect, or tuned from the same base model."
    ),
    (
        "Prompts to which a model gave no answer that could be read are left out of its pairs. If "
        "models leave out hard prompts, the pairs rest on easier ones."
    ),
    "The intervals say how far the numbers move with other prompts, not with other models.",
    (
        "For open questions the chance of agreeing in a wrong answer is taken as none, so that "
        "kappa is too high wherever there are tempting wrong answers."
    ),
)


@dataclass(frozen=True, slots=True)
class GradedAnswers:
    """What each model answered to n prompts, with the right answers.

    Answers and `gold` are in one form, such as that of `extract_choice`; None is no answer.
    `options` says how many answers each prompt offers, or is None for open questions.
    """

    gold: Sequence[str]
    options: Sequence[int] | None
    suspect: Given
    teacher: Given
    controls: Mapping[str, Given]

    def by_model(self) -> dict[str, Given]:
        """Return the answers of every model by its name."""
        return {SUSPECT: self.suspect, TEACHER: self.teacher, **self.controls}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its bootstrap interval over prompts; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    confidence: float


@dataclass(frozen=True, slots=True)
class ModelGrade:
    """How often one model was right, of the prompts it answered, and how many it did not."""

    model: str
    right: Proportion
    unanswered: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two models: the prompts that both answered, that both got wrong, and the measures.

    `same_wrong_by_chance` is the `same_wrong` of models that choose a wrong option at random.
    """

    left: str
    right: str
    prompts: int
    both_wrong: int
    kappa: Estimate
    error_consistency: Estimate
    same_wrong: Estimate
    same_wrong_by_chance: float | None


@dataclass(frozen=True, slots=True)
class Lead:
    """How far suspect and teacher lie above the highest other pair in one measure.

    Taking the highest of many pairs makes the lead too small rather than too large.
    """

    measure: str
    over: tuple[str, str] | None
    lead: Estimate


@dataclass(frozen=True, slots=True)
class SharedErrors:
    """Suspect and teacher, beside the suspect with each control and each control with the teacher.

    The other pairs are what models share that did not learn from each other.
    """

    prompts: int
    models: tuple[ModelGrade, ...]
    pair: PairAgreement
    others: tuple[PairAgreement, ...]
    leads: tuple[Lead, ...]
    warning: str = WARNING
    limits: tuple[str, ...] = LIMITS

    def as_dict(self) -> dict[str, Any]:
        """Return the count as a JSON object."""
        return asdict(self)


def count_shared_errors(
    answers: GradedAnswers, *, rounds: int, confidence: float, rng: np.random.Generator
) -> SharedErrors:
    """Return how suspect and teacher agree and err together, against every pair with a control.

    Raises InsufficientDataError without controls or if suspect and teacher both answered fewer
    than LEAST_PROMPTS prompts, WrongSettingError for fewer than two options or a control that is
    called "suspect" or "teacher", and ValueError if the answers are not as many as the gold.
    """
    _require_sound(answers)
    names = _pairs(answers)
    tables = _tables(answers, names)
    _require_prompts(tables[0])
    drawn = resampled_sums(tables, rounds=rounds, rng=rng)
    sums = tables.sum(axis=1)
    values, spread = measures_of(sums), measures_of(drawn)
    agreements = [
        _agreement(
            pair,
            sums[place],
            {
                measure: _estimate(values[measure][place], spread[measure][:, place], confidence)
                for measure in MEASURES
            },
        )
        for place, pair in enumerate(names)
    ]
    return SharedErrors(
        len(answers.gold),
        tuple(_grades(answers, confidence)),
        agreements[0],
        tuple(agreements[1:]),
        tuple(_lead(one, names, values[one], spread[one], confidence) for one in MEASURES),
    )


def _require_sound(answers: GradedAnswers) -> None:
    if not answers.controls:
        raise InsufficientDataError(
            "Shared errors mean something only beside those with controls, and there is none. "
            "Hand in at least one control."
        )
    if {SUSPECT, TEACHER} & answers.controls.keys():
        raise WrongSettingError(
            f'A control is called "{SUSPECT}" or "{TEACHER}". Give it another name.'
        )
    if answers.options is not None and min(answers.options, default=LEAST_OPTIONS) < LEAST_OPTIONS:
        raise WrongSettingError(
            "A prompt offers fewer than two answers. Give the number of its options, or no "
            "options for open questions."
        )


def _agreement(
    pair: tuple[str, str], sums: Floats, estimates: dict[str, Estimate]
) -> PairAgreement:
    prompts, both_wrong = prompts_and_both_wrong(sums)
    by_chance = same_wrong_by_chance(sums)
    return PairAgreement(
        *pair,
        prompts,
        both_wrong,
        kappa=estimates["kappa"],
        error_consistency=estimates["error_consistency"],
        same_wrong=estimates["same_wrong"],
        same_wrong_by_chance=by_chance,
    )


def _require_prompts(table: Floats) -> None:
    """Raise if suspect and teacher, whose table this is, have too few prompts in common."""
    both, _ = prompts_and_both_wrong(table.sum(axis=0))
    if both < LEAST_PROMPTS:
        raise InsufficientDataError(
            f"Suspect and teacher both answered {both} prompts that have a right answer; at least "
            f"{LEAST_PROMPTS} are needed."
        )


def _pairs(answers: GradedAnswers) -> list[tuple[str, str]]:
    with_suspect = [(SUSPECT, control) for control in answers.controls]
    with_teacher = [(control, TEACHER) for control in answers.controls]
    return [(SUSPECT, TEACHER), *with_suspect, *with_teacher]


def _tables(answers: GradedAnswers, names: list[tuple[str, str]]) -> Floats:
    models = answers.by_model()
    if answers.options is None:
        chance = np.zeros(len(answers.gold))
    else:
        chance = 1 / (np.asarray(answers.options, dtype=np.float64) - 1)
    return np.stack(
        [table_of((models[left], models[right]), answers.gold, chance) for left, right in names]
    )


def _estimate(value: float, drawn: Floats, confidence: float) -> Estimate:
    """Return a value with its percentile interval; rounds where it is undefined widen that."""
    if np.isnan(value):
        return Estimate(None, None, None, confidence)
    tail = (1 - confidence) / 2
    low = np.quantile(np.nan_to_num(drawn, nan=-np.inf), tail, method="lower")
    high = np.quantile(np.nan_to_num(drawn, nan=np.inf), 1 - tail, method="higher")
    bounds = [float(bound) if np.isfinite(bound) else None for bound in (low, high)]
    return Estimate(float(value), bounds[0], bounds[1], confidence)


def _lead(
    measure: str, names: list[tuple[str, str]], values: Floats, drawn: Floats, confidence: float
) -> Lead:
    """Return the lead of the first pair over the highest of the others."""
    others = values[1:]
    if np.isnan(others).all():
        return Lead(measure, None, Estimate(None, None, None, confidence))
    highest = 1 + int(np.nanargmax(others))
    return Lead(
        measure,
        names[highest],
        _estimate(values[0] - values[highest], drawn[:, 0] - drawn[:, highest], confidence),
    )


def _grades(answers: GradedAnswers, confidence: float) -> Iterator[ModelGrade]:
    for model, given in answers.by_model().items():
        answered = [
            one == gold for one, gold in zip(given, answers.gold, strict=True) if one is not None
        ]
        right = Proportion.exact(sum(answered), len(answered), confidence)
        yield ModelGrade(model, right, len(given) - len(answered))
