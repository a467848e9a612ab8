"""What python-docx has no words for: fields, shading, counts that begin anew."""

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph


def element(name: str, **attributes: str) -> BaseOxmlElement:
    """Return an element of WordprocessingML with attributes of the same."""
    made: BaseOxmlElement = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_field(paragraph: Paragraph, code: str, shown: str, *, stale: bool = False) -> None:
    """Add a field that Word computes; until then it shows a text."""
    begin = element("fldChar", fldCharType="begin")
    if stale:
        begin.set(qn("w:dirty"), "true")
    instruction = element("instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    for one in (begin, instruction, element("fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(one)  # noqa: SLF001 - fields have no other door
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))  # noqa: SLF001 - as above


def restarted(document: Document, style: str) -> str:
    """Return the id of a new count for a list style, which begins at 1 again."""
    numbering = document.part.numbering_part.element
    of_style = document.styles[style].element.pPr.numPr.numId.val
    [abstract] = numbering.xpath(f"./w:num[@w:numId='{of_style}']/w:abstractNumId/@w:val")
    number = numbering.add_num(int(abstract))
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return str(number.numId)


def count_by(paragraph: Paragraph, number: str) -> None:
    """Have a paragraph of a list counted by this count."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - as above
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = int(number)


def shaded(fill: str) -> BaseOxmlElement:
    """Return a shading of a cell or a run."""
    return element("shd", val="clear", color="auto", fill=fill)
