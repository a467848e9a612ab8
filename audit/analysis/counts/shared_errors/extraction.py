"""What an answer decides for: a letter of a multiple choice, or a number.

An answer that decides for nothing, or for two things in the same way, gives None; it is counted
apart and is never taken for a wrong answer.
"""

import re
import unicodedata

_LETTER = r"[\(\[]?([A-Z])\b[\)\]]?"
# From the plainest statement to the least plain; the first of them that an answer makes decides.
_CHOICES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"\\boxed\{(?:\\text\{)?\s*\(?([A-Z])\b",
        rf"(?i:\b(?:answer|choice|option)\s*(?:is|:)\s*(?:option\s*)?){_LETTER}",
        r"\A\W*([A-Z])\W*\Z",
        r"\A\W*([A-Z])[\)\]:.](?=\s)",
        r"^\W*([A-Z])\W*\Z",
    )
)
_FIGURE = r"-?\d+(?:,\d{3})*(?:\.\d+)?|-?\.\d+"
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\\boxed\{{[^\d}}-]*({_FIGURE})",
        rf"####[^\d\n-]*({_FIGURE})",
        rf"(?i:\banswer\s*(?:is|:))[^\d\n.-]*({_FIGURE})",
        rf"(?<![\w.])({_FIGURE})",
    )
)
_MARKS = str.maketrans({"*": None, "\u2212": "-", "`": None, "$": None})


def extract_choice(answer: str, options: int) -> str | None:
    """Return the letter that the answer decides for, of the first `options` of the alphabet.

    The rules, the first that applies: a boxed letter; a letter after "answer is", "answer:" and
    the like; the letter that is the whole answer; that begins it with a mark behind it; that is
    its last line. Two different letters by one rule are no decision.
    """
    last = chr(ord("A") + options - 1)
    plain = _plain(answer)
    for pattern in _CHOICES:
        letters = {found for found in pattern.findall(plain) if found <= last}
        if letters:
            return letters.pop() if len(letters) == 1 else None
    return None


def extract_number(answer: str) -> str | None:
    """Return the number that the answer ends on, without thousands marks and closing zeros.

    The rules, the first that applies, and of several such numbers the last: boxed; after "####";
    after "answer is" or "answer:"; any.
    """
    plain = _plain(answer)
    for pattern in _NUMBERS:
        found = pattern.findall(plain)
        if found:
            return _spelled(found[-1])
    return None


def _spelled(figure: str) -> str:
    """Return equal numbers in equal letters, however many digits they have."""
    sign, digits = figure[: figure.startswith("-")], figure.lstrip("-").replace(",", "")
    whole, _, fraction = digits.partition(".")
    number = f"{whole.lstrip('0') or '0'}.{fraction.rstrip('0')}".rstrip(".")
    return number if number == "0" else sign + number


def _plain(answer: str) -> str:
    """Return the answer in NFKC, without emphasis, code and currency marks."""
    return unicodedata.normalize("NFKC", answer).translate(_MARKS)
