"""Edits by which somebody may hide where an answer came from, each a repeatable function.

None is as strong as a good paraphrase by a language model: a method that an edit here defeats is
weak, one that withstands them all is not thereby shown to withstand paraphrase. The tables are for
English, and code within an answer is edited as prose is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np

from audit.analysis.trials.markdown import plain_prose
from audit.analysis.trials.pieces import Line, cut
from audit.analysis.trials.reordering import reorder_blocks, reorder_sentences, shuffle_words
from audit.analysis.trials.synonyms import synonyms
from audit.analysis.trials.translation import translation_noise

_WORD = re.compile(r"\S+")
_SUN = "Sun et al. 2025, Idiosyncrasies in Large Language Models"
_KRISHNA = "Krishna et al. 2023, Paraphrasing evades detectors of AI-generated text"
_DUGAN = "Dugan et al. 2024, RAID: a shared benchmark of detectors of machine-generated text"
_OWN = "This project"


@dataclass(frozen=True, slots=True)
class Edit:
    """One way to rework an answer; called with the text and a generator, it returns the new text.

    The same text and the same state of the generator give the same result. A text without words
    is returned as it is, and so is one of which the edit would leave nothing.
    """

    change: Callable[[str, np.random.Generator], str]
    description: str
    source: str

    def __call__(self, text: str, rng: np.random.Generator) -> str:
        """Return the text as changed by the edit; time grows with its length and no faster."""
        if not text.strip():
            return text
        changed = self.change(text, rng)
        return changed if changed.strip() else text


def strip_markdown(text: str, _rng: np.random.Generator) -> str:
    """Return the text as plain prose; see `plain_prose`."""
    return plain_prose(text)


def truncate(
    text: str, _rng: np.random.Generator, *, share: float = 0.5, most_words: int | None = None
) -> str:
    """Return the first `share` of the words, rounded up, and at most `most_words` of them."""
    ends = [word.end() for word in _WORD.finditer(text)]
    kept = min(ceil(share * len(ends)), len(ends) if most_words is None else most_words)
    return text[: ends[kept - 1]] if kept > 0 else ""


def drop_opening(text: str, _rng: np.random.Generator) -> str:
    """Return the text without its first sentence or heading; nothing if there is one only."""
    lines = text.split("\n")
    place = next((place for place, line in enumerate(lines) if cut(line).sentences), None)
    if place is None:
        return ""
    line = cut(lines[place])
    rest = Line(line.lead, line.sentences[1:], line.gaps[1:])
    kept = [rest.text()] if rest.sentences else []
    return "\n".join([*kept, *lines[place + 1 :]]).lstrip("\r\n")


def drop_closing(text: str, _rng: np.random.Generator) -> str:
    """Return the text without its last sentence; nothing if there is one only."""
    lines = text.split("\n")
    while lines and not cut(lines[-1]).sentences:
        lines.pop()
    if not lines:
        return ""
    line = cut(lines.pop())
    rest = Line(line.lead, line.sentences[:-1], line.gaps[:-1])
    kept = [rest.text()] if rest.sentences else []
    return "\n".join([*lines, *kept]).rstrip()


def combined(text: str, rng: np.random.Generator) -> str:
    """Return the text after the edits of `COMBINED` in turn."""
    for name in COMBINED:
        text = EDITS[name](text, rng)
    return text


# The opening goes first, while it stands first; the blocks move while the lists can be seen.
COMBINED = (
    "drop_opening",
    "reorder_blocks",
    "strip_markdown",
    "reorder_sentences",
    "synonyms",
    "translation_noise",
)

EDITS: dict[str, Edit] = {
    "synonyms": Edit(synonyms, "A fifth of the content words replaced by synonyms.", _KRISHNA),
    "reorder_sentences": Edit(
        reorder_sentences, "The sentences of each line in another order.", _KRISHNA
    ),
    "reorder_blocks": Edit(
        reorder_blocks, "Paragraphs, and the items of lists, in another order.", _KRISHNA
    ),
    "strip_markdown": Edit(
        strip_markdown, "Headings, lists, tables, bold and code marks made plain prose.", _SUN
    ),
    "truncate": Edit(truncate, "The first half of the words kept.", _OWN),
    "truncate_to_50_words": Edit(
        partial(truncate, share=1.0, most_words=50), "The first 50 words kept.", _OWN
    ),
    "drop_opening": Edit(drop_opening, "The first sentence or heading left out.", _OWN),
    "drop_closing": Edit(drop_closing, "The last sentence left out.", _OWN),
    "translation_noise": Edit(
        translation_noise,
        "Small words, spelling, numerals and marks changed.",
        f"{_SUN}; {_DUGAN}",
    ),
    "shuffle_words": Edit(shuffle_words, "The words of each sentence in random order.", _SUN),
    "combined": Edit(combined, f"In turn: {', '.join(COMBINED)}.", _OWN),
}
