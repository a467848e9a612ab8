"""The same wrong answers, where the plan names right ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audit.analysis.apart.values import LIMITS, Count, File, Files, Number
from audit.analysis.asserted import Gold
from audit.analysis.counts import shared_errors
from audit.analysis.counts.shared_errors import (
    Estimate,
    GradedAnswers,
    PairAgreement,
    SharedErrors,
    extract_choice,
    extract_number,
)
from audit.analysis.errors import InsufficientDataError
from audit.analysis.text import text_key

HYPOTHESES = {
    "H1": "Suspect and teacher agree in right and wrong answers beyond what any pair with a "
    "control does.",
    "H2": "Suspect and teacher agree as pairs with a control do.",
}
_TITLE = "Shared errors"
_NONE = "The plan names no right answer to any prompt."
_MEASURES = {
    "kappa": "agreement beyond accuracy (kappa)",
    "error_consistency": "right and wrong together (kappa)",
    "same_wrong": "same answer where both are wrong (share)",
}
# Keeps this bootstrap apart from all others of the plan.
_STREAM = 13


def counts(files: Files) -> Iterator[Count]:
    """Yield the count for each teacher, or why it cannot be made."""
    if not files.plan.asserted.gold:
        yield Count("shared_errors", _TITLE, "", HYPOTHESES, why=_NONE)
        return
    for place, teacher in enumerate(files.teachers):
        title = f"{_TITLE} with {teacher.model}"
        try:
            found = _shared(files, teacher, place)
        except InsufficientDataError as error:
            why = str(error)
            yield Count("shared_errors", title, teacher.label, HYPOTHESES, why=why)
        else:
            yield _count(files, teacher, title, found)


def _shared(files: Files, teacher: File, place: int) -> SharedErrors:
    by_prompt = {one.prompt: one for one in files.plan.asserted.gold}
    asked = [by_prompt.get(text_key(one.prompt)) for one in files.suspect.matched]
    gold = [one for one in asked if one]
    parameters = files.plan.parameters
    graded = GradedAnswers(
        [one.answer for one in gold],
        None if gold and gold[0].options is None else [one.options or 0 for one in gold],
        _given(files.suspect, asked),
        _given(teacher, asked),
        {one.name: _given(one, asked) for one in files.controls},
    )
    return shared_errors.count_shared_errors(
        graded,
        rounds=parameters.bootstrap_rounds,
        confidence=parameters.confidence,
        rng=np.random.default_rng((parameters.seed, place, _STREAM)),
    )


def _given(file: File, asked: list[Gold | None]) -> list[str | None]:
    """Return what a model decided for on each prompt that has a right answer."""
    return [
        extract_number(one.answer)
        if gold.options is None
        else extract_choice(one.answer, gold.options)
        for one, gold in zip(file.matched, asked, strict=True)
        if gold
    ]


def _count(files: Files, teacher: File, title: str, found: SharedErrors) -> Count:
    parameters = files.plan.parameters
    pairs = _Pairs(files, teacher)
    right = ((pairs.name(one.model), one.right) for one in found.models)
    return Count(
        "shared_errors",
        title,
        teacher.label,
        HYPOTHESES,
        trials=found.pair.prompts,
        rounds=parameters.bootstrap_rounds,
        confidence=parameters.confidence,
        numbers=(
            *pairs.leads(found),
            *pairs.of(found.pair),
            pairs.by_chance(found.pair),
            *files.numbers("right answers", right),
            *(number for one in found.others for number in pairs.of(one)),
        ),
        notes=tuple(_notes(pairs, found)),
        limits=(*LIMITS, found.warning, *found.limits),
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The numbers of pairs of models, which a count calls "suspect", "teacher" or by name."""

    files: Files
    teacher: File

    def name(self, model: str) -> str:
        """Return the name of the file that a count means."""
        return self.teacher.name if model == shared_errors.TEACHER else model

    def called(self, *models: str) -> tuple[str, str]:
        """Return the labels and the names of models, with " and " between them."""
        found = [self.files.named(self.name(one)) for one in models]
        return " and ".join(one.label for one in found), " and ".join(one.model for one in found)

    def of(self, pair: PairAgreement) -> Iterator[Number]:
        """Yield the three measures of a pair."""
        called = self.called(pair.left, pair.right)
        for measure, what in _MEASURES.items():
            of = pair.both_wrong if measure == "same_wrong" else pair.prompts
            found: Estimate = getattr(pair, measure)
            yield Number(*called, what, None, of, found.value, found.low, found.high)

    def by_chance(self, pair: PairAgreement) -> Number:
        """Return the share of same wrong answers that random ones would give to a pair."""
        what = "same answer where both are wrong, by chance (share)"
        value = pair.same_wrong_by_chance
        called = self.called(pair.left, pair.right)
        return Number(*called, what, None, pair.both_wrong, value, None, None)

    def leads(self, found: SharedErrors) -> Iterator[Number]:
        """Yield how far suspect and teacher lie above the highest other pair."""
        called = self.called(found.pair.left, found.pair.right)
        for lead in found.leads:
            over = self.called(*lead.over)[0] if lead.over else "any other"
            what = f"{_MEASURES[lead.measure]}: lead over the highest other pair, {over}"
            of = found.pair.both_wrong if lead.measure == "same_wrong" else found.pair.prompts
            one = lead.lead
            yield Number(*called, what, None, of, one.value, one.low, one.high)


def _notes(pairs: _Pairs, found: SharedErrors) -> Iterator[str]:
    yield f"{found.prompts} of the matched prompts have a right answer in the plan."
    for one in found.models:
        if one.unanswered:
            label, _ = pairs.called(one.model)
            yield f"{label}: answers that decide for nothing that could be read: {one.unanswered}."
