"""The sentences, blocks or words of an answer in another order."""

import re
from itertools import chain

import numpy as np

from audit.analysis.trials.pieces import Line, cut, is_ended

_BLANK = re.compile(r"(\n[^\S\n]*+(?:\n[^\S\n]*+)++)")
_ITEM = re.compile(r"(?m)^((?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)")
_SPACE = re.compile(r"(\s+)")


def reorder_sentences(text: str, rng: np.random.Generator) -> str:
    """Return the text with the sentences of each line in another order, drawn at random.

    Bullets, numbers and white space keep their places; so does a last sentence without a closing
    mark, which could not stand elsewhere. The sentences are kept, none is changed.
    """
    return "\n".join(_with_sentences_moved(cut(line), rng) for line in text.split("\n"))


def reorder_blocks(text: str, rng: np.random.Generator) -> str:
    """Return the text with its paragraphs, and the items of each list, in another order.

    A list is one block with all its items, and a block that ends in a colon or is a heading stays
    with the block behind it. The numbers of a list keep their order, the items change places.
    """
    blocks, gaps = _blocks(text)
    moved = [_with_items_moved(blocks[place], rng) for place in rng.permutation(len(blocks))]
    return "".join(chain.from_iterable(zip(moved, [*gaps, ""], strict=True)))


def shuffle_words(text: str, rng: np.random.Generator) -> str:
    """Return the text with the words of each sentence in another order, drawn at random.

    Words are runs without white space, so that marks move with their word; the words are kept
    and their order is lost (Sun et al. 2025).
    """
    return "\n".join(_with_words_moved(cut(line), rng) for line in text.split("\n"))


def _with_sentences_moved(line: Line, rng: np.random.Generator) -> str:
    count = len(line.sentences)
    free = count if count and is_ended(line.sentences[-1]) else max(count - 1, 0)
    moved = (*(line.sentences[place] for place in rng.permutation(free)), *line.sentences[free:])
    return Line(line.lead, moved, line.gaps).text()


def _with_words_moved(line: Line, rng: np.random.Generator) -> str:
    moved = tuple(_shuffled(sentence, rng) for sentence in line.sentences)
    return Line(line.lead, moved, line.gaps).text()


def _shuffled(sentence: str, rng: np.random.Generator) -> str:
    words = _SPACE.split(sentence)
    shown = words[::2]
    words[::2] = [shown[place] for place in rng.permutation(len(shown))]
    return "".join(words)


def _blocks(text: str) -> tuple[list[str], list[str]]:
    """Return the blocks that may change places and the blank lines between them."""
    first, *rest = _BLANK.split(text)
    blocks: list[list[str]] = [[first]]
    gaps = []
    for gap, block in zip(rest[::2], rest[1::2], strict=True):
        if _belong_together(blocks[-1][-1], block):
            blocks[-1] += [gap, block]
        else:
            blocks.append([block])
            gaps.append(gap)
    return ["".join(pieces) for pieces in blocks], gaps


def _belong_together(block: str, following: str) -> bool:
    """Say whether the block leads on to the next: a heading, a colon, one list in both."""
    indented = (" ", "\t")
    in_list = block.startswith(indented) or _ITEM.search(block)
    goes_on = following.startswith(indented) or _ITEM.match(following)
    last = block[block.rfind("\n") + 1 :]
    leads_on = last.startswith("#") or last.rstrip("*_ ").endswith(":")
    return leads_on or bool(in_list and goes_on)


def _with_items_moved(block: str, rng: np.random.Generator) -> str:
    """Return the block with the items of its list in another order, their marks in place."""
    before, *rest = _ITEM.split(block)
    marks, items = rest[::2], rest[1::2]
    bare = [item.rstrip() for item in items]
    ends = [item[len(words) :] for item, words in zip(items, bare, strict=True)]
    moved = (bare[place] for place in rng.permutation(len(bare)))
    return before + "".join(chain.from_iterable(zip(marks, moved, ends, strict=True)))
