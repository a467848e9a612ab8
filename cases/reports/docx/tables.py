"""Tables: real ones, with a head that repeats on each page, and frames made of tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from cases.reports.blocks import Column, Listing, Text, strong
from cases.reports.docx.text import add
from cases.reports.docx.xml import element

GRID = "Table Grid"
# What a column of its own width counts among those that share what is left.
_AUTO = 0.7
_MOST_WHOLE = 600


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks go: a document or a cell in it, so many millimetres wide."""

    document: Document
    container: BlockItemContainer
    width: float

    def paragraph(self, style: str | None = None) -> Paragraph:
        """Return a new paragraph at the end."""
        return self.container.add_paragraph(style=style)


def new_table(place: Place, widths: Sequence[float], style: str | None = None) -> Table:
    """Return a table without rows at the end of a place, its columns so many millimetres wide."""
    table: Table = BlockItemContainer.add_table(
        place.container, 0, len(widths), Mm(round(sum(widths)))
    )
    if style:
        table.style = style
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def new_row(table: Table, *, head: bool = False, whole: bool = True) -> list[_Cell]:
    """Return the cells of a new row; a head repeats on each page, a whole row is not divided."""
    row = table._tbl.add_tr()  # noqa: SLF001 - add_row takes the square of the time
    properties = row.get_or_add_trPr()
    if whole:
        properties.append(element("cantSplit"))
    if head:
        properties.append(element("tblHeader"))
    cells = []
    for column in table._tbl.tblGrid.gridCol_lst:  # noqa: SLF001 - as above
        made = row.add_tc()
        made.width = column.w or Mm(10)
        cells.append(_Cell(made, table))
    return cells


def fill(cell: _Cell, text: Text, *, style: str, right: bool = False) -> None:
    """Put a text into a cell; the style is that of `cell_style`."""
    paragraph = cell.paragraphs[0]
    # By its id: by its name each cell would look through all styles.
    paragraph._p.style = style  # noqa: SLF001 - see above
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add(paragraph, text)


def cell_style(document: Document, size: float) -> str:
    """Return the id of the style of text in cells of so many points, made where it is missing."""
    name = f"Cell {size:g}"
    if name not in document.styles:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(1)
    return str(document.styles[name].style_id)


def add_listing(place: Place, one: Listing) -> None:
    """Add a table with its head, and its caption under it."""
    table = new_table(place, widths_of(one.columns, place.width), GRID)
    rights = [column.align == "right" for column in one.columns]
    style = cell_style(place.document, one.size)
    head = [strong(column.title) for column in one.columns]
    for number, row in enumerate((head, *one.rows)):
        long = sum(len(cell) for cell in map(str, row)) > _MOST_WHOLE
        cells = new_row(table, head=number == 0, whole=not long)
        for cell, text, right in zip(cells, row, rights, strict=True):
            fill(cell, text, style=style, right=right)
    add_caption(place, one.caption, str(one.rule or ""))


def add_caption(place: Place, caption: Text, rule: str) -> None:
    """Add what stands under a table or figure; an empty line if nothing does."""
    paragraph = place.paragraph("Caption" if caption or rule else None)
    add(paragraph, caption)
    if rule:
        paragraph.add_run(f" ({rule}.)")


def widths_of(columns: Iterable[Column], whole: float) -> list[float]:
    """Return the widths of columns in millimetres, so that they fill the whole."""
    widths = [column.width for column in columns]
    fixed = [float(one[:-2]) if one.endswith("mm") else 0.0 for one in widths]
    shares = [_share(one) for one in widths]
    left = max(whole - sum(fixed), 10.0 * sum(map(bool, shares)))
    found = [mm or left * share / sum(shares) for mm, share in zip(fixed, shares, strict=True)]
    return [one * min(1.0, whole / sum(found)) for one in found]


def _share(width: str) -> float:
    if width.endswith("fr"):
        return float(width[:-2])
    return _AUTO if width == "auto" else 0.0
