"""Which canaries of a list are evidence of nothing, and why; decided without the suspect."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit.analysis.asserted import Canary
from audit.analysis.counts.canaries.search import LEAST, CanaryIndex, fold

# Shorter ones, or of fewer different characters, can come up by themselves.
LEAST_DIFFERENT = 8
# As many everyday words in one order seldom come up twice; fewer do. Of runs of eight words out of
# answers of public models that eight others did not use, 2 in 1,000 stood in answers of one more
# to the same prompts (14 of 5,811, measured).
LEAST_COMMON_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Void:
    """A canary that does not count, and why, as a sentence."""

    identity: str
    reason: str


def void_by_form(canaries: Sequence[Canary]) -> dict[str, str]:
    """Return the canaries that cannot be unique by themselves or beside the others, and why."""
    void = {one.identity: reason for one in canaries if (reason := _too_plain(one.text))}
    long_enough = [one for one in canaries if one.identity not in void]
    index = CanaryIndex([fold(one.text) for one in long_enough])
    for one in long_enough:
        for passage in index.passages(one.text):
            other = long_enough[passage.canary]
            # Of two that stand in each other one stays: the earlier.
            if other != one and one.identity not in void:
                void[other.identity] = (
                    f'It is a part of canary "{one.identity}" or nearly the same, so that a hit '
                    "of one is a hit of both."
                )
    return void


class CommonWords:
    """Canaries of a few words, of which it is watched whether controls use them all anyway."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        words = {one.identity: _words(one.text) for one in canaries}
        self._few = {
            identity: set(found)
            for identity, found in words.items()
            if len(found) < LEAST_COMMON_WORDS
        }
        self._unseen = set().union(*self._few.values())

    def see(self, answer: str) -> None:
        """Take note of the words of a control's answer."""
        if self._unseen:
            self._unseen.difference_update(_words(answer))

    def void(self) -> dict[str, str]:
        """Return the canaries of which every word was seen, and why they are void."""
        reason = (
            f"It has fewer than {LEAST_COMMON_WORDS} words, and the controls use every one of "
            "them in some answer: words so common can come together by chance."
        )
        return {
            identity: reason
            for identity, words in self._few.items()
            if words & self._unseen == set()
        }


def _too_plain(text: str) -> str:
    folded = fold(text)
    if len(folded) >= LEAST and len(set(folded)) >= LEAST_DIFFERENT:
        return ""
    return (
        f"It has {len(folded)} letters and digits, {len(set(folded))} different ones; fewer than "
        f"{LEAST}, or fewer than {LEAST_DIFFERENT} different ones, can come up by chance."
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
