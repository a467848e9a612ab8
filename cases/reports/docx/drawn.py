"""Each kind of block, written by the function of its kind."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_BREAK
from docx.shared import Emu, Mm, Pt
from docx.table import _Cell

from cases.reports.blocks import (
    Blanks,
    Block,
    Boxed,
    Bullets,
    Facts,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Pair,
    Paragraph,
    Sides,
    Steps,
    Text,
    strong,
)
from cases.reports.charts.drawing import png
from cases.reports.docx.tables import (
    GRID,
    Place,
    add_caption,
    add_listing,
    cell_style,
    fill,
    new_row,
    new_table,
)
from cases.reports.docx.text import add
from cases.reports.docx.xml import count_by, restarted
from cases.reports.glyphs import visible

_SIZES = {"": 10.0, "note": 8.5, "large": 15.0}
_BLANK = "_" * 50
# As many pixels as print needs; a chart's own pixels are 96 an inch.
_SCALE, _INCH = 2.5, 25.4 / 96


def draw(place: Place, blocks: Iterable[Block]) -> None:
    """Write blocks at the end of a place."""
    for one in blocks:
        _WRITERS[type(one)](place, one)


def _heading(place: Place, one: Heading) -> None:
    add(place.paragraph("Heading 2"), one.text)


def _paragraph(place: Place, one: Paragraph) -> None:
    paragraph = place.paragraph()
    add(paragraph, one.text)
    for run in paragraph.runs if one.size else ():
        run.font.size = Pt(_SIZES[one.size])
        run.font.bold = True if one.size == "large" else None


def _facts(place: Place, one: Facts) -> None:
    table = new_table(place, (one.width, place.width - one.width))
    style = cell_style(place.document, 9)
    for name, value in one.rows:
        first, second = new_row(table, whole=False)
        fill(first, name, style=style)
        fill(second, value, style=style)
    place.paragraph()


def _bullets(place: Place, one: Bullets) -> None:
    for item in one.items:
        add(place.paragraph("List Bullet"), item)


def _steps(place: Place, one: Steps) -> None:
    number = restarted(place.document, "List Number")
    for item in one.items:
        paragraph = place.paragraph("List Number")
        count_by(paragraph, number)
        add(paragraph, item)


def _listing(place: Place, one: Listing) -> None:
    if not one.wide or isinstance(place.container, _Cell):
        add_listing(place, one)
        return
    width = _turn(place, lying=True)
    add_listing(Place(place.document, place.container, width), one)
    _turn(place, lying=False)


def _turn(place: Place, *, lying: bool) -> float:
    """Begin a section of pages that lie on their side, or stand; return the width of its text."""
    made = place.document.add_section(WD_SECTION.NEW_PAGE)
    made.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    made.page_width, made.page_height = (Mm(297), Mm(210)) if lying else (Mm(210), Mm(297))
    return float((made.page_width - made.left_margin - made.right_margin) / Mm(1))


def _figure(place: Place, one: Figure) -> None:
    data = png(one.chart, scale=_SCALE)
    paragraph = place.paragraph()
    paragraph.paragraph_format.keep_with_next = True
    drawn = paragraph.add_run().add_picture(BytesIO(data))
    natural = int.from_bytes(data[16:20], "big") / _SCALE * _INCH
    width = Mm(min(place.width, natural))
    drawn.height = Emu(drawn.height * width // drawn.width)
    drawn.width = width
    named = drawn._inline.docPr  # noqa: SLF001 - alternative text has no other door
    named.set("title", visible(one.chart.title))
    named.set("descr", visible(one.chart.alt))
    add_caption(place, one.caption, str(one.rule))
    if one.table:
        _listing(place, one.table)


def _pair(place: Place, one: Pair) -> None:
    table = new_table(place, (place.width / 2,) * 2, GRID)
    style = cell_style(place.document, 8.5)
    for text in (one.head, one.prompt):
        first, second = new_row(table, whole=False)
        fill(first.merge(second), text, style=style)
    for left, right in (
        (_bold(one.left.title), _bold(one.right.title)),
        (one.left.answer, one.right.answer),
    ):
        cells = new_row(table, whole=one.short)
        fill(cells[0], left, style=style)
        fill(cells[1], right, style=style)
    place.paragraph()


def _bold(text: Text) -> Text:
    return strong(text) if isinstance(text, str) else text


def _blanks(place: Place, one: Blanks) -> None:
    _facts(place, Facts(tuple((name, f"\n{_BLANK}") for name in one.names)))


def _page_break(place: Place, _one: PageBreak) -> None:
    place.paragraph().add_run().add_break(WD_BREAK.PAGE)


def _boxed(place: Place, one: Boxed) -> None:
    _framed(place, (one.blocks,))


def _sides(place: Place, one: Sides) -> None:
    _framed(place, (one.left, one.right))


def _framed(place: Place, boxes: tuple[tuple[Block, ...], ...]) -> None:
    width = place.width / len(boxes)
    table = new_table(place, (width,) * len(boxes), GRID)
    for cell, blocks in zip(new_row(table, whole=False), boxes, strict=True):
        [empty] = cell.paragraphs
        draw(Place(place.document, cell, width - 6), blocks)
        # A cell begins with an empty paragraph; it must end with one only after a table.
        if len(cell.paragraphs) > 1:
            empty._p.getparent().remove(empty._p)  # noqa: SLF001 - nothing else removes
    place.paragraph()


_WRITERS: dict[type, Callable[[Place, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Facts: _facts,
    Bullets: _bullets,
    Steps: _steps,
    Listing: _listing,
    Figure: _figure,
    Pair: _pair,
    Blanks: _blanks,
    PageBreak: _page_break,
    Boxed: _boxed,
    Sides: _sides,
}
