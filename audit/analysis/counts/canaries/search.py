"""Planted strings in answers, word for word or nearly, in time that grows with the answers.

Two texts are compared by their letters, digits and combining marks alone, in Unicode NFKC and
without regard to case: white space, punctuation and markdown do not count.

A passage is near a canary of L such characters if whole words of the answer turn into it by at
most L // 12 insertions, deletions and substitutions of a character, and if both have the same
digits in the same order: a canary's number is mostly its secret. A canary is cut into
L // 12 + 1 pieces; a passage that near holds one of them unchanged (the pigeonhole argument of Wu
and Manber 1992). Only where the first PIECE characters of a piece stand in an answer is a distance
computed, by the bit-parallel method of Myers (1999) as put by Hyyro (2003). So no passage within
the bound is missed but for the choice of whole words, and no answer is held against all canaries.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

CHARACTERS_AN_EDIT = 12
# A piece of a canary of 16 characters or more is never shorter than this.
PIECE = 8
LEAST = 2 * PIECE
# One answer may repeat a canary a hundred thousand times.
MOST_PASSAGES = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a canary stands in a text: its place in the list, characters [start, end), edits."""

    canary: int
    start: int
    end: int
    edits: int


@dataclass(frozen=True, slots=True)
class _Place:
    """The characters [start, end) of a folded text."""

    start: int
    end: int


class _Kept(dict[int, int | None]):
    """Which characters are compared, for str.translate; each is looked up once."""

    def __missing__(self, point: int) -> int | None:
        kept = unicodedata.category(chr(point))[0] in "LNM"
        return self.setdefault(point, point if kept else None)


_KEPT = _Kept()


def fold(text: str) -> str:
    """Return what is compared: letters, digits and marks in NFKC, without regard to case."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_KEPT)


def most_edits(folded: str) -> int:
    """Return by how many edits a passage may differ from a canary and still be near it."""
    return len(folded) // CHARACTERS_AN_EDIT


class CanaryIndex:
    """An index of folded canaries, each of at least LEAST characters."""

    def __init__(self, canaries: Sequence[str]) -> None:
        self._canaries = tuple(canaries)
        self._pieces: dict[str, list[tuple[int, int]]] = {}
        for canary, folded in enumerate(self._canaries):
            size = len(folded) // (most_edits(folded) + 1)
            for offset in range(0, size * (most_edits(folded) + 1), size):
                piece = folded[offset : offset + PIECE]
                self._pieces.setdefault(piece, []).append((canary, offset))

    def passages(self, text: str) -> list[Passage]:
        """Return the passages of a text that are, or are near, a canary; none overlap for one.

        Of each canary at most MOST_PASSAGES are looked at.
        """
        folded = fold(text)
        passages: list[Passage] = []
        for canary, starts in groupby(sorted(set(self._candidates(folded))), key=itemgetter(0)):
            near = (self._nearest(canary, start, folded) for _, start in starts)
            places = islice(filter(None, near), MOST_PASSAGES)
            found = (self._whole(canary, place, text) for place in places)
            passages += _apart(list(filter(None, found)))
        return passages

    def _candidates(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield each canary with the place where it would start, wherever a piece stands."""
        pieces = self._pieces
        for place in range(len(folded) - PIECE + 1):
            for canary, offset in pieces.get(folded[place : place + PIECE], ()):
                yield canary, place - offset

    def _nearest(self, canary: int, start: int, folded: str) -> _Place | None:
        """Return the place nearest to a canary around `start`, the longest of equals."""
        wanted = self._canaries[canary]
        if start >= 0 and folded.startswith(wanted, start):
            return _Place(start, start + len(wanted))
        most = most_edits(wanted)
        begin = max(0, start - most)
        window = folded[begin : max(0, start + len(wanted) + most)]
        if _digits(wanted) not in _digits(window):
            return None
        distances = _distances(wanted, window, anchored=False)
        if min(distances) > most:
            return None
        length = _last_least(distances)
        backwards = _distances(wanted[::-1], window[:length][::-1], anchored=True)
        return _Place(begin + length - _last_least(backwards), begin + length)

    def _whole(self, canary: int, place: _Place, text: str) -> Passage | None:
        """Return the whole words around a place, if they are still near the canary."""
        wanted = self._canaries[canary]
        start, end = _whole_words(text, *_span(text, place))
        passage = fold(text[start:end])
        if _digits(passage) != _digits(wanted):
            return None
        edits = _distances(wanted, passage, anchored=True)[-1]
        return Passage(canary, start, end, edits) if edits <= most_edits(wanted) else None


def _last_least(distances: list[int]) -> int:
    """Return the last place of the least distance."""
    return len(distances) - 1 - distances[::-1].index(min(distances))


def _distances(wanted: str, text: str, *, anchored: bool) -> list[int]:
    """Return the edit distance of `wanted` to what ends after 0, 1, 2 ... characters of `text`.

    Anchored, that begins where the text does; else wherever the distance is least.
    """
    whole = (1 << len(wanted)) - 1
    last = 1 << (len(wanted) - 1)
    places: dict[str, int] = {}
    for place, character in enumerate(wanted):
        places[character] = places.get(character, 0) | 1 << place
    up, down, distances = whole, 0, [len(wanted)]
    for character in text:
        equal = places.get(character, 0)
        across = (((equal & up) + up) ^ up) | equal
        more, less = (down | ~(across | up)) & whole, up & across
        distances.append(distances[-1] + bool(more & last) - bool(less & last))
        more = (more << 1) | anchored
        fixed = equal | down
        up, down = ((less << 1) | ~(fixed | more)) & whole, more & fixed & whole
    return distances


def _apart(found: list[Passage]) -> list[Passage]:
    """Return the passages of one canary of which none overlaps another; the nearer stays."""
    kept: list[Passage] = []
    for one in sorted(found, key=lambda each: (each.start, each.edits)):
        previous = kept[-1] if kept else None
        if previous is None or previous.end <= one.start:
            kept.append(one)
        elif one.edits < previous.edits:
            kept[-1] = one
    return kept


def _span(text: str, place: _Place) -> tuple[int, int]:
    """Return the characters [start, end) of the text that folded into the place found."""

    def folded_up_to(end: int) -> int:
        return len(fold(text[:end]))

    places = range(len(text) + 1)
    start = bisect_right(places, place.start, key=folded_up_to) - 1
    return start, bisect_right(places, place.end - 1, key=folded_up_to)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span widened to the ends of the words that it cuts."""
    while 0 < start < len(text) and _joined(text[start - 1], text[start]):
        start -= 1
    while 0 < end < len(text) and _joined(text[end - 1], text[end]):
        end += 1
    return start, end


def _joined(left: str, right: str) -> bool:
    """Tell whether two neighbours belong to one word; wide characters are words by themselves."""
    if unicodedata.category(right)[0] == "M":
        return True
    wide = any(unicodedata.east_asian_width(one) == "W" for one in (left, right))
    return not wide and all(_KEPT[ord(one)] is not None for one in (left, right))


def _digits(folded: str) -> str:
    return "".join(filter(str.isdigit, folded))
