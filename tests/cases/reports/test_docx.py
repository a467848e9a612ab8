import re
import zipfile
from io import BytesIO, StringIO

import docx as library
import pytest
from django.core.management import CommandError, call_command
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from cases.reports import docx
from cases.reports.blocks import Listing, within
from cases.reports.glyphs import visible
from cases.reports.reading import read
from cases.reports.report import report_of
from cases.reports.texts_read import UnreadableFileError
from tests.cases.reports.hostile import HOSTILE, NAMED, document
from tests.cases.reports.specimen import Specimen, document_of


@pytest.fixture(scope="module")
def made():
    return document()


@pytest.fixture(scope="module")
def data(made):
    return docx.render(made)


@pytest.fixture(scope="module")
def opened(data):
    return library.Document(BytesIO(data))


def whole_text(data):
    return "\n".join(part.text for part in docx.parts_of(data))


def test_equal_input_gives_equal_bytes_without_a_time_of_making(made, data):
    assert docx.render(made) == data
    with zipfile.ZipFile(BytesIO(data)) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.testzip() is None
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                parse_xml(packed.read(name))
        assert not [one for one in packed.namelist() if "thumbnail" in one or "vba" in one.lower()]


def test_the_properties_name_no_person_and_no_machine(opened, data):
    core = opened.core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert core.title == f"A specimen {HOSTILE[0]}"
    assert core.created.isoformat() == "2026-11-25T10:11:12+00:00"
    with zipfile.ZipFile(BytesIO(data)) as packed:
        assert b"<Application>touchstone-audit 0.1.0</Application>" in packed.read(
            "docProps/app.xml"
        )
        assert not re.search(
            rb"Macintosh|python-docx", b"".join(map(packed.read, packed.namelist()))
        )


def test_headings_are_headings_and_the_contents_are_a_field(opened):
    heads = [
        (one.style.name, one.text) for one in opened.paragraphs if "Heading" in one.style.name
    ]
    assert heads[0] == ("Heading 1", "1 Words & marks")
    assert ("Heading 2", "A heading") in heads
    assert ("Heading 1", "2 Tables and drawings") in heads
    codes = [one.text for one in opened.element.body.iter(qn("w:instrText"))]
    assert codes == [' TOC \\o "1-2" \\h \\z \\u ']
    assert "1 Words & marks\n2 Tables and drawings" in [one.text for one in opened.paragraphs]


def test_each_page_says_matter_designation_mark_and_its_number(opened):
    section = opened.sections[0]
    head = "\n".join(one.text for one in section.header.paragraphs)
    assert all(one in head for one in ("Specimen", "CONFIDENTIAL", "DRAFT"))
    foot = section.footer.paragraphs[0]
    assert foot.text == "touchstone-audit 0.1.0, results 000000000000, page 1 of 1"
    codes = [one.text for one in foot._p.iter(qn("w:instrText"))]
    assert codes == [" PAGE ", " NUMPAGES "]
    assert all(one.header.is_linked_to_previous for one in list(opened.sections)[1:])


def test_tables_are_real_and_their_heads_repeat(opened, made):
    listings = [
        one
        for section in made.sections
        for one in within(section.blocks)
        if isinstance(one, Listing)
    ]
    tables = list(opened.element.body.iter(qn("w:tbl")))
    headed = [
        one
        for one in tables
        if one.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    ]
    assert len(headed) == len(listings)
    for table, listing in zip(headed, listings, strict=True):
        assert len(table.findall(qn("w:tr"))) == len(listing.rows) + 1
        widths = [int(one.get(qn("w:w"))) for one in table.iter(qn("w:gridCol"))]
        assert sum(widths) * 635 <= Mm(258)


def test_a_wide_table_lies_on_its_side_and_the_rest_stands(opened):
    assert [one.page_width > one.page_height for one in opened.sections] == [False, True, False]


def test_figures_are_pictures_with_a_text_in_their_place(opened):
    assert [one._inline.docPr.get("descr") for one in opened.inline_shapes] == [
        f"Bars: {HOSTILE[0]}"
    ] * 2
    assert all(one.width <= Mm(170) for one in opened.inline_shapes)
    assert all(one.height > Mm(10) for one in opened.inline_shapes)


def test_steps_begin_at_one_in_each_list():
    made = report_of(document_of(Specimen(prompts=30)))
    numbers = [
        one._p.pPr.numPr.numId.val
        for one in library.Document(BytesIO(docx.render(made))).paragraphs
        if one.style.name == "List Number"
    ]
    assert len(set(numbers)) == 2


def test_hostile_text_is_there_as_text(data):
    text = whole_text(data)
    for one in HOSTILE:
        assert visible(one) in text
    assert all(one in text for one in NAMED)
    with zipfile.ZipFile(BytesIO(data)) as packed:
        rels = b"".join(packed.read(one) for one in packed.namelist() if one.endswith(".rels"))
        assert b"External" not in rels
        body = packed.read("word/document.xml")
    assert b"w:hyperlink" not in body
    assert set(re.findall(rb"<w:instrText[^>]*>([^<]*)", body)) == {b' TOC \\o "1-2" \\h \\z \\u '}


def test_what_is_quoted_is_known_when_it_is_read_back():
    made = report_of(
        document_of(Specimen(prompts=30, answer="It certainly proves that they stole it. "))
    )
    parts = docx.parts_of(docx.render(made))
    quoted = "".join(part.text[a:b] for part in parts for a, b in part.quoted)
    assert quoted.count("certainly proves") >= 10


def test_the_words_of_an_edited_copy_are_judged_and_its_quotations_are_not(tmp_path):
    made = report_of(document_of(Specimen(prompts=30, answer="They stole it, certainly. ")))
    path, out = tmp_path / "copy.docx", StringIO()
    path.write_bytes(docx.render(made))
    call_command("words", str(path), stdout=out)
    assert "Nothing is refused" in out.getvalue()
    edited = library.Document(str(path))
    edited.add_paragraph("The findings prove it.")
    edited.sections[0].header.add_paragraph("Proof of theft")
    edited.tables[0].rows[0].cells[0].text = "Stolen"
    edited.save(str(path))
    out = StringIO()
    with pytest.raises(CommandError, match=r"Not to be said: 4\."):
        call_command("words", str(path), stdout=out)
    assert "paragraph or row" in out.getvalue()
    assert "header1, paragraph or row 2" in out.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", b"%PDF-1.7"])
def test_what_is_no_docx_is_refused_by_name(data):
    with pytest.raises(UnreadableFileError, match=r"a\.docx: This cannot be read as DOCX"):
        read("a.docx", data)


def test_a_docx_that_unpacks_to_very_much_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", bytes(301_000_000))
    with pytest.raises(UnreadableFileError, match=r"301,000,000 bytes; 300,000,000 are read"):
        read("a.docx", out.getvalue())
