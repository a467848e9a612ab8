"""A share of one model's answers among another's, and answers set to the wrong prompts.

How little of a teacher a method still sees is measured on mixtures whose share is known; what it
sees where nothing can be there, on answers that no longer belong to their prompts.
"""

from collections.abc import Sequence

import numpy as np

from audit.analysis.errors import InsufficientDataError, WrongSettingError

Answers = Sequence[str | None]


def mix(
    own: Answers, other: Answers, share: float, rng: np.random.Generator
) -> tuple[str | None, ...]:
    """Return n answers, round(share * n) of them those of `other`, the rest `own`.

    `own` and `other` hold one answer a prompt in the same order, None where there is none; a
    replaced answer is the other's even if that is None. Halves are rounded to the even number.
    With a generator in the same state the prompts replaced for a smaller share are among those
    for a larger one, so that a dose response is not blurred by the draw of the prompts.

    Raises WrongSettingError if the share is not from 0 to 1 or the lengths differ.
    """
    if not 0 <= share <= 1:
        raise WrongSettingError(f"The share is {share:g}. Set a number from 0 to 1.")
    if len(own) != len(other):
        raise WrongSettingError(
            f"Answers to {len(own)} and to {len(other)} prompts cannot be mixed. Hand in one "
            "answer, or none, for each prompt of the same list."
        )
    replaced = set(rng.permutation(len(own))[: round(share * len(own))].tolist())
    return tuple(other[place] if place in replaced else own[place] for place in range(len(own)))


def shuffle_prompts(answers: Answers, rng: np.random.Generator) -> tuple[str | None, ...]:
    """Return the answers so that none stands at its own prompt, all such orders equally likely.

    A permutation is drawn until none of its points is fixed, which takes about e draws (de
    Montmort 1713). Equal answers to two prompts may change places with one another.

    Raises InsufficientDataError if there is one answer only.
    """
    if len(answers) == 1:
        raise InsufficientDataError(
            "One answer cannot be set to another prompt. Hand in two answers or more."
        )
    places = np.arange(len(answers))
    order = rng.permutation(places)
    while np.any(order == places):
        order = rng.permutation(places)
    return tuple(answers[place] for place in order)
