"""The checks of a PDF: a report passes them, and each finds what it is there for."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.core.management import call_command
from pikepdf import Dictionary, Name, String

from cases.reports.inspecting import inspect
from cases.reports.printed import press
from tests.cases.reports.specimen import Specimen, document_of


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return press(document_of(Specimen(teachers=2)))


def failed(data: bytes, tmp_path: Path) -> set[str]:
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    return {one.name for one in inspect(path) if one.passed is False}


def test_a_report_passes_every_check_that_is_to_be_had(pdf: bytes, tmp_path: Path) -> None:
    assert failed(pdf, tmp_path) == set()
    states = {one.name: one.passed for one in inspect(tmp_path / "report.pdf")}
    assert states["pdfua"] is True
    assert list(states.values()).count(True) >= 7


def _first(file: pikepdf.Pdf, **wanted: str) -> pikepdf.Object:
    return next(
        one
        for one in file.objects
        if isinstance(one, Dictionary)
        and all(one.get(f"/{key}") == Name(f"/{value}") for key, value in wanted.items())
    )


def _attachment(file: pikepdf.Pdf) -> None:
    del _first(file, Type="Filespec").AFRelationship


def _claim(file: pikepdf.Pdf) -> None:
    written = file.Root.Metadata.read_bytes()
    file.Root.Metadata.write(written.replace(b"<pdfuaid:part>1", b"<pdfuaid:part>2"))


def _acting(file: pikepdf.Pdf) -> None:
    file.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _launching(file: pikepdf.Pdf) -> None:
    action = file.make_indirect(Dictionary(S=Name.Launch, F=String("x")))
    file.Root.Extra = action


def _form(file: pikepdf.Pdf) -> None:
    field = file.make_indirect(Dictionary(FT=Name.Tx, T=String("name")))
    file.Root.AcroForm = Dictionary(Fields=[field])


def _font(file: pikepdf.Pdf) -> None:
    for one in file.objects:
        if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor:
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in one:
                    del one[key]


def _head(file: pikepdf.Pdf) -> None:
    del _first(file, S="TH").A


def _language(file: pikepdf.Pdf) -> None:
    del file.Root.Lang


def _outline(file: pikepdf.Pdf) -> None:
    del file.Root.Outlines


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (_claim, "says that it is PDF/A-3a and PDF/UA-1"),
        (_language, "has language, title, structure, outline and output intent"),
        (_outline, "has language, title, structure, outline and output intent"),
        (_acting, "starts nothing and asks for nothing"),
        (_launching, "starts nothing and asks for nothing"),
        (_form, "starts nothing and asks for nothing"),
        (_font, "embeds every font"),
        (_attachment, "names what is attached"),
        (_head, "has headings, heads of tables and alternative texts"),
    ],
)
def test_each_check_finds_what_it_is_there_for(
    pdf: bytes, tmp_path: Path, change: Callable[[pikepdf.Pdf], None], name: str
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        change(file)
        file.save(out)
    assert name in failed(out.getvalue(), tmp_path)


def test_a_file_that_is_no_pdf_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "no.pdf"
    path.write_text("no PDF at all")
    with pytest.raises(SystemExit) as ended:
        call_command("check_pdf", str(path))
    assert ended.value.code == 1
    assert "FAIL         can be read" in capsys.readouterr().out
