"""An index by what courts and standards ask: where it is answered here, and what is not supplied.

It is a way through the report. It says of no rule that it is met: that is for expert and court.
"""

import json
from importlib.resources import files
from typing import Any

from audit.analysis.digests import digest_of
from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Section,
    Span,
    Text,
    digest,
    quote,
    section,
)

Row = dict[str, Any]


_WORDS = json.loads(files("cases.reports.sections").joinpath("standards.json").read_text("utf-8"))
_COLUMNS = (
    Column("What is asked"),
    Column("Where in this report", "1fr"),
    Column("What this report does not supply"),
)


def standards(document: Row) -> Section:
    """Return the index, the standards that the structure follows, and the scale of words."""
    return Section(
        "standards",
        "What courts and standards ask, and where it stands",
        (
            Paragraph(
                "This index shows where each question is taken up. It does not say that any is "
                "answered well enough; that is for the expert who adopts the report and for the "
                "court."
            ),
            *(block for one in _WORDS["indexes"] for block in _index(one)),
            Heading("What the structure follows"),
            Bullets(tuple(_WORDS["structure"])),
            Paragraph(
                "That these are followed is the intent of the makers; conformity has not been "
                "assessed by anybody.",
                "note",
            ),
            *_scale(document),
        ),
    )


def _index(one: Row) -> tuple[Block, ...]:
    rows = tuple(
        (
            quote(row["asked"]) if one["verbatim"] else row["asked"],
            _places(row["where"]),
            row["lacks"],
        )
        for row in one["rows"]
    )
    return (Heading(one["title"]), Listing(one["key"], _COLUMNS, rows))


def _places(where: list[tuple[str, str]]) -> Text:
    """Return where something is answered, from words and keys of sections."""
    out: list[Span | str] = []
    for words, key in where:
        out += [f"{'; ' if out else ''}{words}: ", section(key)]
    return tuple(out)


def _scale(document: Row) -> tuple[Block, ...]:
    """Return the scale of words as the report was frozen with it; nothing without a ratio."""
    scale = document.get("scale")
    if scale is None:
        return ()
    return (
        Heading("The scale of words"),
        Paragraph(
            "The number is always given first; the word after it adds nothing to the number and "
            f"never stands alone. {scale['note']}"
        ),
        Listing(
            "scale-of-words",
            (Column("LR, or 1/LR for H2", "60mm"), Column("Word for the support")),
            tuple(_bands(scale)),
            caption=scale["citation"],
        ),
        Facts((("Version", scale["version"]), ("SHA-256", digest(digest_of(scale)))), 20),
    )


def _bands(scale: Row) -> list[tuple[Text, ...]]:
    rows: list[tuple[Text, ...]] = [(f"below {scale['least']:,}", "none for either hypothesis")]
    start = f"from {scale['least']:,}"
    for one in scale["bands"]:
        end = f", up to {one['up_to']:,}" if one["up_to"] else ""
        rows.append((f"{start}{end}", one["word"]))
        start = f"above {one['up_to']:,}" if one["up_to"] else ""
    return rows
