"""Which prompts to put: a balanced choice, and those that no transcript at hand answers yet."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from audit.analysis.battery.prompts import BatteryPrompt, load
from audit.analysis.errors import WrongSettingError
from audit.analysis.text import text_key


def choose(
    count: int | None,
    *,
    kinds: Collection[str] | None = None,
    languages: Collection[str] | None = None,
    rng: np.random.Generator,
) -> tuple[BatteryPrompt, ...]:
    """Return `count` prompts, as even over kinds, and then over topics, as the battery allows.

    None stands for all of them, for every kind and for every language. The choice is nested: from
    equal generators and of the same kinds and languages, a larger one begins with the smaller
    one, so that no prompt was put in vain. How many fall to each language is left to chance.
    Raises WrongSettingError if there are not so many prompts.
    """
    fitting = [
        one
        for one in load()
        if (kinds is None or one.kind in kinds)
        and (languages is None or one.language in languages)
    ]
    if count is None:
        count = len(fitting)
    if not 1 <= count <= len(fitting):
        raise WrongSettingError(
            f"{count} prompts are asked for, and of these kinds and languages the battery has "
            f"{len(fitting)}. Ask for a number from 1 to that, or for more kinds or languages."
        )
    shuffled = [fitting[place] for place in rng.permutation(len(fitting))]
    return tuple(islice(_balanced(shuffled), count))


def missing(prompts_at_hand: Iterable[str]) -> tuple[BatteryPrompt, ...]:
    """Return the prompts of the battery that are not among those at hand, in battery order.

    Two prompts are the same if their `text_key` is. For several files hand in the prompts that
    all of them share: only those are matched.
    """
    return lacking({text_key(one) for one in prompts_at_hand})


def lacking(keys_at_hand: Container[str]) -> tuple[BatteryPrompt, ...]:
    """Return the same for the `text_key` of each prompt at hand."""
    return tuple(one for one in load() if text_key(one.text) not in keys_at_hand)


def _balanced(prompts: Sequence[BatteryPrompt]) -> Iterator[BatteryPrompt]:
    """Yield every prompt, each of the kind, and in it of the topic, that came least so far."""
    left = list(prompts)
    kinds: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    while left:
        # Of equals min takes the first, so what the counts leave open is left to the shuffle.
        best = min(left, key=lambda one: (kinds[one.kind], topics[one.topic]))
        left.remove(best)
        kinds[best.kind] += 1
        topics[best.topic] += 1
        yield best
