"""The check of a redacted PDF finds a passage wherever it was left."""

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, OutlineItem, Pdf, Stream, String

from cases.reports import leaks, pdf
from cases.reports.artefacts import Artefact, Attachment, about
from cases.reports.blocks import Column, Listing, Paragraph, Section
from cases.reports.covering import RedactionError
from cases.reports.leaks import check

SECRET = "Zebedee Quux"


@pytest.fixture(scope="module")
def clean() -> bytes:
    """A short print with a heading, a table, a note and an attachment."""
    return printed(("A", "B"), ("C", "D"))


def printed(*rows: tuple[str, str]) -> bytes:
    listing = Listing("names", (Column("Name"), Column("Place")), rows)
    part = Section("part", "One part", (Paragraph("A sentence of it."), listing))
    return pdf.render(
        Artefact(
            kind="report",
            title="Report",
            matter="Inquiry",
            head="Finding 1",
            about=about(("Asked by", "alice")),
            issued_at="2026-11-26T00:00:00+00:00",
            software="Touchstone",
            source_sha256="0" * 64,
            sections=(part,),
            attachments=(Attachment("results.json", '{"a": 1}', "application/json", "All"),),
        )
    )


def spoiled(clean: bytes, spoil: Callable[[Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(clean)) as opened:
        spoil(opened)
        written = io.BytesIO()
        opened.save(written)
    return written.getvalue()


def drawn(words: str) -> Callable[[Pdf], None]:
    """Draw words on a page with a font of the reader's own, one operator each."""

    def spoil(opened: Pdf) -> None:
        page = opened.pages[0]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources.Font[Name("/Spoiled")] = opened.make_indirect(font)
        page.contents_add(Stream(opened, f"BT /Spoiled 9 Tf {words} ET".encode()))

    return spoil


def xmp(opened: Pdf) -> None:
    with opened.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:description"] = SECRET


def info(opened: Pdf) -> None:
    opened.docinfo["/Subject"] = f"of {SECRET}"


def attachment(opened: Pdf) -> None:
    data = '{"a": ["\\u005aebedee \\"Quux"]}'.replace('\\"', "").encode()
    opened.attachments["more.json"] = AttachedFileSpec(opened, data, filename="more.json")


def attachment_in_utf_16(opened: Pdf) -> None:
    data = SECRET.encode("utf-16-be")
    opened.attachments["more.txt"] = AttachedFileSpec(opened, data, filename="more.txt")


def name_of_attachment(opened: Pdf) -> None:
    opened.attachments[SECRET] = AttachedFileSpec(opened, b"x", filename=f"{SECRET}.txt")


def outline(opened: Pdf) -> None:
    with opened.open_outline() as opening:
        opening.root.append(OutlineItem(SECRET.upper(), 0))


def annotation(opened: Pdf) -> None:
    one = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String(SECRET)
    )
    opened.pages[0].Annots = Array([opened.make_indirect(one)])


def link(opened: Pdf) -> None:
    act = Dictionary(S=Name.URI, URI=String(f"https://example.org/{SECRET.replace(' ', '')}"))
    one = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=act)
    opened.pages[0].Annots = Array([opened.make_indirect(one)])


def structure(key: str) -> Callable[[Pdf], None]:
    def spoil(opened: Pdf) -> None:
        one = next(
            one
            for one in opened.objects
            if isinstance(one, Dictionary) and "/S" in one and "/P" in one and "/K" in one
        )
        one[key] = String(SECRET)

    return spoil


def actual_text_in_content(opened: Pdf) -> None:
    words = b"/Span << /ActualText (Zebedee Quux) >> BDC EMC"
    opened.pages[0].contents_add(Stream(opened, words))


def unused_stream(opened: Pdf) -> None:
    one = opened.make_stream(SECRET.encode())
    opened.Root.Spoiled = one


def script(opened: Pdf) -> None:
    act = Dictionary(S=Name.JavaScript, JS=String(f"alert('{SECRET}')"))
    opened.Root.OpenAction = opened.make_indirect(act)


PLANTED = {
    "XMP": xmp,
    "Info": info,
    "attachment": attachment,
    "attachment in UTF-16": attachment_in_utf_16,
    "name of an attachment": name_of_attachment,
    "outline": outline,
    "annotation": annotation,
    "link": link,
    "alternative text": structure("/Alt"),
    "actual text": structure("/ActualText"),
    "title of a tag": structure("/T"),
    "expansion": structure("/E"),
    "actual text in the content": actual_text_in_content,
    "stream that nothing uses": unused_stream,
    "script": script,
    "page": drawn(f"20 20 Td ({SECRET}) Tj"),
    "broken over lines": drawn("20 40 Td (Zebe-) Tj 0 -12 Td (dee Qu) Tj 0 -12 Td (ux) Tj"),
    "kerned": drawn("20 20 Td [(Ze) -9 (be) 4 (dee) -300 (Qu) 2 (ux)] TJ"),
    "letters in reverse": drawn("20 20 Td (xuuQ eedebeZ) Tj"),
    "runs in reverse": drawn("60 20 Td (Quux) Tj -40 0 Td (Zebedee) Tj"),
    "white on nothing": drawn(f"3 Tr 20 20 Td ({SECRET}) Tj"),
    "off the page": drawn(f"-900 -900 Td ({SECRET}) Tj"),
}


def test_a_clean_print_holds_no_passage(clean):
    assert check(clean, [SECRET, "4929 1234 5678"]) == []


@pytest.mark.parametrize("spoil", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_leak_is_found_and_not_repeated(clean, spoil):
    found = check(spoiled(clean, spoil), ["nowhere at all", SECRET])
    assert found != []
    assert {one.partition(" still")[0] for one in found} == {"Passage 2"}
    assert not any("quux" in one.lower() for one in found)


def test_a_passage_that_is_spread_over_cells_or_lines_of_a_table_is_found():
    assert check(printed(("Zebedee", "Quux")), [SECRET]) != []
    narrow = "Zebedee " * 40 + "Quux"
    assert check(printed((narrow, "x")), [SECRET]) != []
    assert check(printed(("Quux", "Zebedee")), ["Quuzebe"]) == []


def test_short_passages_are_not_found_in_the_bytes_of_fonts(clean):
    assert check(clean, ["zqx", "xj9"]) == []


def test_what_cannot_be_looked_into_is_refused(clean, monkeypatch):
    packed = AttachedFileSpec
    for data in (b"PK\x03\x04rest", b"\x1f\x8brest"):

        def spoil(opened: Pdf, data: bytes = data) -> None:
            opened.attachments["x"] = packed(opened, data, filename="x")

        with pytest.raises(RedactionError, match="packed"):
            check(spoiled(clean, spoil), [SECRET])
    with pytest.raises(RedactionError, match="cannot be looked through"):
        check(b"no PDF startxref", [SECRET])
    monkeypatch.setattr(leaks.shutil, "which", lambda _name: None)
    with pytest.raises(RedactionError, match="poppler-utils"):
        check(clean, [SECRET])


def test_a_picture_is_refused(clean):
    def spoil(opened: Pdf) -> None:
        one = Stream(opened, zlib.compress(b"\x00"))
        one.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
            ColorSpace=Name.DeviceGray, Filter=Name.FlateDecode,
        )  # fmt: skip
        opened.pages[0].Resources.XObject = Dictionary({"/Im": opened.make_indirect(one)})

    with pytest.raises(RedactionError, match="picture"):
        check(spoiled(clean, spoil), [SECRET])


def test_an_earlier_revision_of_the_file_is_refused(clean):
    again = clean + b"\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"
    with pytest.raises(RedactionError, match="revision"):
        check(again, [SECRET])
