"""The marks that a translation there and back leaves, made without a translator."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from audit.analysis.trials.pieces import WORD, in_case_of

# How many of the places where a change is possible are changed; the rest of the text stays.
DROPPED_ARTICLES = 0.2
EXCHANGED_ARTICLES = 0.05
EXCHANGED_PREPOSITIONS = 0.2
DROPPED_COMMAS = 0.5

# A capital article within a sentence is part of a name or a letter: "vitamin A in food".
_ARTICLE = re.compile(r"\b(the|an?|(?<!\w )(?:The|An?)) (\w)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(r"(?<=\d)%")
_DASH = re.compile(r"(?<=\w) ?\u2014 ?(?=\w)")
_SEMICOLON = re.compile(r";(?= )")
_LISTING_COMMA = re.compile(r",(?= (?:and|or)\b)")
_QUOTED = re.compile(r'"([^"\n]*)"|[\u201c\u201d]')


def translation_noise(text: str, rng: np.random.Generator) -> str:
    """Return the text with the small words, spelling, numerals and marks of another hand.

    Contractions are written out, words with an American and a British spelling take the other
    one, some articles are dropped or exchanged, some prepositions are exchanged, numbers in words
    become digits, and thousands, percent, dashes, quotation marks and listing commas are written
    otherwise. For English; another language keeps all but its marks. The order of the sentences
    and the content words stay, so this is a weak likeness of a real translation.
    """
    text = WORD.sub(lambda word: _respelt(word.group()), text)
    text = WORD.sub(lambda word: _moved(word.group(), rng), text)
    text = _ARTICLE.sub(lambda found: _article(found, rng), text)
    return _marks(_numerals(text), rng)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return the tables, spelling in both directions; all are this project's own."""
    source = files("audit.analysis.trials") / "translation.json"
    tables: dict[str, dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    british = tables["spelling"]
    tables["spelling"] = british | {other: one for one, other in british.items()}
    return tables


def _respelt(word: str) -> str:
    """Return the word written out if it is a contraction, and in its other spelling if any."""
    key = word.lower().replace("\u2019", "'")
    new = _tables()["contractions"].get(key) or _tables()["spelling"].get(key)
    return in_case_of(new, word) if new else word


def _moved(word: str, rng: np.random.Generator) -> str:
    """Return another preposition for some of them."""
    options = _tables()["prepositions"].get(word.lower())
    if not options or rng.random() >= EXCHANGED_PREPOSITIONS:
        return word
    return in_case_of(options[rng.integers(len(options))], word)


def _article(found: re.Match[str], rng: np.random.Generator) -> str:
    """Return the article and the letter after it, the article dropped or exchanged in some."""
    article, letter = found.groups()
    drawn = rng.random()
    if drawn < DROPPED_ARTICLES:
        return in_case_of(letter, article)
    if drawn < DROPPED_ARTICLES + EXCHANGED_ARTICLES:
        indefinite = "an" if letter.lower() in "aeiou" else "a"
        other = indefinite if article.lower() == "the" else "the"
        return f"{in_case_of(other, article)} {letter}"
    return found.group()


def _numerals(text: str) -> str:
    digits = _tables()["numerals"]
    text = WORD.sub(lambda word: digits.get(word.group().lower(), word.group()), text)
    return _PERCENT.sub(" percent", _THOUSANDS.sub(" ", text))


def _marks(text: str, rng: np.random.Generator) -> str:
    text = _SEMICOLON.sub(",", _DASH.sub(", ", text))
    text = _LISTING_COMMA.sub(_dropped(DROPPED_COMMAS, rng), text)
    return _QUOTED.sub(_requoted, text)


def _dropped(share: float, rng: np.random.Generator) -> Callable[[re.Match[str]], str]:
    return lambda found: "" if rng.random() < share else found.group()


def _requoted(found: re.Match[str]) -> str:
    """Return straight marks as curly ones and the other way round."""
    inner = found.group(1)
    return '"' if inner is None else f"\u201c{inner}\u201d"
