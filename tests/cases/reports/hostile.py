"""A document of every kind of block, each filled with text that means harm."""

from cases.reports.artefacts import Artefact, Attachment, about
from cases.reports.blocks import (
    Answered,
    Blanks,
    Boxed,
    Bullets,
    Column,
    Facts,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Pair,
    Paragraph,
    Rule,
    Section,
    Sides,
    Span,
    Steps,
    quote,
    section,
)
from cases.reports.chart import Chart, Table

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "</style></title></textarea><img src=x onerror='window.hacked=2'>",
    "<svg onload=window.hacked=3><animate href='http://evil.example/x'/></svg>",
    '<a href="javascript:window.hacked=4">x</a>',
    "{{ settings.SECRET_KEY }}{% include '/etc/passwd' %}",
    "<style>body{background:url(http://evil.example/x.png)}</style>",
    "<link rel=stylesheet href=http://evil.example/x.css><base href=http://evil.example/>",
    "&lt;b&gt; &#x3c;script&#x3e; ]]> <!-- --> <![CDATA[x]]>",
    "a\0b\x1b[31m\x7f\x85c",
    "left \u202eright\u2066 \u200f\ufeff\u2028 end",
    "\u05e9\u05dc\u05d5\u05dd (1) \u0645\u0631\u062d\u0628\u0627",
    "e" + "\u0301" * 40,
    "half \ud83d pair, \ufffe none, \U000e0041 tag",
    "=cmd|' /C calc'!A0",
    "x" * 400,
    "first line\nsecond line\tafter a tab",
)
NAMED = ("<U+0000>", "<U+001B>", "<U+202E>", "<U+2066>", "<U+D83D>", "<U+FFFE>", "<U+E0041>")


def chart(key: str) -> Chart:
    values = [{"name": one, "value": place - 3} for place, one in enumerate(HOSTILE)]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 300,
        "data": {"values": values},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": {"field": "value", "type": "quantitative"},
            "y": {"field": "name", "type": "nominal", "sort": None},
            "color": {"field": "value", "type": "quantitative"},
        },
    }
    table = Table(("Name", "Value"), ((HOSTILE[0], "1"),), words=1)
    return Chart(key, f"Chart {key}", f"Bars: {HOSTILE[0]}", spec, table)


def listing(key: str, *, wide: bool = False) -> Listing:
    columns = (Column("Name <b>"), Column("Value", "22mm", "right"), Column("Note", "auto"))
    rows = tuple((one, str(place - 3), quote(one)) for place, one in enumerate(HOSTILE))
    return Listing(key, columns, rows, caption=HOSTILE[0], rule=Rule.SUMMARY, wide=wide)


def document(results: str = '{"format": 1}') -> Artefact:
    """Return the document; `results` is what is attached to it."""
    every = tuple(
        Span(one, "shared" if place % 2 else "quote") for place, one in enumerate(HOSTILE)
    )
    return Artefact(
        kind="specimen",
        title=f"A specimen {HOSTILE[0]}",
        matter=HOSTILE[1],
        head="Specimen",
        about=about(("Asked by", HOSTILE[2]), ("Digest", (Span("ab" * 32, "digest"),))),
        issued_at="2026-11-25T10:11:12+00:00",
        software="touchstone-audit 0.1.0",
        source_sha256="0" * 64,
        sections=(_first(), _second(every)),
        mark="DRAFT",
        designation="CONFIDENTIAL",
        contents=True,
        attachments=(Attachment("results.json", results, "application/json", "Every fact"),),
    )


def _first() -> Section:
    return Section(
        "words",
        "Words & marks",
        (
            Heading("A heading"),
            *(Paragraph(one) for one in HOSTILE),
            Paragraph(
                ("See ", section("drawn"), ", ", Span("strong", "strong"), "."), size="note"
            ),
            Paragraph((Span("quiet", "quiet"), Span("command --x", "code")), size="large"),
            Facts(tuple((f"Name {place}", one) for place, one in enumerate(HOSTILE))),
            Bullets(HOSTILE),
            Steps(HOSTILE[:3]),
            Blanks(("Signature", "Place and date")),
        ),
    )


def _second(every: tuple[Span, ...]) -> Section:
    side = Answered("Exhibit A", every)
    return Section(
        "drawn",
        "Tables and drawings",
        (
            listing("plain"),
            PageBreak(),
            listing("wide", wide=True),
            Figure(chart("one"), "First", table=listing("one-data")),
            Figure(chart("two"), "Second", Rule.SUMMARY),
            Pair("Pair 1", every, side, side, short=False),
            Boxed((Paragraph("In a box"), listing("boxed"))),
            Sides((Paragraph("Left"),), (Heading("Right"), Bullets(("one", "two")))),
        ),
    )
