"""How an answer is cut into words and sentences, and put together again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

# A contraction or a compound is one word: neither half of "well-known" is a word by itself.
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_NO_END = (
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Prof",
    "St",
    "Sr",
    "Jr",
    "vs",
    "etc",
    "e.g",
    "i.e",
    "cf",
    "No",
)
_CLOSING = "\"'\u201d\u2019)]*_"
# A question or exclamation mark, or a full stop that is not that of an abbreviation or an initial.
# The possessive quantifiers keep the search linear on long runs of marks.
_END = re.compile(
    r"(?:(?=[!?\u2026])|"
    + "".join(rf"(?<!\b{re.escape(one)})" for one in _NO_END)
    + r"(?<!\b[A-Z]))(?<![.!?\u2026])[.!?\u2026]++"
    + f"[{re.escape(_CLOSING)}]*+"
    + r"(\s++)(?=\S)(?![a-z])"
)
_LEAD = re.compile(r"\s*(?:(?:[-*+\u2022>]|#{1,6}|\d{1,3}[.)])\s+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what marks it (bullet, number, heading), its sentences, the space after each."""

    lead: str
    sentences: tuple[str, ...]
    gaps: tuple[str, ...]

    def text(self) -> str:
        """Return the line as it was cut."""
        return self.lead + "".join(
            chain.from_iterable(zip(self.sentences, self.gaps, strict=True))
        )


def cut(line: str) -> Line:
    """Return the line in pieces; one with nothing but white space and marks has no sentence.

    A sentence ends at a mark that white space and no small letter follow: a rule for English and
    its like. A text in a script that sets no space there is one sentence.
    """
    lead = _lead(line)
    start, sentences, gaps = len(lead), [], []
    for end in _END.finditer(line, start):
        sentences.append(line[start : end.start(1)])
        gaps.append(end.group(1))
        start = end.end()
    rest = line[start:].rstrip()
    if rest:
        sentences.append(rest)
        gaps.append(line[start + len(rest) :])
    return Line(lead, tuple(sentences), tuple(gaps))


def is_ended(sentence: str) -> bool:
    """Say whether the sentence has its closing mark."""
    return sentence.rstrip(_CLOSING).endswith((".", "!", "?", "\u2026"))


def with_words(text: str, words: Sequence[re.Match[str]], new: Mapping[int, str]) -> str:
    """Return the text with the words at the places in `new` exchanged, all else untouched."""
    pieces = []
    end = 0
    for place, word in enumerate(words):
        pieces += [text[end : word.start()], new.get(place, word.group())]
        end = word.end()
    return "".join([*pieces, text[end:]])


def in_case_of(word: str, model: str) -> str:
    """Return the word in the case of the model: capitals, a first capital, or as it is."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _lead(line: str) -> str:
    """Return the white space and marks in front; a line of marks alone is all lead."""
    found = _LEAD.match(line)
    return found.group() if found else ""
