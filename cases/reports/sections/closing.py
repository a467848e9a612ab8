"""What else could explain it, who held what, how to do it again, and what the words mean."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from cases.reports import courses
from cases.reports.alternatives import alternatives_of
from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Listing,
    Paragraph,
    Rule,
    Section,
    Span,
    Steps,
    Text,
    digest,
    quiet,
    spans,
    strong,
)
from cases.reports.names import flat, lines, moment, on_one_line, two_lines, value
from cases.reports.sections import drawn

Row = dict[str, Any]

# What changes nothing in the matter: not printed, counted, and in results.json like all else.
_LOOKS = frozenset({"records", "pairs", "refused", "watch looked"})
# Of the digests in one entry so many are printed; an entry may name those of fifty files.
_MOST_DIGESTS = 6


def alternatives(document: Row) -> Section:
    """Return the other explanations, one by one."""
    return Section(
        "alternatives",
        "Alternative explanations",
        (
            Listing(
                "alternatives",
                (Column("Explanation"), Column("Status", "34mm"), Column("Why", "1.8fr")),
                tuple(
                    (
                        two_lines(one.name, f"teacher {one.teacher}" if one.teacher else ""),
                        one.status,
                        two_lines(one.why, f"What would say more: {one.needs}" * bool(one.needs)),
                    )
                    for one in alternatives_of(document["result"])
                ),
            ),
        ),
    )


def custody(document: Row) -> Section:
    """Return whether the chain holds, what vouches for its times, and its acts."""
    return Section("custody", "Custody", tuple(_custody(document)))


def _custody(document: Row) -> Iterator[Block]:
    entries, problems = document["custody"], document["custody_problems"]
    yield from courses.told(document)
    printed = [one for one in entries if one["act"] not in _LOOKS]
    if problems:
        told = "The chain was checked before this report was issued, and it does not hold:"
        yield Paragraph(strong(told))
        yield Bullets(tuple(problems))
    else:
        yield Paragraph(
            f"The chain was checked before this report was issued: none of its {len(entries)} "
            "entries is missing, changed or out of place."
        )
    yield Paragraph(document["time_stamp"])
    if looks := len(entries) - len(printed):
        yield Paragraph(
            "Entries that record only that someone looked at records or pairs or was refused "
            "access, or that a watch looked at its line, are not printed here: "
            f"{looks} of {len(entries)}. All are in results.json."
        )
    yield from drawn.of_custody(document)
    yield _entries(printed)


def _entries(printed: list[Row]) -> Listing:
    return Listing(
        "custody",
        (
            Column("No.", "9mm"),
            Column("When", "21mm"),
            Column("Who", "22mm"),
            Column("Act", "18mm"),
            Column("Facts, and the seal onto the entry before"),
        ),
        tuple(
            (
                str(one["number"]),
                moment(one["at"]),
                on_one_line(one["actor"]),
                on_one_line(one["act"]),
                _facts(one),
            )
            for one in printed
        ),
        rule=Rule.SUMMARY,
        size=8,
    )


def _facts(entry: Row) -> Text:
    """Return what an entry says: short facts in one line, digests in a line each, up to some."""
    short: list[Span] = []
    long: list[Text] = []
    for name, one in flat(entry["facts"]):
        fact = (*quiet(f"{name} "), *spans(value(one)))
        if fact[-1].style == "digest":
            long.append(fact)
        else:
            short += [*([Span(" \u00b7 ")] if short else []), *fact]
    if (more := len(long) - _MOST_DIGESTS) > 1:
        long[_MOST_DIGESTS:] = [quiet(f"and {more} more digests, which are in results.json")]
    seal = (*quiet("seal "), *digest(entry["seal"]))
    return lines(*([tuple(short)] if short else []), *long, seal)


def reproduction(document: Row) -> Section:
    """Return the steps of a repetition, each with its command."""
    steps = [
        lines(one["step"], *([(Span(one["command"], "code"),)] if one["command"] else []))
        for one in document["reproduce"]
    ]
    return Section("reproduction", "How to compute the numbers again", (Steps(tuple(steps)),))


_TERMS = json.loads(files("cases.reports.sections").joinpath("glossary.json").read_text("utf-8"))


def glossary(document: Row) -> Section:
    """Return the words of the trade, those of the ratio only where there is one."""
    terms = _TERMS["always"] + (_TERMS["with_a_ratio"] if document.get("likelihood") else [])
    rows = tuple(
        (word, meaning) for word, meaning in sorted(terms, key=lambda one: one[0].lower())
    )
    return Section("glossary", "Terms", (Facts(rows, 30),))
