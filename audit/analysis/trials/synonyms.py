"""Some of the words of an answer exchanged for others of much the same meaning."""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from audit.analysis.trials.pieces import WORD, in_case_of, with_words

# Words that are spoken with a vowel first; "usual" and "one" are not.
_VOWEL = re.compile(r"(?!us|uni|eu|one)[aeiou]")


def synonyms(text: str, rng: np.random.Generator, *, share: float = 0.2) -> str:
    """Return the text with `share` of its content words replaced by synonyms, drawn at random.

    Content words are those not in a list of function words. Only words of an English table can be
    replaced, in the forms that it holds; where it holds fewer than the share asks for, all of
    them are. A capital within a sentence is taken for a name. The article before a new word is
    made to agree; all other words and all marks stay.
    """
    words = list(WORD.finditer(text))
    content = sum(_is_content(word.group()) for word in words)
    known = [place for place in range(len(words)) if _may_be_replaced(text, words, place)]
    drawn = rng.permutation(len(known))[: round(share * content)]
    new: dict[int, str] = {}
    for place in (known[one] for one in drawn):
        word = words[place].group()
        options = _tables()["synonyms"][word.lower()]
        new[place] = in_case_of(options[rng.integers(len(options))], word)
        new |= _article(text, words, place, new[place])
    return with_words(text, words, new)


@cache
def _tables() -> dict[str, Any]:
    """Return the table of synonyms and the function words; both are this project's own."""
    source = files("audit.analysis.trials") / "synonyms.json"
    tables: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return tables | {"function_words": frozenset(tables["function_words"])}


def _is_content(word: str) -> bool:
    return word.isalpha() and word.lower() not in _tables()["function_words"]


def _may_be_replaced(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    """Say whether the table has the word and it does not look like part of a name."""
    word = words[place].group()
    if word.lower() not in _tables()["synonyms"]:
        return False
    return word.islower() or place == 0 or not _gap(text, words, place).isspace()


def _article(text: str, words: Sequence[re.Match[str]], place: int, new: str) -> dict[int, str]:
    """Return the article before the word in the form that the new word asks for, if it is one."""
    before = words[place - 1].group() if place else ""
    if before.lower() not in {"a", "an"} or not _gap(text, words, place).isspace():
        return {}
    article = "an" if _VOWEL.match(new.lower()) else "a"
    return {place - 1: in_case_of(article, before)}


def _gap(text: str, words: Sequence[re.Match[str]], place: int) -> str:
    return text[words[place - 1].end() : words[place].start()]
