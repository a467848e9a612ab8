"""What only the expert fills in: opinions are lines to be written by hand, always."""

from typing import Any

from cases.reports.blocks import (
    Blanks,
    Block,
    Bullets,
    Column,
    Heading,
    Listing,
    Paragraph,
    Section,
    Text,
    quote,
    section,
)
from cases.reports.names import on_one_line

Row = dict[str, Any]

_OPINIONS = (
    "The software states no opinion and fills none in. Whoever adopts this report writes every "
    "opinion to be expressed, with its basis and reasons, here or in a report of their own."
)
_TYPED = "As typed by or for the expert; nothing here has checked it."
_PROFILE = (
    ("qualifications", "Qualifications"),
    ("publications", "Publications of the previous 10 years"),
    ("testimony", "Testimony at trial or by deposition in the previous 4 years"),
    ("compensation", "Compensation for study and testimony"),
)
_COLUMNS = (
    Column("Rule 26(a)(2)(B)", "30mm"),
    Column("What the report of a witness holds"),
    Column("Where"),
)


def expert(document: Row) -> Section:
    """Return the fields of the expert; typed ones as typed, all others as lines to fill."""
    typed = (document["filing"] or {"expert": {}})["expert"]
    return Section(
        "expert",
        "For the expert",
        (
            Paragraph(
                "A skeleton for the report of a witness under Rule 26(a)(2)(B) of the Federal "
                "Rules of Civil Procedure. Another court may ask for another form."
            ),
            Listing("rule-26", _COLUMNS, _index()),
            Heading("Opinions, with their basis and reasons"),
            Paragraph(_OPINIONS),
            Blanks(("Opinion", "", "Basis", "", "Reasons", "")),
            Heading("Facts or data considered"),
            Bullets(tuple(_considered(document))),
            Blanks(("Further facts or data", "")),
            *(block for key, title in _PROFILE for block in _field(typed.get(key, ""), title)),
            Heading("Adoption and signature"),
            Paragraph("The expert who adopts this report as a basis of an opinion signs here."),
            *_adoption(typed.get("name", "")),
        ),
        new_page=True,
    )


def _index() -> tuple[tuple[Text, ...], ...]:
    here = "this section"
    return (
        ("(i)", "All opinions with their basis and reasons", f"the expert writes them: {here}"),
        ("(ii)", "Facts or data considered", (f"{here}, ", section("exhibits"))),
        (
            "(iii)",
            "Exhibits that summarise or support them",
            ("the schedules beside this report; ", section("comparison"), ", ", section("tests")),
        ),
        ("(iv)", "Qualifications, publications of the previous 10 years", here),
        ("(v)", "Cases of testimony in the previous 4 years", here),
        ("(vi)", "Compensation", here),
    )


def _considered(document: Row) -> tuple[Text, ...]:
    exhibits = document["plan"]["inputs"]
    first, last = exhibits[0]["label"], exhibits[-1]["label"]
    return (
        (f"The {len(exhibits)} exhibits {first} to {last}, each by its SHA-256: ",
         section("exhibits"), "."),
        ("The sealed plan and the result, by their SHA-256: ", section("control"), "."),
        (f"The chain of custody, {len(document['custody']):,} entries: ", section("custody"), "."),
        ("Assumptions supplied by counsel, where there are any: ", section("instruction"), "."),
        ("results.json, attached to this report: every number, with the answers to the compared "
        "prompts as far as it holds them."),
    )  # fmt: skip


def _field(text: str, title: str) -> tuple[Block, ...]:
    given = [one for one in text.splitlines() if one.strip()]
    if not given:
        return (Heading(title), Blanks(("", "", "")))
    return (Heading(title), Paragraph(_TYPED, "note"), *(Paragraph(quote(one)) for one in given))


def _adoption(name: str) -> tuple[Block, ...]:
    if not name:
        return (Blanks(("Name", "Place and date", "Signature")),)
    return (
        Paragraph(("Name: ", *quote(on_one_line(name)))),
        Blanks(("Place and date", "Signature")),
    )
