"""Schedule 3: the mean similarity of every two exhibits, with the rows it is computed from."""

from itertools import combinations
from typing import Any

from cases.reports.blocks import (
    Block,
    Column,
    Heading,
    Listing,
    Paragraph,
    Rule,
    Section,
    Text,
)
from cases.reports.pointers import Pointers, json_pointer
from cases.reports.schedules.common import PLACES, facts_of

Row = dict[str, Any]

_COLUMNS = (
    Column("Exhibits", "20mm"),
    Column("Mean", "17mm", "right"),
    Column("Place in results.json", "48mm"),
    Column("SHA-256 of its rows", mono=True),
)
_FORMULA = (
    "Each mean is that, over all matched prompts, of the cosine of the two answers to the prompt: "
    "the dot product of their vectors, which have unit length and stand in the bundle under the "
    "SHA-256 of the answer. It is rounded to six decimals."
)
_ROWS_DIGEST = (
    "The SHA-256 beside a mean names the rows of Schedule 2 that it is computed from: it is that "
    "of the canonical JSON (RFC 8785) of an array with one element for each matched prompt, in "
    "order, which is the array of the two exhibits' pointers, each written exhibit:record:SHA-256 "
    "of the answer."
)


def schedule_3(document: Row, pointers: Pointers) -> Section:
    """Return the means, those with the suspect first."""
    found = document["result"]["similarity"]
    labels = found["labels"]
    pairs = list(combinations(range(len(labels)), 2))
    first = [pair for pair in pairs if pair[0] == 0]
    others = [pair for pair in pairs if pair[0] != 0]
    asked = document["result"]["matched_prompts"]
    blocks: list[Block] = [
        facts_of(
            document,
            f"the mean similarity of every two of {len(labels)} exhibits",
            asked * len(labels),
            "rows of Schedule 2",
        ),
        *(Paragraph(text) for text in (_FORMULA, _ROWS_DIGEST, PLACES)),
    ]
    for key, title, some in (
        ("schedule-3a", "Suspect and each candidate", first),
        ("schedule-3b", "Every two of the others", others),
    ):
        rows = tuple(_mean(found, pair, pointers) for pair in some)
        listing = Listing(key, _COLUMNS, rows, rule=Rule.SUMMARY, size=7.5, dense=True)
        blocks += [Heading(title), listing]
    return Section("schedule-3", "Schedule 3: mean similarities", tuple(blocks))


def _mean(found: Row, pair: tuple[int, int], pointers: Pointers) -> tuple[Text, ...]:
    labels = [found["labels"][place] for place in pair]
    return (
        " and ".join(labels),
        f"{found['mean_cosine'][pair[0]][pair[1]]:.6f}",
        json_pointer("result", "similarity", "mean_cosine", *pair),
        pointers.digest(labels),
    )
