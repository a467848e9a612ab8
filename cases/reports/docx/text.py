"""Texts of blocks as runs; what XML cannot hold and what hides is named."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from cases.reports.blocks import Span, Style, Text, spans
from cases.reports.docx.xml import shaded
from cases.reports.glyphs import visible

QUOTED = "Quoted Text"
_SHARED = "Shared Passage"
_GREY = RGBColor(0x55, 0x55, 0x55)
_STYLES: dict[Style, str] = {
    "quote": QUOTED,
    "shared": _SHARED,
    "digest": "Digest",
    "code": "Command",
    "quiet": "Quiet Text",
    "strong": "Strong",
}
OF_OTHERS = frozenset({QUOTED, _SHARED, "Digest", "Command"})
_FONT, _MONO = "Cambria", "Consolas"


def add(paragraph: Paragraph, text: Text) -> None:
    """Add a text to a paragraph, each span in the style of its look."""
    for one in spans(text):
        _add(paragraph, one)


def _add(paragraph: Paragraph, one: Span) -> None:
    run = paragraph.add_run(visible(one.text))
    if one.style in _STYLES:
        # By its id: by its name each run would look through all styles.
        run._r.style = _STYLES[one.style].replace(" ", "")  # noqa: SLF001 - see above


def style_texts(document: Document) -> None:
    """Give the document the styles that texts of blocks are in."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    for name in (QUOTED, _SHARED, "Digest", "Command", "Quiet Text"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.quick_style = True
        if name in {"Digest", "Command"}:
            style.font.name, style.font.size = _MONO, Pt(8)
        elif name == "Quiet Text":
            style.font.color.rgb = _GREY
        elif name == _SHARED:
            style.font.underline = True
            style.element.get_or_add_rPr().append(shaded("E4E0C8"))
