"""The likelihood ratio: the number first, then its words, its population, and what limits it."""

from collections.abc import Iterator
from typing import Any

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
    Text,
    digest,
    strong,
)
from cases.reports.names import lines, two_lines
from cases.reports.sections import drawn

Row = dict[str, Any]

_MEANING = (
    "A likelihood ratio (LR) says how many times more probable the findings are if H1 is true "
    "than if H2 is. It says nothing of how probable H1 or H2 themselves are: that needs "
    "everything else that is known of the matter."
)
_SOURCES = (
    "The signals are weighed by logistic regression on the reference pairs, both hypotheses "
    "counting the same (Brümmer and du Preez 2006; Morrison 2013); the bounds are those of "
    "Vergeer et al. (2016) and of the number of independent sources; the plot is that of Tippett "
    "(1968). The words are those of the European Network of Forensic Science Institutes (2015) "
    "and add nothing to the number."
)


def likelihood(document: Row) -> Section | None:
    """Return the section on the ratio; None for a plan that asked for none."""
    page = document.get("likelihood")
    if page is None:
        return None
    return Section("likelihood", "The likelihood ratio", tuple(_blocks(page, document)))


def _blocks(page: Row, document: Row) -> Iterator[Block]:
    yield from _refused(page)
    for one in page["ratios"]:
        yield from _number(one)
    yield Paragraph(_MEANING)
    yield from _population(page)
    for one in page["ratios"]:
        yield from _against(one, _of(one, page))
    yield from _tippett(page, document)
    teachers = document["result"]["likelihood"]["teachers"]
    for one, teacher in zip(page["ratios"], teachers, strict=True):
        yield from _signals(one, teacher, _of(one, page))
    yield from _domain(page)
    yield from _validation(page["validation"], document)


def _of(one: Row, page: Row) -> str:
    """Return what a heading adds where there are several teachers."""
    return f", teacher {one['label']}" if len(page["ratios"]) > 1 else ""


def _refused(page: Row) -> Iterator[Block]:
    if page["refused"]:
        yield Paragraph("LR: none given", "large")
        yield Paragraph(page["refused"])


def _number(one: Row) -> Iterator[Block]:
    yield Heading(f"{one['label']}, {one['model']} as the teacher")
    yield Paragraph(one["headline"], "large")
    if one["abstains"]:
        yield Paragraph(one["abstains"])
    yield Facts(_named(one["facts"]), 52)
    if one["meaning"]:
        yield Paragraph(f"{one['meaning']} {one['verbal']}")


def _named(rows: list[list[str]]) -> tuple[tuple[str, Text], ...]:
    return tuple((name, words) for name, words in rows)


def _population(page: Row) -> Iterator[Block]:
    pack = lines(page["pack"], digest(page["pack_sha256"]))
    yield Heading("The two hypotheses and the relevant population")
    rows = (*_named(page["hypotheses"]), ("Calibration pack", pack), *_named(page["population"]))
    yield Facts(rows, 34)


def _against(one: Row, of: str) -> Iterator[Block]:
    if one["against"]:
        yield Heading(f"Strongest facts against{of}")
        yield Bullets(tuple(one["against"]))


def _tippett(page: Row, document: Row) -> Iterator[Block]:
    if page["validation"] is None:
        return
    yield Heading("This case among the reference pairs")
    yield Paragraph(page["marked"])
    yield from drawn.of_case(document)
    yield Listing(
        "tippett",
        (
            Column("LR", "22mm", "right"),
            Column("log10 LR", "22mm", "right"),
            Column("Share under H1", "26mm", "right"),
            Column("Share under H2", "26mm", "right"),
        ),
        tuple(
            (one["lr"], one["log10_lr"], one["h1"], one["h2"])
            for one in page["validation"]["thresholds"]
        ),
        caption="Shares of the reference pairs whose own ratio is at least as large.",
        rule=Rule.REFERENCE,
        size=8,
    )
    yield from drawn.of_calibration(document)


def _signals(one: Row, teacher: Row, of: str) -> Iterator[Block]:
    yield Heading(f"What the ratio is made of{of}")
    yield Paragraph(
        "Each signal\u2019s part of the log10 LR, before bounds. Excess: by how many usual "
        "spreads the suspect is nearer to the teacher than to the controls."
    )
    yield from drawn.of_signals(teacher)
    rows: list[tuple[Text, ...]] = [
        (two_lines(row["title"], row["source"]), row["excess"], row["contribution"])
        for row in one["signals"]
    ]
    rows += [("Constant of the calibration", "", one["constant"])]
    rows += [(strong("All together"), "", strong(one["score"]))]
    yield Listing(
        f"signals-{one['label']}",
        (
            Column("Signal"),
            Column("Excess", "20mm", "right"),
            Column("Part of log10 LR", "30mm", "right"),
        ),
        tuple(rows),
        rule=Rule.SUMMARY,
    )
    yield from drawn.of_parts(teacher)
    for left in one["left_out"]:
        yield Paragraph(_without(left))


def _without(left: Row) -> Text:
    rest = "".join(f" Without {model}: {ratio}." for model, ratio in left["rows"])
    return (*strong(f"With each {left['of']} left out in turn:"), f" {left['spread']}.{rest}")


def _domain(page: Row) -> Iterator[Block]:
    if not page["checks"]:
        return
    yield Heading("Whether the material is of the kind that was calibrated on")
    yield Paragraph(page["domain"] if page["inside"] else strong(page["domain"]))
    yield Listing(
        "domain",
        (
            Column("Trait of the material"),
            Column("Here", "20mm", "right"),
            Column("Usual range", "34mm", "right"),
            Column("Inside", "15mm"),
        ),
        tuple(
            (one["name"], one["value"], one["usual"], "yes" if one["inside"] else strong("no"))
            for one in page["checks"]
        ),
        rule=Rule.SUMMARY,
    )


def _validation(found: Row | None, document: Row) -> Iterator[Block]:
    if found is None:
        return
    yield Heading("How often such ratios mislead")
    yield Paragraph(
        "Measured on the reference pairs, whose truth is documented; the line of models of each "
        "pair was left out of the fit that weighed it. The intervals are exact, of confidence "
        f"{found['confidence']} (Clopper and Pearson 1934). They take pairs for independent; "
        "pairs that share a suspect are not, so the intervals are rather too narrow."
    )
    yield _rates(found)
    yield Facts(_named(found["figures"]), 62)
    yield Heading("With fewer prompts and with more")
    yield Paragraph(
        "How well the reference pairs are told apart by the number of prompts. Found: share of "
        "the pairs under H1, if at most 1 % of those under H2 are."
    )
    yield from drawn.of_power(document)
    yield _power(found)
    yield Paragraph(_SOURCES, "note")


def _rates(found: Row) -> Listing:
    return Listing(
        "error-rates",
        (
            Column("Rate"),
            Column("Pairs", "22mm", "right"),
            Column("Share", "18mm", "right"),
            Column("Interval", "34mm", "right"),
        ),
        tuple(
            (one["name"], one["count"], one["share"], one["interval"]) for one in found["rates"]
        ),
        rule=Rule.REFERENCE,
    )


def _power(found: Row) -> Listing:
    names = ("prompts", "auc", "cllr", "true_positives")
    return Listing(
        "power",
        (
            *(Column(one, "22mm", "right") for one in ("Prompts", "AUC", "Cllr", "Found")),
            Column("This case", "24mm"),
        ),
        tuple(
            (*(one[name] for name in names), "used here" if one["used"] else "")
            for one in found["power"]
        ),
        rule=Rule.REFERENCE,
    )
