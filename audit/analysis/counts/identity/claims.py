"""How English sentences say who is speaking: a small grammar around names that the caller gives.

A claim has a subject in the first person, a link (to be, to be made by, to be named) and a name as
its object. A name that merely stands in the sentence is none.
"""

import re
from collections.abc import Iterator, Sequence

_KIND = (
    r"(?:AI|A\.I\.|artificial intelligence|intelligence|language|chat|conversational|virtual|"
    r"digital|(?:computer )?program|system|software|assistant|chat ?bot|bot|models?|LLM|"
    r"transformer|machine|helper|creation|version|entity|tool)"
)
# People and goods that are called after a maker, and are neither the maker nor its model.
_OTHERS = (
    r"(?:engineers?|researchers?|scientists?|experts?|specialists?|developers?|users?|customers?|"
    r"employees?|enthusiasts?|fans?|students?|teachers?|consultants?|managers?|professionals?|"
    r"enabled|certified|account|store)"
)
_TAUGHT = r"(?:(?:creat|develop|train|design|programm?|engineer|fine-?tun)ed|built)"
_MADE = rf"(?:{_TAUGHT}|(?:produc|releas|provid|power|own|operat|host|maintain)ed|made|run)"
_MADE_ME = r"(?:created|developed|trained|built|designed|programmed|engineered|trains|develops)"
_MAKER = r"(?:creators?|developers?|makers?|designers?|trainers?|programmers?|parent company|name)"
_JOINT = (
    r"(?:the|a|an|at|of|from|in|called|named|known as|(?:\w+ )?company|companies|organi[sz]ation|"
    r"start-?up|firm|lab|labs|research|AI|teams?|researchers?|engineers?|scientists?|experts?|"
    r"developers?|people|folks|and|with|talented|its|my|creators?|makers?)"
)
_ADVERB = (
    r"(?:not|never|but|also|actually|just|simply|only|indeed|really|still|merely|now|currently|"
    r"originally|specifically|in fact|no longer|proudly|being|been)"
)
# What ends the run of words that describe the speaker.
_STOP = (
    r"(?:to|of|in|on|for|about|with|by|who|that|which|using|at|from|after|as|like|than|when|and|"
    r"but|not|named|called|is|are|was|were|has|have|can|will)"
)
_WORDS = rf"(?:(?!{_STOP}\b)[\w'/-]+ ){{0,6}}"
_LIST = rf"(?:(?!{_STOP}\b)[\w'/-]+,? ){{0,6}}"
_BASIS = (
    r"(?:based (?:up)?on|powered by|built (?:up)?on|running on|"
    r"an? (?:instance|version|variant|implementation) of)"
)
_I_AM = (
    rf"\b(?:I(?: am|'m|'ve been| have been| was)|we(?: are|'re| were))(?:,? {_ADVERB},?){{0,4}}"
)
_LISTED = rf"{_MADE}(?:(?:,| and|, and) {_MADE}){{0,4}}"
_MADE_BY = rf"(?:{_LISTED} by|{_TAUGHT} (?:(?!{_MADE}\b)[^.;!?]){{0,60}}?\bby)"
_BY = rf"(?: {_JOINT}){{0,6}}(?: [\w.&-]+(?:,| and|, and))?(?: {_JOINT}){{0,6}} ?[\"'( ]"
_KINDS = rf"{_KIND}(?:[ -]{_KIND}){{0,5}}\b(?: \([A-Z]+s?\))?(?! {_OTHERS}\b)"
_AFTER_KIND = (
    rf"(?:,? (?:(?:that|which|who) )?(?:(?:is|was|has been|am) )?{_MADE_BY}{_BY}"
    rf"|,? (?:named|called|known as) [\"']?|,? (?:from|by|of){_BY}| ?\((?:the )?)"
)
# "I am a different model from", "the same company as", "as capable as": no claim.
_COMPARISON = re.compile(r"\b(?:same|different|similar|unlike|compar\w+)\b", re.IGNORECASE)
_AS_MUCH = re.compile(r"\b(?:as|so|such|same|similar|different)\b[^,;:]*$", re.IGNORECASE)
_END = (
    r"(?:'s? model)?(?= ?$| ?(?:[][,.;:!?()\"/`\u2013\u2014-]|'(?!\w))|"
    r" (?:and|but|or|an?|the|your|from|by|here|which|that|who|with|to|as|too|"
    rf"{_MADE})\b)(?!- ?[a-z])"
)


class ClaimGrammar:
    """The ways to claim one of a teacher's names."""

    def __init__(self, names: Sequence[str]) -> None:
        longest_first = sorted(names, key=len, reverse=True)
        spelled = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
        name = rf"(?<![\w-])(?:{spelled})(?!\w)"
        self._name = re.compile(name, re.IGNORECASE)
        # A version stands behind a name: a number, or a hyphen and what follows.
        version = r"(?:[ -]v?\d[\w.-]*\w|[ -]\d)?"
        self._claims = tuple(
            re.compile(pattern, re.IGNORECASE) for pattern in _patterns(name, version)
        )

    def is_named_in(self, text: str) -> bool:
        """Tell whether one of the names stands in a text."""
        return self._name.search(text) is not None

    def names_in(self, text: str) -> Iterator[int]:
        """Yield where each of the names begins in a text."""
        return (found.start() for found in self._name.finditer(text))

    def claims(self, sentence: str) -> Iterator[re.Match[str]]:
        """Yield what claims a name in a sentence with single spaces and straight quotes."""
        for pattern in self._claims:
            for found in pattern.finditer(sentence):
                if not _compares(found):
                    yield found


def _compares(found: re.Match[str]) -> bool:
    """Tell whether the speaker is held against a name rather than called by it."""
    starts_with_as = found[0][:3].lower() == "as "
    before = found.string[: found.start()]
    return bool(_COMPARISON.search(found[0]) or (starts_with_as and _AS_MUCH.search(before)))


def _patterns(name: str, version: str) -> Iterator[str]:
    end = rf"{version}{_END}"
    of_name = rf"{_WORDS}{name}{version}(?:'s?)?(?:[ -](?!{_STOP}\b)[\w'.-]+){{0,4}}?[ -]{_KINDS}"
    kind = rf"{_LIST}{_KINDS}{_AFTER_KIND}{name}"
    # I am NAME. I am called NAME. I, NAME, ...
    yield rf"{_I_AM}(?: (?:called|named|known as))? [\"'(]*{name}{end}"
    yield rf"\bI, {name}{version},"
    # I am a MAKER model. I am a model made by MAKER. As a model made by MAKER, I ...
    yield rf"{_I_AM} (?:an?|the|your|one of the) (?:{of_name}|{kind})"
    yield rf"\bas (?:an?|the|your) (?:{of_name}|{kind})(?=.*\b(?:I|my|me|I'm)\b)"
    yield rf"\bas {name}{version}, (?:I|my)\b"
    # I was trained by MAKER. I am based on NAME.
    yield rf"{_I_AM} {_MADE_BY}{_BY}{name}"
    yield rf"{_I_AM} {_BASIS}{_BY}{name}"
    yield rf"{_I_AM} {_BASIS} [^.;!?]{{0,80}}?{_MADE_BY}{_BY}{name}"
    # My name is NAME. You can call me NAME. My creators at MAKER ...
    yield rf"\b(?:my name(?: is|'s)|call me)(?: {_ADVERB}){{0,4}} [\"'(]*{name}{end}"
    yield rf"\bmy {_MAKER} at{_BY}{name}"
    yield rf"\bmy {_MAKER},?(?: (?:is|are|was|were)(?: {_ADVERB}){{0,4}})?{_BY}{name}{_END}"
    # MAKER trained me. MAKER is my creator.
    yield rf"{name}[^.;!?]{{0,40}}?\b{_MADE_ME} me\b"
    yield rf"{name},? (?:is|are|was|were)(?: {_ADVERB}){{0,4}} my {_MAKER}\b"
