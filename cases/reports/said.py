"""Whether a document says more than it may: the rules of words, held over its blocks and prints.

What is quoted in it, such as an answer in a transcript or the text of a clause, is somebody
else's and is not judged.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cases.reports.artefacts import Artefact
from cases.reports.blocks import (
    Blanks,
    Block,
    Bullets,
    Facts,
    Figure,
    Heading,
    Listing,
    Pair,
    Paragraph,
    Span,
    Steps,
    Text,
    spans,
    texts,
    within,
)
from cases.rules.words import Problem, problems_in

# What a person wrote is judged; a digest, and what machines and other people wrote, is not.
_OF_OTHERS = frozenset({"quote", "shared", "digest", "code"})


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase that must not stand in a document, and where it stands."""

    place: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def problems_of(artefact: Artefact) -> list[Said]:
    """Return every phrase of a document that must not stand in it, its quotations left aside."""
    return [
        Said(place, problem)
        for place, text in _passages(artefact)
        for problem in problems_of_text(text)
    ]


def problems_of_text(text: Text) -> list[Problem]:
    """Return what must not be said in a text of spans, its quotations left aside."""
    whole, quoted = "", []
    for one in spans(text):
        if one.style in _OF_OTHERS:
            quoted.append((len(whole), len(whole) + len(one.text)))
        whole += one.text
    return problems_in(whole, quoted)


def quotations_of(artefact: Artefact) -> tuple[str, ...]:
    """Return the texts in a document that are somebody else's."""
    found = (one for section in artefact.sections for one in texts(section.blocks))
    return tuple(one.text for one in found if one.style in _OF_OTHERS)


def phrases_of(quotations: Iterable[str]) -> Counter[str]:
    """Return how often each phrase that must not be said stands in quotations."""
    return Counter(_bare(one.phrase) for each in quotations for one in problems_in(each))


def problems_in_print(text: str, quoted: Counter[str]) -> list[Problem]:
    """Return what must not be said in the text read out of a print, or of one page of it.

    A print does not say what is quoted in it: a phrase is taken for quoted as often as `quoted`
    counts it, and is taken off that count.
    """
    found = []
    for one in problems_in(text):
        phrase = _bare(one.phrase)
        if quoted[phrase]:
            quoted[phrase] -= 1
        else:
            found.append(one)
    return found


def _bare(phrase: str) -> str:
    return "".join(one for one in phrase.casefold() if one.isalnum())


def _passages(artefact: Artefact) -> Iterator[tuple[str, Text]]:
    """Yield every text with the title of its section; names stand before their values."""
    for text in (artefact.title, artefact.head, artefact.mark, artefact.designation):
        yield "front", text
    yield from (("front", one) for one in _texts(artefact.about))
    for section in artefact.sections:
        yield section.title, section.title
        for block in within(section.blocks):
            yield from ((section.title, one) for one in _texts(block))


def _texts(block: Block) -> Iterable[Text]:
    """Return the texts of one block; blocks in a box come by themselves."""
    return _TEXTS[type(block)](block) if type(block) in _TEXTS else ()


def _of_listing(one: Listing) -> Iterator[Text]:
    yield from (column.title for column in one.columns)
    yield from map(_row, one.rows)
    yield one.caption


def _row(cells: tuple[Text, ...]) -> Text:
    out: list[Span | str] = []
    for cell in cells:
        out += [*((": ",) if out else ()), *spans(cell)]
    return tuple(out)


_TEXTS: dict[type, Callable[[Any], Iterable[Text]]] = {
    Heading: lambda one: (one.text,),
    Paragraph: lambda one: (one.text,),
    Facts: lambda one: map(_row, one.rows),
    Bullets: lambda one: one.items,
    Steps: lambda one: one.items,
    Listing: _of_listing,
    Figure: lambda one: (one.chart.title, one.chart.alt, one.caption),
    Pair: lambda one: (one.head, one.left.title, one.right.title),
    Blanks: lambda one: one.names,
}
