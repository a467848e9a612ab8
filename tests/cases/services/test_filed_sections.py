"""What a filing's report says of how it came about, from the first draft to its end."""

import json

import pytest

from audit.services.sources import store
from cases.reports.report import report_of
from cases.services import filings
from cases.services.filings import ClauseWritten
from cases.tasks import finalise
from tests.cases.reports.sections.documents import facts, quotes, said, table
from tests.filed import DRAFTED

pytestmark = pytest.mark.django_db(transaction=True)

CLAUSE = ClauseWritten("Terms of service", "No output may be used\nto train.", gaps="In 2024.")


@pytest.fixture
def sections(filing, alice, carol, dave):
    """The sections of a final filing's report, by key, of the document as it is kept."""
    filings.write_texts(filing, {"assumptions": "One.\nTwo.", "name": "Ada"}, by=alice)
    filings.write_clause(filing, None, CLAUSE, by=alice)
    filings.ask_review(filing, by=alice)
    filing.refresh_from_db()
    returned = filings.Verdict("technical", "returned", filing.revision, "Mend it.")
    filings.review(filing, returned, by=carol)
    filings.ask_review(filing, by=alice)
    approved = filings.Verdict("technical", "approved", filing.revision)
    filings.review(filing, approved, by=carol)
    filings.ask_finalise(filing, by=dave)
    finalise(filing.pk)
    with store().open(filing.papers.get(kind="document").sha256) as kept:
        document = json.load(kept)
    return {one.key: one for one in report_of(document).sections}


def test_a_final_report_tells_how_it_came_about(sections, filing):
    control = facts(sections["control"])
    assert control["Status"].startswith("Final.")
    assert control["Author"].startswith("alice, ")
    assert control["Reviewed by"].startswith("carol; see section ")
    assert control["Finalised by"].startswith("dave, ")
    reviews = table(sections["review"], "reviews")
    assert [row[1:] for row in reviews] == [
        ("carol", "technical", "returned"),
        ("carol", "technical", "approved"),
    ]
    steps = [(row[2], row[3]) for row in table(sections["review"], "revisions")]
    assert steps == [
        ("drafted", "alice"),
        ("review asked for", "alice"),
        ("reviewed, technical: returned", "carol"),
        ("review asked for", "alice"),
        ("reviewed, technical: approved", "carol"),
        ("finalising asked for", "dave"),
    ]
    assert "Changes of text between these steps: 3." in said(sections["review"])


def test_a_final_report_prints_what_was_written_as_it_was_written(sections):
    assert f"Compare them. {DRAFTED}" in quotes(sections["instruction"])
    assert {"One.", "Two."} <= set(quotes(sections["instruction"]))
    assert "No output may be used\nto train." in quotes(sections["clauses"])
    assert facts(sections["clauses"])["Gaps"] == "In 2024."
    rows = table(sections["clauses"], "claims-defences")
    assert rows
    assert {row[2] for row in rows} == {"none held"}
    assert "Ada" in quotes(sections["expert"])


def test_the_plan_of_a_real_finding_was_kept(sections):
    assert "No deviation is recorded." in said(sections["deviations"])
    (plan,) = table(sections["deviations"], "plans")
    assert plan[0] == "1"
    assert "None: every exhibit of this matter is in the plan." in said(sections["deviations"])
