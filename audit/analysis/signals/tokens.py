"""Words and marks as numbers: what every signal reads, with the layout already taken out."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.signals.word_classes import class_of
from audit.analysis.text import normalise

Ids = NDArray[np.uint64]

_TOKEN = re.compile(r"\w+(?:'\w+)?|[.,;:!?\"'()]")
# Markdown and list numbers are layout, the negative control: they are no words of the answer.
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:[\w+#.-]+[ \t]*)?$", re.MULTILINE)
_INLINE = re.compile(r"[*_`#|~]+")
_MARKS = re.compile(
    r"^(?:[-=:+ \t]{3,}$|[^\S\n]*(?:(?:[-+\u2022>]|\d{1,3}[.)])\s+)+)", re.MULTILINE
)
# Typography is no matter of words either: "don\u2019t" is "don't".
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_WHITE = re.compile(r"\s+")

_PRIME = np.uint64(1099511628211)
_START = np.uint64(14695981039346656037)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One text: its n tokens as 64-bit numbers (n,), which are words (n,), and `classes` (n,).

    The classes are those of `word_classes`, which speak of English only.
    """

    ids: Ids
    is_word: NDArray[np.bool_]
    classes: NDArray[np.uint8]

    @property
    def words(self) -> Ids:
        """The tokens that are words, in order."""
        return self.ids[self.is_word]


class Tokeniser:
    """Gives the same number to the same token, whatever came before."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._classes: dict[str, int] = {}

    def read(self, text: str) -> Tokens:
        """Return the tokens of one text, in lower case and without layout.

        Words are runs of letters and digits; a script without spaces has few, and long ones.
        """
        found = _TOKEN.findall(without_layout(text).lower())
        ids = np.fromiter((self._number(one) for one in found), np.uint64, len(found))
        is_word = np.fromiter((one[0].isalnum() for one in found), np.bool_, len(found))
        classes = np.fromiter(map(self._classes.__getitem__, found), np.uint8, len(found))
        return Tokens(ids, is_word, classes)

    def _number(self, token: str) -> int:
        number = self._known.get(token)
        if number is None:
            spelt = token.encode("utf-8", "surrogatepass")
            number = int.from_bytes(hashlib.blake2b(spelt, digest_size=8).digest(), "big")
            self._known[token] = number
            self._classes[token] = int(class_of(token))
        return number


def without_layout(text: str) -> str:
    """Return the normalised text without list marks, headings, emphasis, rules and code fences.

    Marks may stand in marks ("> - **1.** So"); typographic quotation marks become plain ones.
    """
    bare = _INLINE.sub("", _FENCE.sub("", normalise(text)))
    return _MARKS.sub("", bare).translate(_QUOTES)


def characters(text: str) -> Ids:
    """Return the characters of a text as numbers, (n,), in lower case and without layout.

    Any run of white space is one space.
    """
    plain = _WHITE.sub(" ", without_layout(text)).strip().lower()
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes.astype(np.uint64) * _PRIME


def grams(ids: Ids, length: int) -> Ids:
    """Return a number for each run of `length` tokens, in order; none if the text is shorter.

    Fowler-Noll-Vo (1991) over the tokens' numbers: two runs share one only by accident, once in
    about 2**64 pairs.
    """
    count = len(ids) - length + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    value = np.full(count, _START)
    for place in range(length):
        value = (value ^ ids[place : place + count]) * _PRIME
    return value


def hashed(parts: Iterable[Sequence[int] | Ids]) -> Ids:
    """Return one number for each short sequence of numbers."""
    return np.array([_fold(part) for part in parts], np.uint64)


def _fold(part: Sequence[int] | Ids) -> int:
    value = len(part) + 1
    for one in part:
        value = ((value ^ int(one)) * int(_PRIME)) % 2**64
    return value
