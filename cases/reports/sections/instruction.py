"""Who asked what: the scope of instruction, what counsel supplied, and what was not asked."""

from typing import Any

from cases.reports.blocks import Block, Bullets, Facts, Heading, Paragraph, Section, Text, quote
from cases.reports.names import moment, on_one_line
from cases.reports.names import question as cut

Row = dict[str, Any]

_NO_SCOPE = "None is held. The question above is all that is known of the instruction."
_NO_ASSUMPTIONS = "None held: no assumption by counsel was entered for this report."
_AS_TYPED = (
    "Word for word as they were entered, one to a line. Nothing here has checked them, and no "
    "number rests on them."
)
_NOT_ASKED = (
    (
        "In which direction anything passed from one model to the other, if it did: likeness is "
        "the same both ways."
    ),
    "By whom, when, through which accounts or by which route outputs were obtained.",
    "Which terms applied, whether they allow the act, and whether anybody acted against them.",
    "How much any training contributed to what the suspect can do, or what it is worth.",
    "How probable either hypothesis is. That rests on evidence that is not in this report.",
)


def instruction(document: Row) -> Section:
    """Return the question, by whom it was asked, and within what."""
    texts = (document["filing"] or {"texts": {}})["texts"]
    return Section(
        "instruction",
        "The instruction",
        (
            Facts(_asked(document), 40),
            Heading("Scope of the instruction"),
            *_typed(texts.get("scope", ""), _NO_SCOPE),
            Heading("Assumptions supplied by counsel"),
            *_assumptions(texts.get("assumptions", "")),
            Heading("What was not asked and is not answered"),
            Bullets(_NOT_ASKED),
            *_remarks(texts.get("remarks", "")),
        ),
    )


def _asked(document: Row) -> tuple[tuple[str, Text], ...]:
    finding, asked = document["finding"], document["matter"]["question"]
    rows: list[tuple[str, Text]] = [
        ("Question", quote(cut(asked))),
        ("Asked by", f"{on_one_line(finding['asked_by'])}, {moment(finding['asked_at'])}"),
        ("Finding", f"{finding['number']} in this matter"),
    ]
    # Documents from before there were watches do not say.
    if record := finding.get("record"):
        rows.append(("How it came about", record))
    if (sealed := document["plan"]["question"]) != asked:
        rows.append(("Question sealed in the plan", quote(cut(sealed))))
    return tuple(rows)


def _typed(text: str, otherwise: str) -> tuple[Block, ...]:
    return tuple(Paragraph(quote(one)) for one in _lines(text)) or (Paragraph(otherwise),)


def _assumptions(text: str) -> tuple[Block, ...]:
    given = _lines(text)
    if not given:
        return (Paragraph(_NO_ASSUMPTIONS),)
    return (Paragraph(_AS_TYPED, "note"), Bullets(tuple(map(quote, given))))


def _remarks(text: str) -> tuple[Block, ...]:
    given = _lines(text)
    return (Heading("Remarks of the author"), *_typed(text, "")) if given else ()


def _lines(text: str) -> list[str]:
    return [one for one in text.splitlines() if one.strip()]
