"""Whether a name in an answer is a claim about the speaker, and whether the claim counts."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from audit.analysis.counts.identity.claims import ClaimGrammar
from audit.analysis.transcripts import Exchange


class Verdict(StrEnum):
    """What a sentence with a name is; only a CLAIM counts."""

    CLAIM = "claim"
    NAMED_IN_PROMPT = "claim, but the prompt gives a name"
    ROLE_PLAY = "claim, but the prompt asks for another voice"
    QUOTED = "claim, but in a quotation, in code or in a line of a dialogue"
    NEGATED = "claim, but denied"
    HYPOTHETICAL = "claim, but supposed or asked"
    MENTION = "no claim about the speaker"


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence that holds a name: characters [start, end) of the answer to one record."""

    record: int
    start: int
    end: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim where it stands: its sentence, what stands before that in its line, its place."""

    sentence: str
    line_before: str
    start: int
    end: int

    @property
    def before(self) -> str:
        return self.sentence[: self.start]


# A sentence, and what is looked at before it in its line, are at most so long: time stays in step
# with the length of the answer, whatever stands in it.
MOST_CHARACTERS = 1000
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)*_\]]*\s+|\s*\n\s*")
_STRAIGHT = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "*": None, "_": None, "#": None}
)
_ROLE_PLAY = re.compile(
    r"\b(?:act(?:ing)? as|role-?play|pretend|imagine|impersonat\w+|(?:as )?if you were|"
    r"play the (?:role|part)|take on the role|in the (?:voice|style|persona) of|in character|"
    r"from the (?:perspective|point of view)|first[- ]person|your name is|you(?: will be|'re now)|"
    r"(?:introduce|describe) yourself as|you are (?:now |going to be )?"
    r"(?!an? (?:\w+ ){0,2}(?:AI|assistant|language model|chatbot)\b)(?:an? |the |(?-i:[A-Z])\w*)|"
    r"(?:write|compose|draft|create|generate|make|tell|give)\b[^.?!]{0,60}\b(?:story|dialog(?:ue)?|"
    r"script|monolog(?:ue)?|letter|speech|e-?mail|diary|interview|conversation|poem|song|lyrics|"
    r"biography|bio|resume|testimonial|tweet|post|review|announcement|introduction))\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not(?! (?:only|just|merely))|never|neither|nor|no longer|no|unlike)\b|n't\b",
    re.IGNORECASE,
)
# A denial or a supposition of what follows: "I don't think (that) I am".
_DENIED = re.compile(
    r"(?:\bnot|\bnever|n't|\bdeny|\bfalse|\bwrong)"
    r"(?: (?!because|since|as|but|and|for|so)\w+){0,3} ?$",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|suppos\w+|imagin\w+|pretend\w*|assum\w+|as though|whether|unless|wish|"
    r"let's say|perhaps|maybe|were|say|says|said|think|thinks)(?: that)? ?$",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:would|could|might|may)\b", re.IGNORECASE)
# The label of a line of dialogue. Some labels only announce what the answer itself says.
_LABEL = re.compile(
    r"[ \"]*(?!(?:please )?(?:note|answer|disclaimer|response|reply|output|important|warning|"
    r"p\.?s\.?)\b)[A-Za-z][\w.'-]*(?: [\w.'-]+){0,2}:",
    re.IGNORECASE,
)
_SET_APART = re.compile(r"[;:\u2013\u2014]| - ")
_OPEN_QUOTE = re.compile(r"(?:^|[\s(:,])'[^']*$")
_CLOSED_QUOTE = re.compile(r"'(?:$|[\s.,;:!?)])")


def mentions(grammar: ClaimGrammar, exchange: Exchange) -> Iterator[Mention]:
    """Yield every sentence of the answer that holds a name, with its verdict, in order."""
    if not grammar.is_named_in(exchange.answer):
        return
    by_prompt = _by_prompt(grammar, exchange.prompt)
    fences = [found.start() for found in re.finditer("```", exchange.answer)]
    for start, end in _sentences(exchange.answer):
        if grammar.is_named_in(exchange.answer[start:end]):
            in_code = bisect_left(fences, start) % 2 == 1
            verdict = _verdict(grammar, exchange.answer, (start, end), in_code=in_code)
            if verdict is not Verdict.MENTION and by_prompt is not None:
                verdict = by_prompt
            yield Mention(exchange.record, start, end, verdict)


def _by_prompt(grammar: ClaimGrammar, prompt: str) -> Verdict | None:
    """Return why no claim in the answer to this prompt can count, if there is a reason."""
    if grammar.is_named_in(prompt):
        return Verdict.NAMED_IN_PROMPT
    return Verdict.ROLE_PLAY if _ROLE_PLAY.search(prompt) else None


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _SENTENCE_END.finditer(text):
        yield from _pieces(start, found.start())
        start = found.end()
    yield from _pieces(start, len(text))


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return a sentence whole, or in pieces if it is longer than any sentence is."""
    for begin in range(start, end, MOST_CHARACTERS):
        yield begin, min(end, begin + MOST_CHARACTERS)


def _verdict(
    grammar: ClaimGrammar, answer: str, span: tuple[int, int], *, in_code: bool
) -> Verdict:
    """Return what a sentence is by itself: a claim if any of its claims counts."""
    start, end = span
    line = max(answer.rfind("\n", 0, start) + 1, start - MOST_CHARACTERS)
    line_before = _plain(answer[line:start])
    sentence = _plain(answer[start:end])
    found = [
        Verdict.QUOTED if in_code else _judged(_Said(sentence, line_before, *claim.span()))
        for claim in grammar.claims(sentence)
    ]
    if Verdict.CLAIM in found:
        return Verdict.CLAIM
    return found[0] if found else Verdict.MENTION


def _judged(said: _Said) -> Verdict:
    """Return whether a claim counts, by the words and marks around it."""
    if _is_quoted(said):
        return Verdict.QUOTED
    claim = said.sentence[said.start : said.end]
    if _NEGATION.search(claim) or _DENIED.search(said.before):
        return Verdict.NEGATED
    if _is_asked(said) or _SUPPOSED.search(said.before) or _CONDITIONAL.search(claim):
        return Verdict.HYPOTHETICAL
    return Verdict.CLAIM


def _is_asked(said: _Said) -> bool:
    """Tell whether the claim is in a question, and not before one that a mark sets apart."""
    after = said.sentence[said.end :].rstrip("\"' )")
    return after.endswith("?") and _SET_APART.search(after) is None


def _is_quoted(said: _Said) -> bool:
    line = said.line_before + said.before
    after = said.sentence[said.end :]
    if line.lstrip().startswith(">") or _LABEL.match(line):
        return True
    if line.count('"') % 2 == 1 or line.count("`") % 2 == 1:
        return True
    return bool(_OPEN_QUOTE.search(line) and _CLOSED_QUOTE.search(after))


def _plain(text: str) -> str:
    """Return text without emphasis, with straight quotes and single spaces."""
    return re.sub(r"\s+", " ", text.translate(_STRAIGHT))
