"""Final filings in a bundle: their papers are those of the ledger, and so are their people."""

import json
import shutil

import pytest

from audit.analysis.bundling import layout
from audit.analysis.tampering.draft import Draft
from audit.analysis.tampering.printing import with_another_number
from audit.analysis.tampering.remaking import chain
from audit.analysis.verifying import reports
from audit.analysis.verifying.filings import as_issued
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.prints import Print
from audit.analysis.verifying.reading import Bundle

# The fixture fills a database; with the mark pytest-django makes one.
pytestmark = pytest.mark.django_db

PAPER, TOLD = layout.filing(1, "report.pdf"), layout.filing(1, layout.FILING)


@pytest.fixture
def draft(bundle, tmp_path):
    """A copy of the bundle that may be changed."""
    return Draft(bundle.place, tmp_path / "copy")


def problems(draft):
    found = Found()
    as_issued(Bundle(draft.root), found)
    return [(one.where, one.what) for one in found.problems]


def with_entries(draft, change):
    """Have the ledger say something else, sealed anew throughout."""
    entries = [one for entry in draft.entries() if (one := change(entry)) is not None]
    draft.write_entries(chain(entries))


def test_a_final_filing_lies_in_the_bundle_and_holds(bundle):
    found = Found()
    as_issued(Bundle(bundle.place), found)
    assert found.problems == []
    assert "1 filings, 1 finalised" in found.remarks
    assert ["not that they say what results.json says" in one for one in found.limits] == [True]
    told = json.loads((bundle.place / TOLD).read_bytes())
    assert told["filing"]["drafted_by"] == "alice"
    assert bundle.counts["filings"] == 1


def test_a_changed_missing_or_added_paper_is_named(draft):
    draft.write(PAPER, draft.read(PAPER) + b"%")
    assert [where for where, _ in problems(draft)] == [PAPER]
    draft.remove(PAPER)
    assert "(missing)" in dict(problems(draft))[PAPER]
    draft.write(layout.filing(1, "more.pdf"), b"x")
    assert "no such paper was finalised" in dict(problems(draft))[layout.filing(1, "more.pdf")]


def test_a_filing_that_is_gone_or_that_nobody_finalised_is_named(draft):
    shutil.copytree(draft.root / "data/filings/1", draft.root / "data/filings/2")
    assert ("data/filings/2/", "no entry of the ledger finalises this filing") in problems(draft)
    shutil.rmtree(draft.root / "data/filings")
    assert problems(draft) == [("data/filings/1/", "was finalised and is not in the bundle")]


def test_other_texts_than_the_frozen_ones_are_named(draft):
    def other(told):
        told["filing"]["texts"]["scope"] = "Find that it was copied."

    draft.edit(TOLD, other)
    assert [what for _, what in problems(draft)] == [
        "says otherwise of its filing than filing.json"
    ]


def test_a_filing_on_another_result_is_named(draft):
    draft.edit(layout.finding(1, "result.json"), lambda result: result.update(matched_prompts=7))
    assert any("its result is not that of" in what for _, what in problems(draft))


@pytest.mark.parametrize(
    ("act", "changed", "expected"),
    [
        ("finalised", {"actor": "alice"}, "which alice drafted"),
        ("reviewed", {"actor": "alice"}, "who wrote in it"),
        ("reviewed", None, "no technical review approves"),
        ("reviewed", {"act": "written"}, "no technical review approves"),
        ("drafted", None, "finalises filing 1"),
    ],
)
def test_a_ledger_in_which_two_hands_were_one_is_found(draft, act, changed, expected):
    def change(entry):
        if entry["act"] != act:
            return entry
        return entry | changed if changed else None

    with_entries(draft, change)
    assert any(expected in what for where, what in problems(draft) if layout.ENTRIES in where)


def test_a_reviewer_who_wrote_in_the_filing_that_was_taken_over_is_found(draft):
    (reviewer,) = {one["actor"] for one in draft.entries() if one["act"] == "reviewed"}

    def change(entry):
        if entry["act"] == "opened":
            return entry | {"act": "written", "actor": reviewer, "facts": {"filing": 9}}
        after = {"after": 9} if entry["act"] == "drafted" else {}
        return entry | {"facts": entry["facts"] | after}

    with_entries(draft, change)
    assert (
        f"filing 1 was reviewed by {reviewer}, who wrote in it" in dict(problems(draft)).values()
    )


def test_the_report_of_a_filing_is_held_against_its_frozen_document(bundle, draft):
    for check in (reports.attached, reports.figures, reports.printed_again):
        found = Found()
        check(Bundle(bundle.place), found)
        assert (found.problems, found.limits) == ([], [])
    assert "the report of filing 1: the same bytes" in found.remarks
    changed = with_another_number(draft.read(PAPER))
    draft.write(PAPER, changed)
    found = Found()
    reports.figures(Bundle(draft.root), found)
    assert {one.where.partition(",")[0] for one in found.problems} == {PAPER}


def test_a_report_with_bates_numbers_is_not_printed_again_and_that_is_said(draft):
    def numbered(told):
        for one in told["papers"]:
            one["bates_first"] = "ABC000001"

    draft.edit(TOLD, numbered)
    found = Found()
    reports.printed_again(Bundle(draft.root), found)
    (said,) = found.limits
    assert said.startswith("the report of filing 1 was numbered")


def test_a_signature_behind_the_printed_bytes_is_told_apart_from_other_bytes(draft):
    draft.write(PAPER, draft.read(PAPER) + b"% more")
    with pytest.raises(NotCheckedError, match="has the same words and other bytes"):
        reports.printed_again(Bundle(draft.root), Found())
    # As of one that names who signs it: what is printed is the document, and the rest behind it.
    signed = Print("it", PAPER, layout.filing(1, "results.json"))
    again = draft.read(PAPER).removesuffix(b"% more")
    draft.edit(signed.results, lambda document: document.update(signature={"by": "Ada"}))
    found = Found()
    assert reports._has_bytes_of(Bundle(draft.root), signed, again, found)
    assert "for pdfsig or a PDF reader to say" in found.limits[0]
