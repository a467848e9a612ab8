"""Made-up models for the tests of the alternatives: latent answers, and texts of random words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audit.analysis.alternatives import Answers, Declared, Places
from audit.analysis.alternatives.values import Evidence, Floats
from audit.analysis.plan import Parameters

DIMENSIONS = 24
# Suspect and teacher come first, controls after them.
SUSPECT, TEACHER, FIRST = 0, 1, 2

Links = Mapping[int, Mapping[int, float]]
NONE: Links = {}


def latent(rng: np.random.Generator, prompts: int, models: int, links: Links = NONE) -> Floats:
    """Answers (n, m, d): so much of each model is other models', and the rest its own.

    Links are followed in the order given, so that a model can learn from one that learned.
    """
    answers = rng.normal(size=(prompts, models, DIMENSIONS))
    for learner, sources in links.items():
        own = 1 - sum(weight**2 for weight in sources.values())
        answers[:, learner] *= own**0.5
        for source, weight in sources.items():
            answers[:, learner] += weight * answers[:, source]
    return answers


def likeness(answers: Floats) -> Floats:
    """The mean product over dimensions, (n, m, m)."""
    return answers @ answers.transpose(0, 2, 1) / answers.shape[-1]


def evidence_of(
    similarity: Floats | None = None,
    texts: Sequence[Sequence[str]] | None = None,
    declared: Declared | None = None,
    prompts: Sequence[str] | None = None,
    **parameters: Any,
) -> Evidence:
    """Evidence of a similarity or of texts; what is not given is without content."""
    if texts is None:
        assert similarity is not None
        texts = [["-"] * len(similarity)] * similarity.shape[1]
    if similarity is None:
        similarity = np.zeros((len(texts[0]), len(texts), len(texts)))
    asked = list(prompts or ["?"] * len(texts[0]))
    return Evidence(
        similarity,
        Answers.of([asked] * len(texts), texts),
        places_of(len(texts)),
        declared or Declared(),
        Parameters(**({"bootstrap_rounds": 200} | parameters)),
    )


def places_of(models: int) -> Places:
    names = ("suspect", "teacher", *(f"control-{place}" for place in range(FIRST, models)))
    return Places(names, SUSPECT, TEACHER, tuple(range(FIRST, models)))


def sampled_texts(
    rng: np.random.Generator, habits: Sequence[int], prompts: int, words: int = 12
) -> list[list[str]]:
    """Texts of models that pick each word from a few; models of one habit have the same few."""
    few = {habit: rng.integers(50, size=(prompts, words, 3)) for habit in dict.fromkeys(habits)}
    return [
        [
            " ".join(
                f"{'abcdefghij'[word % 10]}{word}" for word in rng.permuted(row, axis=1)[:, 0]
            )
            for row in few[habit]
        ]
        for habit in habits
    ]
