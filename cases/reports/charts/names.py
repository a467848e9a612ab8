"""Names of others beside a plot: short enough for the room there is, in one way for all plots."""

import unicodedata

from cases.reports.glyphs import with_unseen_named

# Of a long name the beginning and the end are kept, where versions stand.
_FIRST, _LAST = 15, 8
_MOST = 1000
_SIZE = 11
_MOST_WIDE = 168
_WIDE = frozenset("mwMW@%&\u2014\u2026")


def short(name: str, most: float = _MOST_WIDE, *, whole: bool = False) -> str:
    """Return a name that takes at most so much room, what cannot be seen in it named.

    `whole` leaves one as long as it is if it has the room.
    """
    shown = with_unseen_named(
        name[:_MOST] + ("\u2026" + name[-_MOST:] if len(name) > _MOST else "")
    )
    if (whole or len(shown) <= _FIRST + _LAST + 1) and room(shown) <= most:
        return shown
    for kept in range(_FIRST + _LAST, 1, -1):
        last = kept * _LAST // (_FIRST + _LAST)
        cut = f"{shown[: kept - last]}\u2026{shown[len(shown) - last :]}"
        if room(cut) <= most:
            return cut
    return "\u2026"


def room(text: str) -> float:
    """Return about how wide a text is, rather too much: no font is asked, so none is needed."""
    return sum(_widths(text))


def _widths(text: str) -> list[float]:
    return [_SIZE * _share(one) for one in text]


def _share(character: str) -> float:
    """Return how wide a character is as a share of the size of the letters."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or character in _WIDE:
        return 1.0
    return 0.75 if character.isupper() else 0.6
