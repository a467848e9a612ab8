"""Sentences in which a model says who it is or who made it: suspect held against controls.

A name that merely stands in an answer says nothing: most answers that hold one speak of somebody
else. What counts is a claim in the first person, in English, that the prompt did not ask for.
Among 123,153 answers of 153 public models a name of one of six makers stood in 3,741 and such a
claim in 199 (an answer that names two makers counted twice); of 40 claims drawn and read, 39 were
claims and one offered a name to choose (measured).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from audit.analysis.counts.identity.claims import ClaimGrammar
from audit.analysis.counts.identity.judging import Mention, Verdict, mentions
from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.statistics.proportions import Proportion, fisher_excess
from audit.analysis.transcripts import Exchange

__all__ = ["LIMITS", "IdentityCount", "Mention", "ModelClaims", "Verdict", "count_claims"]

MOST_SHOWN = 100
SUSPECT = "suspect"
LIMITS = (
    (
        "A model says who it is because it was told to, because it read of others, or because it "
        "was trained on their outputs; the claim does not show which. Of 27 models one in four "
        "took itself for another, by confusion and not by reuse (Li et al. 2024)."
    ),
    "No claim does not show that there was no training: claims are the first thing to be removed.",
    (
        "Claims are looked for in English sentences of common forms, one sentence at a time. "
        "Other languages and unusual forms are missed, in the suspect and in the controls alike."
    ),
    (
        "The p-value takes every answer as one independent trial, and the controls as alike. It "
        "says little where suspect and controls were asked different things, and nothing where a "
        "control is rightly called by the name."
    ),
)


@dataclass(frozen=True, slots=True)
class ModelClaims:
    """What one model says with the names of one teacher.

    `naming` counts the answers that hold a name, `claiming` those with a claim that counts.
    `sentences` counts the sentences with a name by verdict; of each verdict the first MOST_SHOWN
    are in `mentions`.
    """

    model: str
    naming: Proportion
    claiming: Proportion
    sentences: dict[str, int]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class IdentityCount:
    """The claims to be one teacher, or of its making; the p-value is that of Fisher's exact test.

    It is one-sided: answers of the suspect with a claim against those of the pooled controls.
    `teachers` says how the candidate teachers speak of themselves, and is in no test: of a teacher
    that never says its name no claim can be learned.
    """

    teacher: str
    names: tuple[str, ...]
    suspect: ModelClaims
    controls: tuple[ModelClaims, ...]
    teachers: tuple[ModelClaims, ...]
    p_value: float
    limits: tuple[str, ...] = LIMITS

    def as_dict(self) -> dict[str, Any]:
        """Return the count as a JSON object."""
        return asdict(self)


def count_claims(
    names: Mapping[str, Sequence[str]],
    suspect: Iterable[Exchange],
    controls: Mapping[str, Iterable[Exchange]],
    *,
    teachers: Mapping[str, Iterable[Exchange]] | None = None,
    confidence: float = 0.95,
) -> tuple[IdentityCount, ...]:
    """Return for each teacher, by its names, who claims to be it or to be made by it.

    `names` are the names of the teacher's models and of their makers; `teachers` are answers of
    the teachers themselves. Exchanges are read once and are not held. Raises WrongSettingError for
    a teacher without names or with an empty one, and InsufficientDataError without controls.
    """
    if not controls:
        raise InsufficientDataError(
            "Claims of identity are counted against controls, and there is none. Hand in at least "
            "one control."
        )
    grammars = {teacher: _grammar(teacher, each) for teacher, each in names.items()}
    said = _claims_of(SUSPECT, suspect, grammars, confidence)
    heard, own = (
        [_claims_of(model, each, grammars, confidence) for model, each in group.items()]
        for group in (controls, teachers or {})
    )
    return tuple(
        IdentityCount(
            teacher,
            tuple(names[teacher]),
            said[teacher],
            tuple(one[teacher] for one in heard),
            tuple(one[teacher] for one in own),
            fisher_excess(said[teacher].claiming, [one[teacher].claiming for one in heard]),
        )
        for teacher in names
    )


def _grammar(teacher: str, names: Sequence[str]) -> ClaimGrammar:
    if not names or not all(name.strip() for name in names):
        raise WrongSettingError(
            f"Teacher {teacher} has no name or an empty one. Give the names of the model and of "
            "its maker, as answers would spell them."
        )
    return ClaimGrammar(names)


@dataclass(slots=True)
class _Tally:
    naming: int = 0
    claiming: int = 0
    sentences: Counter[Verdict] = field(default_factory=Counter)
    shown: list[Mention] = field(default_factory=list)

    def add(self, found: Sequence[Mention]) -> None:
        """Count the sentences with a name in one answer."""
        self.naming += bool(found)
        self.claiming += any(one.verdict is Verdict.CLAIM for one in found)
        for one in found:
            self.sentences[one.verdict] += 1
            if self.sentences[one.verdict] <= MOST_SHOWN:
                self.shown.append(one)

    def of(self, model: str, answers: int, confidence: float) -> ModelClaims:
        """Return the tally of so many answers."""
        return ModelClaims(
            model,
            Proportion.exact(self.naming, answers, confidence),
            Proportion.exact(self.claiming, answers, confidence),
            {str(verdict): self.sentences[verdict] for verdict in Verdict},
            tuple(self.shown),
        )


def _claims_of(
    model: str,
    exchanges: Iterable[Exchange],
    grammars: Mapping[str, ClaimGrammar],
    confidence: float,
) -> dict[str, ModelClaims]:
    """Return what one model says of each teacher."""
    tallies = {teacher: _Tally() for teacher in grammars}
    answers = 0
    for exchange in exchanges:
        answers += 1
        for teacher, grammar in grammars.items():
            tallies[teacher].add(list(mentions(grammar, exchange)))
    return {teacher: tally.of(model, answers, confidence) for teacher, tally in tallies.items()}
