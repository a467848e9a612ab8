"""A version of the privilege log, read back from its PDF, its table and its attachment."""

import csv
import io
import json
from typing import Any

import pypdf
import pytest

from cases.reports import pdf
from cases.reports.privilege_log import Entry, Issue, csv_of, log_document, privilege_log_of

HOSTILE = '=HYPERLINK("http://x","y") #set page(width: 1pt) \u202eevil <b> \u79d8'
SOFTWARE = {"name": "Touchstone", "version": "0"}


def entry(number: int, **changes: Any) -> Entry:
    said = {
        "date": f"2026-05-{number:02}", "kind": "email", "author": "A. Author",
        "recipients": "R. One; R. Two", "custodian": "C. Keeper", "pages": f"X{number:05}",
        "treatment": "withheld", "basis": "attorney-client privilege", "category": "advice",
        "description": f"Email {number} asking counsel for advice on a contract.",
    } | changes  # fmt: skip
    return Entry(number=number, **said)


def frozen(*entries: Entry, mode: str = "itemised", **changes: Any) -> dict[str, Any]:
    said = {"order": "Order of 3 May 2026, Dkt. 41", "designation": "CONFIDENTIAL"} | changes
    issue = Issue(2, mode, "2026-11-26T00:00:00+00:00", "alice", said["designation"])
    return log_document("Larkspur v. Saltmarsh", said["order"], SOFTWARE, issue, entries)


def read(document: dict[str, Any]) -> list[str]:
    printed = pdf.render(privilege_log_of(document))
    return [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(printed)).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_an_itemised_log_prints_every_field_of_every_entry():
    entries = [entry(number) for number in range(1, 30)]
    pages = read(frozen(*entries))
    text = squeezed("".join(pages))
    for one in entries:
        assert squeezed(one.description) in text
        assert one.pages in text
    assert [one for one in pages if "CONFIDENTIAL" not in one] == []
    assert "OrderunderRule502(d)Orderof3May2026" in text


def test_a_categorical_log_counts_and_names_no_single_document():
    entries = [entry(1), entry(2, author="B. Other"), entry(3, category="drafts", date="May 2026")]
    document = frozen(*entries, mode="categorical")
    assert [(one["category"], one["count"], one["dates"]) for one in document["rows"]] == [
        ("advice", "2", "2026-05-01 to 2026-05-02"),
        ("drafts", "1", "1 without a day"),
    ]
    assert document["rows"][0]["authors"] == "A. Author; B. Other"
    assert "X00001" not in json.dumps(document)
    text = squeezed("".join(read(document)))
    assert "2026-05-01to2026-05-02" in text


@pytest.mark.parametrize("mode", ["itemised", "categorical"])
def test_hostile_words_are_printed_harmless_and_no_formula(mode):
    document = frozen(entry(1, author=HOSTILE, category="+x"), mode=mode)
    artefact = privilege_log_of(document)
    assert "#setpage(width:1pt)" in squeezed("".join(read(document)))
    rows = list(csv.reader(io.StringIO(csv_of(artefact).decode("utf-8-sig"))))
    assert len(rows) == 2
    cells = [cell for cell in rows[1] if "HYPERLINK" in cell or cell.endswith("+x")]
    assert cells != []
    assert all(cell.startswith("'") for cell in cells)


def test_the_frozen_log_is_attached_and_equal_logs_are_equal_bytes():
    document = frozen(entry(1))
    printed = pdf.render(privilege_log_of(document))
    (attached,) = pypdf.PdfReader(io.BytesIO(printed)).attachment_list
    assert json.loads(attached.content) == document
    assert pdf.render(privilege_log_of(json.loads(attached.content))) == printed


def test_a_log_without_an_order_says_so():
    assert "none is named" in "".join(read(frozen(entry(1), order="")))
