"""Whether a case is of the kind of material that a pack was calibrated on, by measurement."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.fusion.features import Standing
from audit.analysis.signals.cohort import Cohort
from audit.analysis.signals.phrases import FUNCTION_IDS
from audit.analysis.signals.registry import SIGNALS
from audit.analysis.signals.tokens import Tokeniser

Range = tuple[float, float]

# A trait is usual between these percentiles of the population's models.
_PERCENTILES = (1.0, 99.0)
# Likenesses that spread so many times more, or less, than in any usual case of the size mean
# something else here.
_FACTOR = 2.0
# Traits need no more answers than this to be known well enough.
_MOST_ANSWERS = 200
# So many other models say well enough what answers to a prompt speak of.
_OTHERS = 5
_TITLES = {one.name: one.title for one in SIGNALS}
_MEANINGS = {
    "answer_words": "Words in an answer of the suspect (median)",
    "function_words": "Share of English function words in the suspect's answers",
    "unanswered": "Share of prompts without an answer of the suspect",
    "prompt_words": "Words in a prompt (median)",
    "on_prompt": "Share of words that other answers to the prompt have, beyond those to another",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One trait of the case, and the range that it has in the population."""

    name: str
    value: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the trait is of the usual size."""
        return self.low <= self.value <= self.high

    def as_dict(self) -> dict[str, Any]:
        """Return the check as a JSON object."""
        return asdict(self) | {"inside": self.inside}


def traits_of(cohort: Cohort, model: int) -> dict[str, float]:
    """Return the traits of one model's answers and of the prompts that it was given."""
    reader = Tokeniser()
    answers = cohort.answers[model]
    texts = [text for text in answers if text][:_MOST_ANSWERS]
    words = [reader.read(text).words for text in texts]
    together = np.concatenate(words) if words else np.zeros(0, np.uint64)
    prompts = [len(reader.read(one).words) for one in cohort.prompts[:_MOST_ANSWERS]]
    return {
        "answer_words": float(np.median([len(one) for one in words])) if words else 0.0,
        "function_words": float(np.isin(together, FUNCTION_IDS).mean()) if len(together) else 0.0,
        "unanswered": 1 - sum(map(bool, answers)) / len(answers),
        "prompt_words": float(np.median(prompts)),
        "on_prompt": _on_prompt(cohort, model, reader),
    }


def has_usual_traits(domain: Mapping[str, Any], cohort: Cohort, model: int) -> bool:
    """Say whether each trait of a model is within the range that a pack's population has."""
    usual: Mapping[str, Range] = domain["traits"]
    seen = traits_of(cohort, model)
    return all(low <= seen[name] <= high for name, (low, high) in usual.items())


def _on_prompt(cohort: Cohort, model: int, reader: Tokeniser) -> float:
    """Return by how much a model's words fit its prompts better than they fit the next ones.

    What share of the words of an answer a few other models have in theirs to the same prompt, less
    what share they have in theirs to the next prompt; averaged. Answers set to wrong prompts give
    nought, whatever their style.
    """
    others = [place for place in range(len(cohort.answers)) if place != model][:_OTHERS]
    count = min(len(cohort.prompts), _MOST_ANSWERS)
    said = [
        np.unique(
            np.concatenate([reader.read(cohort.answers[one][at] or "").words for one in others])
        )
        for at in range(count)
    ]
    own = [np.unique(reader.read(cohort.answers[model][at] or "").words) for at in range(count)]
    leads = [
        float(np.isin(words, said[at]).mean() - np.isin(words, said[(at + 1) % count]).mean())
        for at, words in enumerate(own)
        if len(words)
    ]
    return float(np.mean(leads)) if leads else 0.0


def ranges_of(cohort: Cohort) -> dict[str, Range]:
    """Return for each trait the range that it has over the models of a population.

    The prompts of a population are one set, so theirs is a factor around its median. Answers fit
    their prompts too well for nobody.
    """
    every = [traits_of(cohort, model) for model in range(len(cohort.answers))]
    found = {name: _percentiles([one[name] for one in every]) for name in _MEANINGS}
    asked = every[0]["prompt_words"]
    return found | {
        "prompt_words": (asked / 4, asked * 4),
        "unanswered": (0.0, 0.1),
        "on_prompt": (found["on_prompt"][0] / 2, 1.0),
    }


def spreads_of(standing: Mapping[str, Standing], names: tuple[str, ...]) -> dict[str, float]:
    """Return the spread of each fused signal between unrelated models."""
    return {name: standing[name].spread for name in names}


def check(
    domain: Mapping[str, Any], cohort: Cohort, suspect: int, spreads: Mapping[str, float]
) -> tuple[Check, ...]:
    """Return the checks of a case against a pack's domain: traits, then spreads of signals."""
    usual: Mapping[str, Range] = domain["traits"]
    expected: Mapping[str, Range] = domain["spreads"]
    seen = traits_of(cohort, suspect)
    by_trait = [Check(_MEANINGS[name], seen[name], *usual[name]) for name in _MEANINGS]
    by_signal = [
        Check(
            f"Spread of likeness between unrelated models: {_TITLES[name]}",
            spreads[name],
            low,
            high,
        )
        for name, (low, high) in expected.items()
    ]
    return (*by_trait, *by_signal)


def usual_spreads(spreads: NDArray[np.float64]) -> Range:
    """Return the range of a signal's spread that is usual, from that in each of n cases (n,).

    It is wider the fewer the controls of the cases are, for these differ the more.
    """
    low, high = _percentiles(spreads)
    return low / _FACTOR, high * _FACTOR


def _percentiles(values: Sequence[float] | NDArray[np.float64]) -> Range:
    found: NDArray[np.float64] = np.percentile(values, _PERCENTILES)
    return float(found[0]), float(found[1])
