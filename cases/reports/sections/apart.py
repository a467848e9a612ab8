"""What is counted apart from the likelihood ratio: canaries, self-identity, errors, watermarks."""

from collections.abc import Iterator
from typing import Any

from cases.reports.apart import Count, counts_of
from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Rule,
    Section,
    Span,
    quote,
    strong,
)

_APART = (
    "Evidence of another kind. None of it is part of the likelihood ratio or of the comparison by "
    "rank, and no count is added to another. What was looked for and not found stands here as "
    "well. The intervals of counts are those of Clopper and Pearson (1934)."
)


def apart(document: dict[str, Any]) -> Section | None:
    """Return the separate counts; None for a result from before there were any."""
    found = counts_of(document["result"])
    if found is None:
        return None
    blocks: list[Block] = [Paragraph(_APART), Bullets(found.limits)]
    for number, one in enumerate(found.counts, start=1):
        blocks += _count(one, number)
    return Section("apart", "Counted apart", tuple(blocks))


def _count(one: Count, number: int) -> Iterator[Block]:
    yield Heading(f"{one.title} (teacher {one.about})" if one.about else one.title)
    if one.why:
        yield Paragraph((*strong("Not counted."), f" {one.why}"))
        return
    yield Paragraph(strong(one.headline))
    yield Facts((*one.hypotheses, *one.facts), 22)
    yield from (Paragraph(note, "note") for note in one.notes)
    yield _lines(one, number)
    for passage in one.passages:
        where = Span(f"{passage.where}: {passage.what}. ", "quiet")
        yield Paragraph((where, *quote(passage.text)))
    yield Bullets(one.limits)


def _lines(one: Count, number: int) -> Listing:
    return Listing(
        f"count-{number}",
        (
            Column("Exhibit"),
            Column("What", "1.4fr"),
            Column("Count", "21mm", "right"),
            Column("Share or value", "18mm", "right"),
            Column("Interval", "27mm", "right"),
            Column("p", "11mm", "right"),
        ),
        tuple(
            (line.who, line.what, line.count, line.share, line.interval, line.p_value)
            for line in one.lines
        ),
        rule=Rule.SUMMARY,
        size=8,
    )
