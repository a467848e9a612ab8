"""Limits of the finding in its own numbers, what is not known, and what would change it."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import (
    Bullets,
    Column,
    Heading,
    Listing,
    Paragraph,
    Section,
    Text,
    section,
)
from cases.reports.names import on_one_line
from cases.reports.sections.hanging import rows

Row = dict[str, Any]

_COLUMNS = (
    Column("What the numbers hang on", "32mm"),
    Column("In this case", "1.2fr"),
    Column("What would change the conclusion"),
)


def limitations(document: Row) -> Section:
    """Return the limits of this case and what it lacks."""
    return Section(
        "limitations",
        "Limits, and what would change the conclusion",
        (
            Listing("limits", _COLUMNS, tuple(rows(document))),
            Heading("What is not held"),
            Bullets(tuple(_lacking(document))),
            Paragraph(
                (
                    "What each alternative explanation would need stands in ",
                    section("alternatives"),
                    ".",
                ),
                "note",
            ),
        ),
    )


def _lacking(document: Row) -> Iterator[Text]:
    yield from _undeclared(document["plan"])
    yield from _of_custody(document)
    yield from _left_out(document["exhibits"])
    yield (
        "With which settings, under which system prompt and through which service each model was "
        "asked: not in the exhibits as they are compared. Other settings may give other answers."
    )


def _left_out(exhibits: list[Row]) -> Iterator[str]:
    with_some = [one for one in exhibits if one["left_out"]]
    if not with_some:
        return
    counts = ", ".join(f"{one['left_out']:,} of {one['label']}" for one in with_some)
    yield (
        f"Records that were left out, each with its reason in the matter: {counts}. What they "
        "would show is not known."
    )


def _undeclared(plan: Row) -> Iterator[str]:
    """Yield what nobody declared, and what stays open for it."""
    asserted = plan.get("asserted", {})
    declared = asserted.get("declared", ())
    ties = {one["tie"] for one in declared}
    absent = {
        "No second run of a teacher: whether the suspect is the teacher itself stays open.": (
            "second_run" in ties
        ),
        "No control that is declared to be tuned from the suspect's base model: whether one base "
        "explains the likeness stays open.": "same_base" in ties,
        "No families of controls: each control is taken for independent of the others. If some "
        "are of one maker or one base, there are fewer than their number.": any(
            one.get("family") for one in declared
        ),
        "No dates of release: whether the suspect is later than the teacher is not held.": any(
            one["released"] for one in declared
        ),
        "No further names of a teacher or its maker: claims of identity were looked for under the "
        "name of its file alone.": any(one["names"] for one in declared),
        "No strings planted by a teacher.": bool(asserted.get("canaries")),
        "No right answers to the prompts: shared errors could not be told from shared "
        "knowledge.": bool(asserted.get("gold")),
        "No key of a watermark.": bool(asserted.get("marks")),
    }
    yield from (said for said, there in absent.items() if not there)


def _of_custody(document: Row) -> Iterator[Text]:
    if problems := document["custody_problems"]:
        told = on_one_line(problems[0], 400)
        yield (f"The chain of custody does not hold: {told} See ", section("custody"), ".")
    if not _is_stamped(document["checkpoint"]):
        yield (
            "No independent time-stamp over the ledger: every time rests on the clock of the "
            "computer that ran the software."
        )
    if not _is_stamped(document["plan_checkpoint"]):
        yield (
            "No independent time-stamp over the sealed plan: that it came before the result rests "
            "on the ledger alone."
        )


def _is_stamped(checkpoint: Row | None) -> bool:
    return checkpoint is not None and any(one["independent"] for one in checkpoint["stamps"])
