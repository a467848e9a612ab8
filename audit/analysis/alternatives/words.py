"""The words of an answer, without regard to case and marks."""

import re

_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, case-folded; an apostrophe does not end a word."""
    return [word.casefold() for word in _WORD.findall(text)]
