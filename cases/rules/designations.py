"""Designations under a protective order, lowest first; a derived thing takes the highest.

The marks are those of the model order of N.D. Cal. for patents, highly sensitive confidential
information and trade secrets; the mark of what nobody designated is empty.
"""

from collections.abc import Iterable

NONE = ""
CONFIDENTIAL = "CONFIDENTIAL"
ATTORNEYS_EYES_ONLY = "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY"
SOURCE_CODE = "SOURCE CODE"

# Lowest first.
ORDER = (NONE, CONFIDENTIAL, ATTORNEYS_EYES_ONLY, SOURCE_CODE)
# What stands for a mark in the name of a file.
_IN_NAMES = {
    NONE: "",
    CONFIDENTIAL: "CONFIDENTIAL-",
    ATTORNEYS_EYES_ONLY: "AEO-",
    SOURCE_CODE: "SOURCE-CODE-",
}


def highest(marks: Iterable[str]) -> str:
    """Return the highest of these marks; nothing for none. Raises ValueError for another mark."""
    return max(marks, key=ORDER.index, default=NONE)


def is_lower(mark: str, than: str) -> bool:
    """Say whether a mark protects less than another."""
    return ORDER.index(mark) < ORDER.index(than)


def named(filename: str, mark: str) -> str:
    """Return the name of a file that bears a mark: whoever saves it sees how to handle it."""
    return _IN_NAMES[mark] + filename


def in_words(mark: str) -> str:
    """Return a mark as a sentence can have it."""
    return mark or "no designation"
