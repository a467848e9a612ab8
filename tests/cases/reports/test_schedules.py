"""Schedules under Rule 1006: every pointer leads to the number that is printed beside it."""

import csv
import io
import json
import re
from itertools import islice

import numpy as np
import pikepdf
import pytest

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.results import Compared
from cases.reports import pdf
from cases.reports.artefacts import Bates
from cases.reports.blocks import Listing, plain, within
from cases.reports.exhibit_list import exhibit_list
from cases.reports.pointers import Pointers, json_pointer, resolved
from cases.reports.schedules import records, schedules_of
from tests.cases.reports.specimen import Specimen, document_of


@pytest.fixture(scope="module")
def document():
    return document_of(Specimen(controls=5))


def rows_of(document):
    """Return made-up rows for the exhibits of a document."""
    labels = [one["label"] for one in document["plan"]["inputs"]]
    return [
        Compared(
            prompt,
            label,
            prompt,
            sha256_hex(f"{label} {prompt}".encode()),
            100 + prompt,
            None if label == labels[0] else prompt / 1000,
        )
        for prompt in range(1, document["result"]["matched_prompts"] + 1)
        for label in labels
    ]


def listings(artefact):
    found = (one for section in artefact.sections for one in within(section.blocks))
    return {one.key: one for one in found if isinstance(one, Listing)}


def test_every_json_pointer_leads_to_the_number_printed_beside_it(document):
    results = json.loads(canonical_json(document))
    found = listings(schedules_of(document, rows_of(document)))
    means = [*found["schedule-3a"].rows, *found["schedule-3b"].rows]
    models = len(document["plan"]["inputs"])
    assert len(means) == models * (models - 1) // 2
    for row in means:
        assert f"{resolved(results, row[2]):.6f}" == row[1]
        assert re.fullmatch(r"[0-9a-f]{64}", row[3])
    numbers = found["schedule-4"].rows
    assert len(numbers) > 100
    for _, _, value, pointer in numbers:
        there = resolved(results, pointer)
        if value == "not defined":
            assert there is None
        elif isinstance(there, str):
            assert there.replace("_", " ") == value
        else:
            assert float(value.replace(",", "")) == there


def test_no_number_of_a_test_is_left_out(document):
    found = listings(schedules_of(document, rows_of(document)))
    pointers = {row[3] for row in found["schedule-4"].rows}
    for place, one in enumerate(document["result"]["tests"]):
        for number in range(len(one["figures"])):
            assert json_pointer("result", "tests", place, "figures", number, "value") in pointers
        if one["p_value"] is not None:
            assert json_pointer("result", "tests", place, "p_value") in pointers


def test_every_row_is_in_the_attached_file_and_the_first_are_printed(document, monkeypatch):
    rows = rows_of(document)
    monkeypatch.setattr(records, "PRINTED", 10)
    made = schedules_of(document, iter(rows))
    (attached,) = made.attachments
    read = list(csv.DictReader(io.StringIO(attached.text)))
    assert [(one["exhibit"], one["sha256"]) for one in read] == [
        (one.label, one.sha256) for one in rows
    ]
    printed = listings(made)["schedule-2"].rows
    assert [row[1] for row in printed] == [one.sha256 for one in islice(rows, 10)]
    assert printed[1][0] == "1 \u00b7 B:1"
    said = " ".join(plain(one.text) for one in made.sections[1].blocks if hasattr(one, "text"))
    assert f"The first 10 of {len(rows)} rows are printed" in said
    about = dict(made.about.rows)
    assert plain(about["SHA-256 of schedule-2.csv"]) == sha256_hex(attached.text.encode())


def test_each_schedule_says_what_it_rests_on_and_where_that_is(document):
    document = document | {"exhibits": [dict(one) for one in document["exhibits"]]}
    for number, one in enumerate(document["exhibits"], start=1):
        one["bates"] = f"ABC{number:06}"
    made = schedules_of(document, rows_of(document))
    for section in made.sections[:4]:
        said = {name: plain(value) for name, value in section.blocks[0].rows}
        assert list(said) == ["Summarises", "Rests on", "Available at", "Made by"]
        assert said["Available at"].startswith("Bates ABC000001 to ABC000007.")
        assert said["Available at"].endswith("as said in section 5.")
    assert all(one.rule is not None for one in listings(made).values())


def test_the_digest_of_rows_is_that_of_their_pointers_prompt_by_prompt():
    pointers = Pointers()
    rows = [Compared(1, "A", 7, "a" * 64, 1, None), Compared(1, "B", 9, "b" * 64, 1, 0.5)]
    assert list(pointers.seen(rows)) == rows
    text = f'[["A:7:{"a" * 64}","B:9:{"b" * 64}"]]'
    assert pointers.digest(["A", "B"]) == sha256_hex(text.encode())


def test_a_pointer_escapes_what_the_standard_escapes():
    value = {"a/b": {"c~d": [1, 2]}}
    assert json_pointer("a/b", "c~d", 1) == "/a~1b/c~0d/1"
    assert resolved(value, "/a~1b/c~0d/1") == 2
    with pytest.raises(LookupError):
        resolved(value, "/a")


def test_schedules_and_exhibit_list_are_printed_with_numbers(document):
    made = schedules_of(document, rows_of(document))
    for artefact in (made, exhibit_list(document)):
        printed = pdf.render(artefact, bates=Bates("ABC", 41, 6))
        with pikepdf.open(io.BytesIO(printed)) as opened:
            assert opened.Root.MarkInfo.Marked
            assert list(opened.attachments) == [one.name for one in artefact.attachments]
    assert np.isfinite(document["result"]["similarity"]["mean_cosine"]).all()
