"""Labels of exhibits: A, B, ... Z, AA, AB, ...; and what may stand before a Bates number."""

import re

# It ends with no digit: one would be taken for the first of the number.
PREFIX = re.compile(r"[A-Z](?:[A-Z0-9_-]{0,13}[A-Z_-])?")

_LETTERS = 26


def letters(number: int) -> str:
    """Return the label of the exhibit with this number, counted from 1."""
    if number < 1:
        raise ValueError(f"exhibits are numbered from 1, not {number}")
    label = ""
    while number:
        number, letter = divmod(number - 1, _LETTERS)
        label = chr(ord("A") + letter) + label
    return label
