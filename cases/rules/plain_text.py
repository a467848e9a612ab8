"""Text in one plain form for looking up phrases, with the place of each character kept.

Letters that only look Latin, accents, soft hyphens, zero-width characters, quotation marks and
line breaks do not hide a word; a word that is divided at the end of a line is one word.
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LOOKALIKES = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))[
    "lookalikes"
]
_DASHES = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u02bc\u2032\uff07`\u00b4"
_DROPPED = frozenset('"*\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a')
PARAGRAPH = "\u00b6"
# A paragraph or an item of a list ends what an excuse can reach.
_PARAGRAPH = re.compile(r"\s*\n\s*(?:\n\s*|(?=[-*\u2022] |\d+[.)] ))")
_SPACE = re.compile(r"\s+")
_NAMED = re.compile(r"<U\+[0-9A-F]{4,6}>|\[U\+[0-9A-F]{4,6}\]")
# A word divided at the end of a line, and one that is s p a c e d.
_DIVIDED = re.compile(r"(?<=[^\W\d_])-\s+(?=[a-z])|(?<=\b[^\W\d_])\s(?=[^\W\d_]\b)")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in its plain form; `starts` and `ends` are where each character comes from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a place in the plain text."""
        return self.starts[start], self.ends[end - 1]


def plain_texts(text: str) -> Iterator[Plain]:
    """Yield the plain form of a text, and the one with divided words joined if that differs."""
    whole = _without(_PARAGRAPH, _letters(text), PARAGRAPH)
    joined = _without(_DIVIDED, whole, "")
    for one in (whole, joined) if joined.text != whole.text else (whole,):
        yield _without(_SPACE, one, " ")


def _letters(text: str) -> Plain:
    """Return the text letter by letter: what has no look is gone, what looks Latin is Latin."""
    letters: list[str] = []
    places: list[int] = []
    named = [one.span() for one in _NAMED.finditer(text)]
    for place, character in enumerate(text):
        if named and _within(named, place):
            continue
        plain = _plain(character)
        letters.append(plain)
        places.extend([place] * len(plain))
    return Plain("".join(letters), tuple(places), tuple(one + 1 for one in places))


def _within(spans: list[tuple[int, int]], place: int) -> bool:
    before = bisect_right(spans, (place, len(spans) and spans[-1][1])) - 1
    return before >= 0 and place < spans[before][1]


@cache
def _table() -> dict[str, str]:
    return (
        {look: letter for letter, looks in _LOOKALIKES.items() for look in looks}
        | dict.fromkeys(_DASHES, "-")
        | dict.fromkeys(_APOSTROPHES, "'")
    )


@cache
def _plain(character: str) -> str:
    if character in _DROPPED:
        return ""
    if character == "\n" or character in _table():
        return _table().get(character, character)
    if character == "_":
        return " "
    return "".join(map(_seen, unicodedata.normalize("NFKD", character)))


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"} or character in _DROPPED:
        return ""
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return _table().get(character, character)


def _without(pattern: re.Pattern[str], plain: Plain, instead: str) -> Plain:
    """Return the text with each find of a pattern put as something else of one letter or none."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for one in pattern.finditer(plain.text):
        texts += [plain.text[end : one.start()], instead]
        starts += plain.starts[end : one.start()]
        ends += plain.ends[end : one.start()]
        if instead:
            starts.append(plain.starts[one.start()])
            ends.append(plain.ends[one.end() - 1])
        end = one.end()
    return Plain(
        "".join([*texts, plain.text[end:]]),
        (*starts, *plain.starts[end:]),
        (*ends, *plain.ends[end:]),
    )
