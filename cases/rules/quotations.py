"""Where a text quotes: only what it introduces as the words of a source is taken for quoted.

A word in quotation marks alone is no quotation: whoever writes that findings "prove" it has
written so.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

_WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))[
    "quotation"
]
_INTRODUCED = re.compile(rf"\b(?:{_WORDS['introduced']})\b|\u00a7", re.IGNORECASE)
_MENTIONED = re.compile(rf"\b(?:{_WORDS['mentioned']})[,:]? ?$", re.IGNORECASE)
_AND = re.compile(r",?\s*(?:and|or|nor)?\s*")
_QUOTED = re.compile(
    '\u201c[^\u201c\u201d]{1,4000}\u201d|\u00ab[^\u00ab\u00bb]{1,4000}\u00bb|"[^"]{1,4000}"'
)
_BLOCK = re.compile(r"(?:^[ \t]*>.*(?:\n|\Z))+", re.MULTILINE)
_FROM = 120
# A mention is short; what a source says is a part of a sentence.
_FEW_WORDS = 10
_PART = 4


def quotations_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where a text quotes a source, or mentions words as words."""
    mentioned = -1
    for one in _QUOTED.finditer(text):
        before = _same_sentence(text[max(0, one.start() - _FROM) : one.start()])
        words = len(one.group().split())
        again = _AND.fullmatch(text, max(mentioned, 0), one.start())
        if words <= _FEW_WORDS and (_MENTIONED.search(before) or again):
            mentioned = one.end()
            yield one.span()
        elif words >= _PART and _INTRODUCED.search(before):
            yield one.span()
    yield from _block_quotations(text)


def _block_quotations(text: str) -> Iterator[tuple[int, int]]:
    for one in _BLOCK.finditer(text):
        line = text[: one.start()].rstrip().rpartition("\n")[2]
        if line.endswith(":") and _INTRODUCED.search(line):
            yield one.span()


def _same_sentence(before: str) -> str:
    return re.split(r"[.!?]\s", before)[-1]
