"""The separate counts and what was asserted in words, the same on the page and in the PDF."""

from dataclasses import dataclass
from typing import Any

from cases.reports.figures import decimals

Row = dict[str, Any]
Fact = tuple[str, str]

_TIES = {
    "second_run": "a second run of {}",
    "version": "a version of {}",
    "same_base": "tuned from the suspect's base model",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a count as it is printed; what there is none of is empty."""

    who: str
    what: str
    count: str
    share: str
    interval: str
    p_value: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was counted, or looked at: where it stands, what it is, and its words."""

    where: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """A separate count; `why` says why it was not made, and is empty where it was.

    `about` is the label of the teacher where it is about one.
    """

    title: str
    about: str
    why: str
    headline: str
    hypotheses: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    passages: tuple[Passage, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """The separate counts of a result, and the limits that all of them have."""

    counts: tuple[Count, ...]
    limits: tuple[str, ...]


def counts_of(result: Row) -> Apart | None:
    """Return the separate counts of a result; None for one from before there were any."""
    rows = result.get("counts")
    if rows is None:
        return None
    first = rows[0]["limits"]
    shared = tuple(limit for limit in first if all(limit in one["limits"] for one in rows))
    return Apart(tuple(_count(one, shared) for one in rows), shared)


def asserted_of(plan: Row) -> tuple[Fact, ...]:
    """Return what a party asserts in a plan, beyond the roles of its exhibits."""
    asserted = plan.get("asserted", {})
    facts = [(f"Exhibit {one['label']}", _declared(one)) for one in asserted.get("declared", ())]
    if canaries := asserted.get("canaries"):
        facts.append(("Planted strings", f"{len(canaries):,}, by {asserted['planted_by']}"))
    if gold := asserted.get("gold"):
        facts.append(("Right answers", f"to {len(gold):,} prompts"))
    facts += [("Watermark detector", one["detector"]) for one in asserted.get("marks", ())]
    return tuple(facts)


def _declared(one: Row) -> str:
    said = [_TIES[one["tie"]].format(one["of"])] if one["tie"] else []
    if one["released"]:
        said.append(f"released {one['released']}")
    if one.get("family"):
        said.append(f"of the family {one['family']}")
    if one["names"]:
        said.append(f"names: {', '.join(one['names'])}")
    return "; ".join(said)


def _count(one: Row, shared: tuple[str, ...]) -> Count:
    lines = tuple(map(_line, one["numbers"]))
    return Count(
        title=one["title"],
        about=one["teacher"],
        why=one["why"],
        headline=_headline(lines[0]) if lines else "Not counted",
        hypotheses=tuple(sorted(one["hypotheses"].items())),
        facts=tuple(_facts(one)),
        lines=lines,
        notes=tuple(one["notes"]),
        passages=tuple(map(_passage, one["examples"])),
        limits=tuple(limit for limit in one["limits"] if limit not in shared),
    )


def _headline(line: Line) -> str:
    """Return the first number of a count, which is the suspect's, or that of the pair."""
    if line.count:
        return f"{line.count} {line.what}"
    return f"{line.what[:1].upper()}{line.what[1:]}: {line.share}"


def _facts(one: Row) -> list[Fact]:
    facts = []
    if one["p_value"] is not None:
        facts.append(("p", f"{decimals(one['p_value'])}, adjusted for no other test"))
        facts.append(("Test", one["test"]))
    if one["confidence"] is not None:
        how = (
            f"bootstrap over prompts, {one['rounds']} rounds; exact" if one["rounds"] else "exact"
        )
        facts.append(("Intervals", f"confidence {one['confidence']:g}, {how} for counts"))
    return facts


def _line(one: Row) -> Line:
    counted = one["count"] is not None
    bounds = [one["low"], one["high"]]
    known = [decimals(end) if end is not None else "open" for end in bounds]
    return Line(
        # The models of a pair are long to read and stand in the table of exhibits.
        who=f"{one['label']}, {one['model']}" if counted else one["label"],
        what=one["what"],
        count=f"{one['count']:,} of {one['of']:,}" if counted else "",
        share="not defined" if one["value"] is None else decimals(one["value"]),
        interval="" if bounds == [None, None] else " to ".join(known),
        p_value="" if one["p_value"] is None else decimals(one["p_value"]),
    )


def _passage(one: Row) -> Passage:
    return Passage(f"{one['label']}, record {one['record']}", one["what"], one["text"])
