"""Which words a report may not use: certainty, turned-round probabilities, direction, blame.

The rules are data in words.json, each with its reason, what to write instead and its source.
They are strict: a denial, a question or a named hypothesis excuses a phrase only where it stands
before it in the same clause, so a sentence may have to be written more simply to pass. They know
phrases and not what is meant: of sentences that nobody had tuned them to they found about half,
and refused none that was fair. A text in which nothing is found still needs a reader.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cases.rules.plain_text import PARAGRAPH, Plain, plain_texts
from cases.rules.quotations import quotations_in

Place = tuple[int, int]

_RULES = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
VERSION: str = _RULES["version"]

# An excuse reaches so many words ahead.
_REACH = 14
# No sentence is longer; a text without a full stop shall not take the square of its length.
_WINDOW = 1000
_SENTENCE_END = re.compile(rf"[.!?;](?=[\s{PARAGRAPH}]|$)|{PARAGRAPH}")
_CLAUSE_END = re.compile(rf"[,;:.!?](?=[\s{PARAGRAPH}]|$)|{PARAGRAPH}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of phrase; `apart` excuses it by what stands in its clause, `unless` before it."""

    id: str
    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    apart: re.Pattern[str]
    why: str
    instead: str
    source: str


@dataclass(frozen=True, slots=True)
class Excuse:
    """What makes a phrase harmless: words before it, after it, or of the whole sentence."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    sentence: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One phrase that must not stand there, and what may stand in its place."""

    phrase: str
    start: int
    end: int
    rule: str
    why: str
    instead: str
    source: str

    def __str__(self) -> str:
        return f'"{self.phrase}": {self.why} Instead: {self.instead}.'


def problems_in(
    text: str, quoted: Iterable[Place] = (), *, supposed: bool = False
) -> list[Problem]:
    """Return every phrase that must not stand in a text, in order.

    `quoted` are the places that are somebody else's words. A quotation that the text itself
    introduces as one, by a source or as lines that begin with ">", is found here. All of a text
    that is `supposed` is an assumption, which may say what happened.
    """
    others = [*quoted, *quotations_in(text)]
    found = {
        (one.start, one.end, one.rule): one
        for plain in plain_texts(text)
        for rule in rules()
        if not (supposed and "supposed" in _RULES["kinds"][rule.kind]["excused_by"])
        for one in _found(rule, plain, text)
        if not any(start <= one.start and one.end <= end for start, end in others)
    }
    return list(_largest(sorted(found.values(), key=lambda one: (one.start, -one.end))))


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules as words.json has them."""
    return tuple(_rule(one) for one in _RULES["rules"])


def _rule(row: dict[str, str]) -> Rule:
    return Rule(
        id=row["id"],
        kind=row["kind"],
        pattern=_whole_words(row["pattern"]),
        unless=_compiled(row["unless"]),
        apart=_compiled(row.get("apart", "")),
        why=row["why"],
        instead=row["instead"],
        source=_RULES["kinds"][row["kind"]]["source"],
    )


@cache
def _excuses() -> dict[str, Excuse]:
    return {
        name: Excuse(
            before=_whole_words(row["before"]),
            after=_compiled(f"^ {row['after']}" if "after" in row else ""),
            sentence=_compiled(row.get("sentence", "")),
            unless=_whole_words(row["unless"]),
        )
        for name, row in _RULES["excuses"].items()
    }


_NEVER = "(?!)"


def _compiled(pattern: str) -> re.Pattern[str]:
    for name, meaning in _RULES["terms"].items():
        pattern = pattern.replace(f"<{name}>", meaning)
    if re.search("<[a-z]+>", pattern.replace("(?<", "")):
        return _compiled(pattern)
    return re.compile(pattern or _NEVER, re.IGNORECASE)


def _whole_words(pattern: str) -> re.Pattern[str]:
    """Return the pattern for whole words; n't is the end of one."""
    return _compiled(rf"(?:(?<!\w)|(?=n't))(?:{pattern})(?:(?<!\w)|(?!\w))")


_BREAKS = tuple(
    re.compile(one if not one[0].isalpha() else rf"(?<!\w)(?:{one})(?!\w)", re.IGNORECASE)
    for one in _RULES["breaks"]
)
_FINITE = re.compile(rf"(?:{_RULES['finite']})(?!\w)", re.IGNORECASE)


def _found(rule: Rule, plain: Plain, text: str) -> Iterator[Problem]:
    for one in rule.pattern.finditer(plain.text):
        if _excused(rule, plain.text, one.span()):
            continue
        start, end = plain.place(*one.span())
        yield Problem(text[start:end], start, end, rule.id, rule.why, rule.instead, rule.source)


def _excused(rule: Rule, text: str, span: Place) -> bool:
    start, end = _around(_SENTENCE_END, text, span)
    before, phrase, after = text[start : span[0]], text[slice(*span)], text[span[1] : end]
    if rule.unless.search(before):
        return True
    first, last = _around(_CLAUSE_END, text, span)
    if rule.apart.search(text[first:last]):
        return True
    excused_by = _RULES["kinds"][rule.kind]["excused_by"]
    return any(_excuses_it(_excuses()[one], before, phrase, after) for one in excused_by)


def _excuses_it(excuse: Excuse, before: str, phrase: str, after: str) -> bool:
    if excuse.after.search(after) or excuse.sentence.search((before + phrase + after).strip()):
        return True
    # What only looks like the excuse, such as "not only" or "no doubt", is none.
    barred = [one.span() for one in excuse.unless.finditer(before)]
    return any(
        _reaches(before[one.end() :], phrase)
        for one in excuse.before.finditer(before)
        if not any(start <= one.start() < end for start, end in barred)
    )


def _reaches(between: str, phrase: str) -> bool:
    """Say whether an excuse still holds at a phrase: near, and with no new clause in between."""
    if len(between.split()) > _REACH or any(one.search(between) for one in _BREAKS):
        return False
    # "does not rank first and proves it": a verb with an ending is not under "does not".
    return not (re.search(r" and(?: \w+ly)? $", between) and _FINITE.match(phrase))


def _around(ends: re.Pattern[str], text: str, span: Place) -> Place:
    """Return from where to where the sentence or clause around a phrase goes, its end with it."""
    near = max(0, span[0] - _WINDOW)
    start = max((one.end() for one in ends.finditer(text, near, span[0])), default=near)
    following = ends.search(text, span[1], span[1] + _WINDOW)
    return start, following.end() if following else min(len(text), span[1] + _WINDOW)


def _largest(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems that do not overlap the one before: words are mended once."""
    end = -1
    for one in problems:
        if one.start >= end:
            yield one
            end = one.end
