"""What every document is made of: blocks of raw text, which each printer draws in its own way.

Nothing here is markup. A printer makes the text harmless for its own format.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Literal

from cases.reports.chart import Chart

Style = Literal["", "strong", "quiet", "digest", "code", "shared", "quote", "section"]
Align = Literal["left", "right"]


class Rule(StrEnum):
    """As what a table or figure is offered under the Federal Rules of Evidence."""

    SUMMARY = "Rule 1006: a summary of the exhibits; the schedules name each record of them"
    REFERENCE = "Rule 107: it tells of the reference population, whose records are no exhibits"
    ILLUSTRATIVE = "Rule 107: an illustrative aid, not evidence"


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look; of the style "section" it names the section with the key `to`.

    A "quote" is the text of somebody else, such as an answer in a transcript.
    """

    text: str
    style: Style = ""
    to: str = ""


Text = str | tuple[Span | str, ...]


def spans(text: Text) -> Iterator[Span]:
    """Yield the spans of a text."""
    for one in (text,) if isinstance(text, str) else text:
        yield Span(one) if isinstance(one, str) else one


def plain(text: Text) -> str:
    """Return a text without its looks."""
    return "".join(one.text for one in spans(text))


def strong(text: str) -> tuple[Span]:
    """Return a text that stands out."""
    return (Span(text, "strong"),)


def quiet(text: str) -> tuple[Span]:
    """Return a text that stands back."""
    return (Span(text, "quiet"),)


def digest(hexadecimal: str) -> tuple[Span]:
    """Return a digest, which is set letter by letter."""
    return (Span(hexadecimal, "digest"),)


def quote(text: str) -> tuple[Span]:
    """Return the words of somebody else."""
    return (Span(text, "quote"),)


def section(key: str) -> Span:
    """Return a reference to a section, whose number is filled in when sections are numbered."""
    return Span("", "section", key)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, a note in small, or a line in large."""

    text: Text
    size: Literal["", "note", "large"] = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, with a column of so many millimetres for the names."""

    rows: tuple[tuple[str, Text], ...]
    width: int = 40


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """A numbered list."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; the width is as Typst writes it: "1fr", "20mm", "auto".

    Of a dense table, `mono` sets what stands in the column letter by letter.
    """

    title: str
    width: str = "1fr"
    align: Align = "left"
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A table; its key names it in exports, unique in a document, and `wide` lies on its side.

    A `dense` one has thousands of short rows, drawn at a fraction of the memory: plain strings.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    caption: Text = ""
    rule: Rule | None = None
    size: float = 8.5
    wide: bool = False
    dense: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, with its data as a table after it where it does not stand elsewhere."""

    chart: Chart
    caption: Text
    rule: Rule = Rule.ILLUSTRATIVE
    table: Listing | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One side of a matched pair: what it is, and its answer in spans."""

    title: Text
    answer: Text


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers side by side under their prompt; a short one stays on one page."""

    head: Text
    prompt: Text
    left: Answered
    right: Answered
    short: bool


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines with names that a person fills by hand."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Two boxes side by side."""

    left: "tuple[Block, ...]"
    right: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class Boxed:
    """Blocks in a frame that stays on one page."""

    blocks: "tuple[Block, ...]"


Block = (
    Heading
    | Paragraph
    | Facts
    | Bullets
    | Steps
    | Listing
    | Figure
    | Pair
    | Blanks
    | PageBreak
    | Sides
    | Boxed
)


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered section; its key is what others refer to."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


def numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the sections with every reference filled in; raises KeyError for one to nowhere."""
    numbers = {one.key: number for number, one in enumerate(sections, start=1)}
    return tuple(_filled(one, numbers) for one in sections)


def _filled(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, Span):
        named = value.style == "section"
        return replace(value, text=f"section {numbers[value.to]}") if named else value
    if isinstance(value, tuple):
        return tuple(_filled(one, numbers) for one in value)
    if isinstance(value, Block | Answered | Section):
        parts = {one.name: _filled(getattr(value, one.name), numbers) for one in fields(value)}
        return replace(value, **parts)
    return value


def within(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield every block, also those in boxes and the tables of figures, in reading order."""
    for one in blocks:
        yield one
        if isinstance(one, Sides):
            yield from within(one.left)
            yield from within(one.right)
        elif isinstance(one, Boxed):
            yield from within(one.blocks)
        elif isinstance(one, Figure) and one.table:
            yield one.table


def texts(value: Any) -> Iterator[Span]:
    """Yield every span that a block prints, in reading order; of a chart its alternative text.

    Strings that are keys, widths or looks are none.
    """
    if isinstance(value, Span | str):
        yield from spans((value,))
    else:
        for one in _parts(value):
            yield from texts(one)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Chart):
        return (value.alt,)
    if isinstance(value, Block | Column | Answered | Section):
        return [getattr(value, one.name) for one in fields(value) if one.name not in _SILENT]
    return ()


_SILENT = frozenset(
    {"key", "width", "align", "size", "wide", "short", "rule", "new_page", "dense", "mono"}
)
