"""Matched pairs side by side. They illustrate; no test rests on them."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import (
    Answered,
    Block,
    Heading,
    Pair,
    Paragraph,
    Rule,
    Section,
    Span,
    Text,
    strong,
)
from cases.reports.passages import pairs

Row = dict[str, Any]


def matched_pairs(document: Row) -> Section:
    """Return the drawn pairs of each teacher."""
    return Section(
        "pairs",
        "Matched pairs, drawn and not picked",
        (Paragraph(_drawn(document["plan"]["parameters"])), *_blocks(document)),
    )


def _drawn(parameters: Row) -> str:
    return (
        f"The seed {parameters['seed']} of the sealed plan drew these prompts from all that are "
        "compared, before any answer to them was looked at; nobody picked them. Underlined with a "
        f"light ground are passages of at least {parameters['least_shared_words']} words that "
        "both answers have and the prompt has not. Characters that cannot be seen are named, as "
        "in \u2039U+202E\u203a, and characters for which a printer has no glyph stand as \u25a1; "
        f"the text itself is in results.json. {Rule.ILLUSTRATIVE}."
    )


def _blocks(document: Row) -> Iterator[Block]:
    for teacher in pairs(document):
        yield Heading(f"Suspect and {teacher['label']}, {teacher['model']}")
        count = len(teacher["pairs"])
        for place, one in enumerate(teacher["pairs"], start=1):
            yield _pair(one, f"Pair {place} of {count}.")


def _pair(one: Row, name: str) -> Pair:
    suspect, teacher = one["sides"]
    return Pair(
        head=(*strong(name), f" Cosine {one['cosine']}, shared passages {one['passages']}"),
        prompt=_prompt(one),
        left=Answered(f"Suspect, record {suspect['record']}", _answer(suspect)),
        right=Answered(f"Teacher, record {teacher['record']}", _answer(teacher)),
        short=one["short"],
    )


def _prompt(one: Row) -> Text:
    said = [Span("Prompt ", "quiet"), *_quoted(one["prompt"])]
    if one["teacher_prompt"]["text"]:
        said += [
            Span("\nIn the teacher\u2019s exhibit ", "quiet"),
            *_quoted(one["teacher_prompt"]),
        ]
    return tuple(said)


def _quoted(prompt: Row) -> Iterator[Span]:
    yield Span(prompt["text"], "quote")
    if prompt["cut"]:
        yield Span(" \u2026 [cut, longer in results.json]", "quiet")


def _answer(side: Row) -> Text:
    pieces = [
        Span(text, "shared" if marked else "quote") for text, marked in side["pieces"] if text
    ]
    if not pieces and not side["cut"]:
        return (Span("empty answer", "quiet"),)
    cut = [Span(f"\n[{side['cut']}]", "quiet")] if side["cut"] else []
    return (*pieces, *cut)
