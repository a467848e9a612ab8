"""The whole DOCX: front, contents, sections, and what each page says."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.section import Section as Pages
from docx.shared import Mm

from cases.reports.artefacts import Artefact
from cases.reports.blocks import quiet, strong
from cases.reports.docx.drawn import draw
from cases.reports.docx.tables import Place
from cases.reports.docx.text import add, style_texts
from cases.reports.docx.xml import add_field
from cases.reports.glyphs import visible
from cases.reports.zipped import zipped

_WIDTH, _HEIGHT, _MARGIN = 210, 297, 20
_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>{}</Application></Properties>'
)


def written(artefact: Artefact) -> bytes:
    """Return the DOCX of an artefact; equal input, equal bytes."""
    document = docx.Document()
    style_texts(document)
    _name(document, artefact)
    _pages(document.sections[0], artefact)
    place = Place(document, document._body, _WIDTH - 2 * _MARGIN)  # noqa: SLF001 - cells and body are alike
    _front(place, artefact)
    for number, section in enumerate(artefact.sections, start=1):
        add(place.paragraph("Heading 1"), f"{number} {section.title}")
        draw(place, section.blocks)
    return _settled(document, artefact)


def _name(document: Document, artefact: Artefact) -> None:
    """Set the properties: what it is and when it was issued, and nobody's name."""
    issued = datetime.fromisoformat(artefact.issued_at).astimezone(UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title = visible(artefact.title)[:255]
    core.subject = artefact.kind
    core.author = core.last_modified_by = core.comments = ""
    core.created = core.modified = issued.replace(microsecond=0)
    core.language = "en"


def _pages(pages: Pages, artefact: Artefact) -> None:
    pages.page_width, pages.page_height = Mm(_WIDTH), Mm(_HEIGHT)
    pages.left_margin = pages.right_margin = Mm(_MARGIN)
    pages.top_margin, pages.bottom_margin = Mm(24), Mm(19)
    head = pages.header.paragraphs[0]
    add(head, quiet(f"{artefact.matter} \u00b7 {artefact.head}"))
    for text in filter(None, (artefact.designation, artefact.mark)):
        head.add_run().add_break()
        add(head, strong(text))
    foot = pages.footer.paragraphs[0]
    add(foot, quiet(f"{artefact.software}, results {artefact.source_sha256[:12]}, page "))
    add_field(foot, "PAGE", "1")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES", "1")


def _front(place: Place, artefact: Artefact) -> None:
    add(place.paragraph("Title"), artefact.title)
    add(place.paragraph(), artefact.matter)
    draw(place, (artefact.about,))
    add(
        place.paragraph(),
        quiet(
            "A copy to write in. What was issued is the PDF; the frozen document has SHA-256 "
            f"{artefact.source_sha256}."
        ),
    )
    if artefact.contents:
        _contents(place, artefact)


def _contents(place: Place, artefact: Artefact) -> None:
    """Add the contents as a field that Word fills with page numbers when it opens the file."""
    titles = [f"{number} {one.title}" for number, one in enumerate(artefact.sections, start=1)]
    add_field(
        place.paragraph(), 'TOC \\o "1-2" \\h \\z \\u', visible("\n".join(titles)), stale=True
    )


def _settled(document: Document, artefact: Artefact) -> bytes:
    """Return the file with nothing in it of where and when it was made."""
    package = document.part.package
    for key, one in list(package.rels.items()):
        if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    out = BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as made:
        files = {name: made.read(name) for name in made.namelist()}
    files["docProps/app.xml"] = _PROPERTIES.format(escape(visible(artefact.software))).encode()
    return zipped(files)
