"""The printed report, read back from the PDF itself."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.errors import TouchstoneError
from cases.reports.glyphs import COVERED
from cases.reports.pdf import TEMPLATE, PrintingError, render
from cases.reports.printed import press
from cases.reports.report import report_of
from tests.cases.reports.specimen import Specimen, document_of

DECIMAL = re.compile(r"\d+\.\d+")
OVERCLAIMS = re.compile(
    r"\b(prov(e|es|en|ed)|identical|certain|certainly|certainty|guilty|breached|stole|copied"
    r"|matches|a match|zero error)\b|100 ?%",
    re.IGNORECASE,
)
HOSTILE = (
    '#set page(width: 1pt) *bold* _it_ $x^2$ @ref <lab> #eval("1") `raw` // c /* d */ \\u{41}\n'
    "<script>alert(1)</script> &amp; {{ 7*7 }} -- --- 'q' \"q\"\n"
    "\u202eevil\u202c \x00nul \x1b[31mred \u200bzw \ue000pua \u4e2d\u6587 \U0001f600 "
    "\u05e2\u05d1\u05e8\u05d9\u05ea a" + "\u0301" * 40 + "y" * 200
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return document_of(Specimen())


@pytest.fixture(scope="module")
def pdf(document: dict[str, Any]) -> bytes:
    return press(document)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """The text without white space: line breaks of the page are no part of what it says."""
    return re.sub(r"\s", "", text)


def numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, float | int):
        yield float(value)


def allowed_decimals(document: dict[str, Any]) -> set[str]:
    measured = {f"{abs(number):.3f}" for number in numbers(document)}
    chosen = {f"{abs(number):g}" for number in numbers(document)}
    return measured | chosen | set(DECIMAL.findall(json.dumps(document)))


def test_a_report_has_its_sections_in_order(pdf: bytes) -> None:
    text = " ".join(" ".join(pages(pdf)).split())
    heads = [
        "Control page", "The question", "The answer and its limits", "The instruction",
        "Clauses in force, claims and defences", "The exhibits", "Custody",
        "The plan, and whether it was kept", "The method and the sealed",
        "Validation and rates of error", "The comparison", "All tests", "Counted apart",
        "Alternative explanations", "Matched pairs",
        "Limits, and what would change the conclusion",
        "What courts and standards ask, and where it stands",
        "How to compute the numbers again", "For the expert", "Terms", "Review and revisions",
    ]  # fmt: skip
    places = [text.rindex(f"{number} {head}") for number, head in enumerate(heads, start=1)]
    assert places == sorted(places)


def test_answer_and_all_its_limits_stand_on_one_page(document: dict[str, Any], pdf: bytes) -> None:
    third = squeezed(pages(pdf)[2])
    assert squeezed(document["result"]["outcome"]["answer"]) in third
    assert [one for one in document["against"] if squeezed(one) not in third] == []


def test_every_page_names_matter_finding_digest_and_place(
    document: dict[str, Any], pdf: bytes
) -> None:
    digest = sha256_hex(canonical_json(document))
    read = pages(pdf)
    assert len(read) > 1
    assert digest in read[0]
    for number, text in enumerate(read, start=1):
        assert "Inquiry into a made-up model · Finding 3" in text
        assert digest[:12] in text
        assert f"Page {number} of {len(read)}" in text


def test_the_same_document_gives_the_same_bytes(document: dict[str, Any], pdf: bytes) -> None:
    assert press(json.loads(json.dumps(document))) == pdf


@pytest.mark.parametrize("specimen", [Specimen(), Specimen(teachers=3, controls=25, learned=0.0)])
def test_every_number_printed_stands_in_results_json(specimen: Specimen) -> None:
    document = document_of(specimen)
    printed = set(DECIMAL.findall("\n".join(pages(press(document)))))
    assert len(printed) > 50
    assert printed - allowed_decimals(document) == set()


def test_every_measured_number_is_printed(document: dict[str, Any], pdf: bytes) -> None:
    text = "\n".join(pages(pdf)).replace("\u2212", "-")
    views = [view for one in document["result"]["teachers"] for view in one["views"].values()]
    measured = [
        *(number for view in views for number in (view["p_value"], view["floor"])),
        *(
            one["excess"][end]
            for view in views
            for one in [*view["candidates"], {"excess": view["lead"]}]
            for end in ("estimate", "low", "high")
        ),
        *numbers(document["result"]["similarity"]["mean_cosine"]),
    ]
    wanted = {f"{number:.3f}".replace("-0.000", "0.000") for number in measured}
    assert len(wanted) > 50
    assert {number for number in wanted if number not in text} == set()


def test_results_json_is_attached_byte_for_byte(document: dict[str, Any], pdf: bytes) -> None:
    (attached,) = pypdf.PdfReader(io.BytesIO(pdf)).attachment_list
    assert attached.name == "results.json"
    assert attached.content == canonical_json(document)
    assert attached.subtype == "/application/json"
    assert attached.associated_file_relationship == "/Data"


def test_it_says_to_be_archival_and_accessible(pdf: bytes) -> None:
    root = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)


def test_title_and_date_are_those_of_the_report(pdf: bytes) -> None:
    found = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert found is not None
    assert found.title == "Report on finding 3: Inquiry into a made-up model"
    assert found.creation_date is not None
    assert found.creation_date.isoformat() == "2026-11-25T10:11:12+00:00"


def test_text_of_others_prints_literally() -> None:
    specimen = Specimen(
        answer=HOSTILE, name="<b>{}</b> #x \u202e$y$", matter=HOSTILE, prompt="#let {} \u202e"
    )
    text = squeezed("\n".join(pages(press(document_of(specimen)))))
    for literal in (
        '#set page(width: 1pt) *bold* _it_ $x^2$ @ref <lab> #eval("1") `raw` // c /* d */ \\u{41}',
        "<script>alert(1)</script> &amp; {{ 7*7 }} -- --- 'q' \"q\"",
        "<U+202E>evil<U+202C> <U+0000>nul <U+001B>[31mred <U+200B>zw <U+E000>pua □□ □",
        "<U+0301>" * 37 + "y" * 200,
        "<b>0</b> #x <U+202E>$y$",
    ):
        assert squeezed(literal) in text
    assert not {"\u202e", "\u202c", "\x00", "\x1b", "\ue000"} & set(text)


def test_one_line_of_ten_megabytes_does_no_harm() -> None:
    endless = "z" * 10_000_000
    document = document_of(Specimen())
    document["matter"] = {"name": endless, "question": endless}
    document["exhibits"][0] |= {"filename": endless, "party": endless}
    document["custody"][0] |= {"actor": endless, "facts": {endless: endless}}
    document["result"]["pairs"][0] |= {"suspect_answer": endless, "suspect_characters": 10_000_001}
    text = " ".join("\n".join(pages(press(document))).split())
    assert "cut at 1200 of 10000001 characters, the first 10000000 in results.json" in text
    assert "[cut at 2000 of 10000000 characters, whole in results.json]" in text
    assert len(text) < 100_000


def test_every_covered_character_has_a_regular_and_a_bold_glyph(
    document: dict[str, Any], tmp_path: Path
) -> None:
    shutil.copy(TEMPLATE.parent / "style.typ", tmp_path)
    template = tmp_path / "probe.typ"
    template.write_text(
        '#import "style.typ": serif\n#set document(title: "x")\n'
        "#set text(font: serif, fallback: false)\n"
        "#let all = json(bytes(sys.inputs.front)).head\n#all\n\n#strong(all)\n"
    )
    probe = replace(report_of(document), matter="", head=" ".join(sorted(COVERED)))
    assert render(probe, template=template).startswith(b"%PDF-1.7")
    template.write_text(template.read_text() + "\u4e2d")
    with pytest.raises(PrintingError, match="could not be displayed"):
        render(probe, template=template)


def test_long_names_are_printed_whole() -> None:
    name = "a name that goes on " + "without_any_place_to_break_a_line_" * 2 + "{:03d}"
    read = pages(press(document_of(Specimen(name=name, teachers=2))))
    assert squeezed(name.format(5)) in squeezed("".join(read))


def test_empty_answers_are_called_empty() -> None:
    read = pages(press(document_of(Specimen(words=0, learned=0.0))))
    assert "".join(read).count("empty answer") == 20


def test_many_exhibits_turn_the_heat_map_on_its_side() -> None:
    document = document_of(Specimen(teachers=3, controls=25))
    reader = pypdf.PdfReader(io.BytesIO(press(document)))
    lying = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert len(lying) == 2
    assert sum(page.extract_text().count("1.000") for page in lying) == 29


def test_a_broken_chain_of_custody_is_said_first(document: dict[str, Any]) -> None:
    broken = document | {"custody_problems": ["Entry 4 is not what was sealed."]}
    text = " ".join("\n".join(pages(press(broken))).split())
    assert "it does not hold:" in text
    assert "Entry 4 is not what was sealed." in text
    assert "none of its" not in text


def test_the_report_claims_no_more_than_it_may(pdf: bytes) -> None:
    text = " ".join("\n".join(pages(pdf)).split())
    assert OVERCLAIMS.search(text) is None


def test_a_broken_template_is_told_to_the_user(document: dict[str, Any], tmp_path: Path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("#let x = ")
    with pytest.raises(PrintingError, match=r"cannot be printed with the template broken\.typ"):
        render(report_of(document), template=template)
    with pytest.raises(TouchstoneError, match=r"absent\.typ"):
        render(report_of(document), template=tmp_path / "absent.typ")


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_finds_nothing_wrong(pdf: bytes, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout.decode()


def test_how_prompts_were_matched_is_said(pdf: bytes) -> None:
    assert "the same text only" in " ".join(" ".join(pages(pdf)).split())
    near = document_of(Specimen(reworded=25))
    read = pages(press(near))
    text = " ".join(" ".join(read).split())
    said = "15 of them are the same text in every exhibit, 25 only nearly so."
    assert text.count(said) == 2
    # The sentence may run over a page, whose foot and head would then stand in it.
    bodies = " ".join(" ".join(line for one in read for line in one.splitlines()[1:-1]).split())
    assert "at least 0.95, and both hold the same numbers" in bodies
    assert text.count("In the teacher\u2019s exhibit Pray tell: Question") > 1
    assert "25 of 40 prompts are worded otherwise" in near["against"][-1]
    assert [one for one in near["against"] if squeezed(one) not in squeezed(read[2])] == []
