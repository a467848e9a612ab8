"""Planted strings that come back: hits of the suspect held against hits of the controls.

A teacher may have planted strings or facts that stand nowhere else. Where they come back, a common
source is excluded, as far as they were planted in the teacher's outputs and nowhere else.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audit.analysis.asserted import Canary
from audit.analysis.counts.canaries.lists import read_canaries
from audit.analysis.counts.canaries.search import CanaryIndex, fold
from audit.analysis.counts.canaries.voids import CommonWords, Void, void_by_form
from audit.analysis.errors import (
    InsufficientDataError,
    UnreadableSourceError,
    WrongSettingError,
)
from audit.analysis.statistics.proportions import Proportion, fisher_excess

__all__ = [
    "LIMITS",
    "Answers",
    "Canary",
    "CanaryCount",
    "Hit",
    "ModelHits",
    "Void",
    "count_canaries",
    "read_canaries",
    "require_fit",
]

# The number of the record and the text of the answer, or of the prompt.
Answers = Iterable[tuple[int, str]]
MOST_SHOWN = 20
SUSPECT = "suspect"
LIMITS = (
    (
        "A canary shows that its text reached the suspect, not by which way: outputs of the "
        "teacher, a leaked list, or a page that quotes it."
    ),
    (
        "That the canaries were planted in the teacher's outputs and stand nowhere else is "
        "asserted by the party that made the list; the transcripts cannot show it."
    ),
    (
        "No hit does not show that the suspect was not trained on the teacher's outputs: a canary "
        "is learned only if it was among them, and given back only if a prompt calls for it."
    ),
    "Near hits are listed to be read. They are in no test.",
    (
        "The p-value takes every pair of a canary and a model as one independent trial, and the "
        "controls as alike. Canaries that are learned together, or controls that are versions of "
        "one model, make it too small."
    ),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary in an answer: characters [start, end) of it; no edits is word for word."""

    identity: str
    record: int
    start: int
    end: int
    edits: int


@dataclass(frozen=True, slots=True)
class ModelHits:
    """What one model gave back of the canaries that are not void whatever the controls say.

    `exact` counts canaries that some answer holds word for word, `near` those that answers hold
    nearly and never word for word. `hits` are the first MOST_SHOWN of each canary, exact or near.
    """

    model: str
    answers: int
    exact: Proportion
    near: Proportion
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CanaryCount:
    """Canaries that the suspect gives back and no control does.

    `counted` is how many canaries the suspect gives word for word, of those that are not void.
    `p_value` is that of Fisher's exact test, one-sided, of suspect against pooled controls. It is
    over all canaries but those that are void whatever the controls say: without those that a
    control gives back, the controls would have no hit by construction, and a suspect like any
    other would seem to stand out.
    """

    canaries: int
    void: tuple[Void, ...]
    suspect: ModelHits
    controls: tuple[ModelHits, ...]
    counted: Proportion
    p_value: float
    limits: tuple[str, ...] = LIMITS

    def as_dict(self) -> dict[str, Any]:
        """Return the count as a JSON object."""
        return asdict(self)


def count_canaries(
    canaries: Sequence[Canary],
    suspect: Answers,
    controls: Mapping[str, Answers],
    *,
    prompts: Answers = (),
    confidence: float = 0.95,
) -> CanaryCount:
    """Return which canaries come back from the suspect and from each control (by its name).

    Answers are read once and in order, and are not held. `prompts` are those of all models: an
    answer may repeat its prompt, so a canary in any of them is void. Raises InsufficientDataError
    without canaries or without controls, WrongSettingError if two canaries have one identity.
    """
    _require_sound(canaries, controls)
    void = void_by_form(canaries)
    search = _Search([one for one in canaries if one.identity not in void])
    void |= search.void_by_prompts(prompts)
    fit = [one for one in canaries if one.identity not in void]
    common = CommonWords(fit)
    heard = tuple(
        search.tally(answers, common).hits_of(model, fit, confidence)
        for model, answers in controls.items()
    )
    said = search.tally(suspect).hits_of(SUSPECT, fit, confidence)
    by_controls = common.void() | _void_by_hits(heard)
    reasons = void | by_controls
    return CanaryCount(
        len(canaries),
        tuple(Void(one, reason) for one, reason in reasons.items()),
        said,
        heard,
        _counted(said, by_controls),
        fisher_excess(said.exact, [one.exact for one in heard]),
    )


def require_fit(canaries: Sequence[Canary], *, name: str) -> None:
    """Raise UnreadableSourceError at the first canary of a list that can never count.

    A canary that is too short, or a part of another, is void whatever the answers say; that is
    better known before a plan is sealed. `name` is that of the list.
    """
    for identity, reason in void_by_form(canaries).items():
        mend = "Take it out of the list, or give the whole text that was planted"
        raise UnreadableSourceError(name, identity, reason.rstrip("."), mend)


def _require_sound(canaries: Sequence[Canary], controls: Mapping[str, Answers]) -> None:
    if not canaries or not controls:
        raise InsufficientDataError(
            "Canaries are counted against controls, and there is no "
            f"{'control' if canaries else 'canary'}. Hand in at least one."
        )
    identity, times = Counter(one.identity for one in canaries).most_common(1)[0]
    if times > 1:
        raise WrongSettingError(
            f"{times} canaries have the identity {identity}. Give each one of its own."
        )


def _void_by_hits(controls: Sequence[ModelHits]) -> dict[str, str]:
    """Return the canaries that controls give back, exactly or nearly, and why they are void."""
    return {
        hit.identity: f"It comes back from control {control.model}: it is no mark of the teacher."
        for control in controls
        for hit in control.hits
    }


def _counted(suspect: ModelHits, void: Collection[str]) -> Proportion:
    """Return how many canaries the suspect gives word for word, of those that are not void."""
    exact = {hit.identity for hit in suspect.hits if not hit.edits}
    left = suspect.exact.of - len(void)
    return Proportion.exact(len(exact.difference(void)), left, suspect.exact.confidence)


class _Search:
    """Canaries that are looked for in one file after another."""

    def __init__(self, canaries: Sequence[Canary]) -> None:
        self._identities = [one.identity for one in canaries]
        self._index = CanaryIndex([fold(one.text) for one in canaries])

    def void_by_prompts(self, prompts: Answers) -> dict[str, str]:
        """Return the canaries that stand in prompts, and why they are void."""
        return {
            hit.identity: "It stands in a prompt, which an answer may repeat."
            for hit in self.tally(prompts).hits
        }

    def tally(self, answers: Answers, common: CommonWords | None = None) -> "_Tally":
        """Return what stands in the answers of one model, and let `common` see them."""
        count, shown, hits = 0, Counter[tuple[str, bool]](), list[Hit]()
        for record, answer in answers:
            count += 1
            if common is not None:
                common.see(answer)
            for one in self._index.passages(answer):
                hit = Hit(self._identities[one.canary], record, one.start, one.end, one.edits)
                shown[hit.identity, hit.edits == 0] += 1
                if shown[hit.identity, hit.edits == 0] <= MOST_SHOWN:
                    hits.append(hit)
        return _Tally(count, hits)


@dataclass(frozen=True, slots=True)
class _Tally:
    """The hits in the answers of one model, of all canaries that were looked for."""

    answers: int
    hits: list[Hit]

    def hits_of(self, model: str, fit: Sequence[Canary], confidence: float) -> ModelHits:
        """Return the hits of those canaries that are fit to count."""
        identities = {one.identity for one in fit}
        hits = tuple(hit for hit in self.hits if hit.identity in identities)
        exact = {hit.identity for hit in hits if not hit.edits}
        near = {hit.identity for hit in hits} - exact
        return ModelHits(
            model,
            self.answers,
            Proportion.exact(len(exact), len(fit), confidence),
            Proportion.exact(len(near), len(fit), confidence),
            hits,
        )
