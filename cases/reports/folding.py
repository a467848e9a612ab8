"""Text folded for the search of passages, so that writing one otherwise does not hide it.

Case, accents, ligatures, widths, kinds of quotes, white space, dashes, low lines and characters
that nobody sees make no difference. White space is left out altogether: a line of print may break
a word, and an extraction may join two. So are dashes and low lines: the counts look for a name of
a model with spaces in their places too, and a report says so.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

_SAME = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe63\uff0d")
)
# Marks on letters, white space, control, format and private characters, halves of pairs.
_UNSEEN = frozenset({"Mn", "Me", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})
# Letters that Unicode never shows, and the low line.
_IGNORABLE = "_\u115f\u1160\u3164\uffa0\U0001d159"
_ASCII_UNSEEN = re.compile("[\x00-\x20_\x7f-]+")


def fold(text: str) -> str:
    """Return the text as it is searched."""
    if text.isascii():
        return _ASCII_UNSEEN.sub("", text).casefold().translate(_SAME)
    # Quotes and dashes first: taken apart, some of them leave a space and a mark.
    apart = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    return unicodedata.normalize("NFKD", apart).translate(_SAME).translate(_unseen())


@cache
def _unseen() -> dict[int, None]:
    every = range(sys.maxunicode + 1)
    found = {one: None for one in every if unicodedata.category(chr(one)) in _UNSEEN}
    return found | dict.fromkeys(map(ord, _IGNORABLE))


def places(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Yield where a folded passage stands in a text, as start and end; overlapping ones too."""
    if folded not in fold(text):
        return
    pieces = [fold(one) for one in text]
    origin = [place for place, piece in enumerate(pieces) for _ in piece]
    searched = "".join(pieces)
    start = searched.find(folded)
    while start >= 0:
        yield origin[start], _end(text, pieces, origin[start + len(folded) - 1])
        start = searched.find(folded, start + 1)


def _end(text: str, pieces: list[str], last: int) -> int:
    """Return the end of a passage with the marks on its last letter, and no space after it."""
    end = last + 1
    while end < len(text) and not pieces[end] and not text[end].isspace():
        end += 1
    return end
