"""Labels of exhibits: A, B, ... Z, AA, AB, ..."""

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
