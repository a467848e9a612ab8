"""Whoever asks the database: four eyes, one direction, and nothing of a final filing changes."""

from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import Filing, FilingElement, FilingReview, FilingText
from cases.rules.filing import EDGES
from cases.services import certifications, filings, matters
from cases.services.certifications import Certifier
from cases.services.filings import ClauseWritten
from cases.tasks import finalise
from tests.making import past_the_triggers

pytestmark = pytest.mark.django_db

STATES = ("draft", "review", "reviewed", "final", "discarded")
WRITTEN = ("cases_filingtext", "cases_filingclause", "cases_filingelement")
TOUCH, REMOVE, EMPTY = "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"
REWRITE = "UPDATE {} SET written_by_id = written_by_id"
AGAIN = "INSERT INTO {0} SELECT (jsonb_populate_record(r, '{{\"id\": 900}}')).* FROM {0} r LIMIT 1"
PASS_ON = "UPDATE {} SET filing_id = %s WHERE filing_id = %s"
SET = "UPDATE cases_filing SET {} = %s"


def refused(statement: str, *values: object) -> str:
    """Return what the database says to a statement that it must refuse."""
    try:
        with transaction.atomic():
            connection.cursor().execute(statement, values)
            connection.check_constraints()
    except DatabaseError as error:
        return str(error)
    return ""


def done(statement: str, *values: object) -> None:
    connection.cursor().execute(statement, values)


@pytest.fixture
def full(filing, alice):
    """A draft with a row of each kind."""
    filings.write_clause(filing, None, ClauseWritten("Terms", "No."), by=alice)
    filing.refresh_from_db()
    return filing


@pytest.fixture
def final(full, alice, carol, dave):
    """A final filing."""
    filings.ask_review(full, by=alice)
    verdict = filings.Verdict("technical", "approved", full.revision)
    filings.review(full, verdict, by=carol)
    filings.ask_finalise(full, by=dave)
    finalise(full.pk)
    full.refresh_from_db()
    assert full.state == "final"
    return full


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_a_state_follows_only_along_the_edges(filing, dave, carol, before, after):
    """Each state is set past the triggers, with all that the last two of them ask for."""
    with past_the_triggers():
        FilingReview.objects.create(
            filing=filing,
            number=1,
            by=carol,
            kind="technical",
            outcome="approved",
            revision=filing.revision,
        )
        filing.papers.create(
            kind="document", media="x", filename="x", sha256="a" * 64, size=1, pages=None
        )
        Filing.objects.update(**_columns(before, dave))
    columns = {name: value for name, value in _columns(after, dave).items() if name != "state"}
    try:
        with transaction.atomic():
            Filing.objects.update(state=after, **columns)
            moved = True
    except DatabaseError:
        moved = False
    is_open = before not in {"final", "discarded"}
    assert moved == ((before, after) in EDGES or (before == after and is_open))


def _columns(state, by):
    asked = by if state in {"reviewed", "final"} else None
    at = "2026-01-01T00:00:00Z"
    is_final = state == "final"
    return {
        "state": state,
        "finalise_asked_by": asked,
        "finalise_asked_at": at if asked else None,
        "finalised_by": by if is_final else None,
        "finalised_at": at if is_final else None,
        "document_sha256": "a" * 64 if is_final else "",
    }


@pytest.mark.parametrize("state", ["review", "reviewed", "final", "discarded"])
def test_text_changes_only_in_a_draft(full, dave, alice, state):
    with past_the_triggers():
        Filing.objects.update(**_columns(state, dave))
    for table in WRITTEN:
        for statement in (REWRITE, REMOVE, AGAIN):
            assert "is no draft" in refused(statement.format(table))


def test_each_change_is_a_revision_and_its_writer_an_author(full, dave):
    before = full.revision
    FilingText.objects.filter(filing=full).update(text="x", written_by=dave)
    FilingElement.objects.filter(filing=full, place=1).delete()
    full.refresh_from_db()
    assert full.revision == before + 2
    assert set(full.authors.values_list("person__username", flat=True)) == {"alice", "dave"}
    for statement in (
        "UPDATE cases_filing SET revision = revision - 1",
        "DELETE FROM cases_filingauthor",
        "UPDATE cases_filingauthor SET person_id = person_id",
    ):
        assert refused(statement)


def test_text_does_not_pass_to_another_filing(full, alice):
    other = filings.draft(full.finding, by=alice)
    for table in WRITTEN:
        assert "is no draft" in refused(PASS_ON.format(table), other.pk, full.pk)


def test_a_review_is_by_another_and_of_the_text_as_it_is(full, alice, carol, dave):
    review = (
        "INSERT INTO cases_filingreview (filing_id, number, by_id, at, kind, outcome, remarks,"
        " revision) VALUES (%s, 1, %s, now(), 'technical', %s, '', %s)"
    )
    now = full.revision
    assert "is not in review" in refused(review, full.pk, carol.pk, "approved", now)
    filings.ask_review(full, by=alice)
    assert "does not review it" in refused(review, full.pk, alice.pk, "approved", now)
    assert "is not in review" in refused(review, full.pk, carol.pk, "approved", now - 1)
    assert "returned_review_says_why" in refused(review, full.pk, carol.pk, "returned", now)
    other = review.replace("'', %s)", "'Hm.', %s)")
    assert "review_says_kind" in refused(other, full.pk, carol.pk, "perhaps", now)
    done(review, full.pk, carol.pk, "approved", now)
    for statement in ("DELETE FROM cases_filingreview", "UPDATE cases_filingreview SET at = at"):
        assert "append-only" in refused(statement)


def test_nothing_is_reviewed_or_final_without_a_technical_approval(full, alice, carol, dave):
    filings.ask_review(full, by=alice)
    assert "no technical review" in refused("UPDATE cases_filing SET state = 'reviewed'")
    administrative = filings.Verdict("administrative", "approved", full.revision)
    filings.review(full, administrative, by=carol)
    assert "no technical review" in refused("UPDATE cases_filing SET state = 'reviewed'")


def test_an_approval_of_an_earlier_text_makes_nothing_final(reviewed, alice, dave):
    filings.write_texts(reviewed, {"scope": "Other."}, by=alice)
    filings.ask_review(reviewed, by=alice)
    assert "no technical review" in refused("UPDATE cases_filing SET state = 'reviewed'")


def test_an_approval_before_a_return_makes_nothing_final(reviewed, alice, carol):
    back = filings.Verdict("technical", "returned", reviewed.revision, "Mend it.")
    filings.review(reviewed, back, by=carol)
    filings.ask_review(reviewed, by=alice)
    assert "no technical review" in refused("UPDATE cases_filing SET state = 'reviewed'")


def test_four_eyes(reviewed, alice, dave):
    asked = "UPDATE cases_filing SET finalise_asked_by_id = %s, finalise_asked_at = now()"
    assert "who_finalises_did_not_draft" in refused(asked, alice.pk)
    done(asked, dave.pk)
    ended = (
        "UPDATE cases_filing SET state = 'final', finalised_by_id = %s, finalised_at = now(),"
        " document_sha256 = repeat('a', 64)"
    )
    paper = (
        "INSERT INTO cases_filingpaper (filing_id, kind, media, filename, sha256, size,"
        " bates_first, signed) VALUES (%s, 'document', 'x', %s, repeat('a', 64), 1, '', false)"
    )
    assert "has not its frozen document" in refused(ended, dave.pk)
    assert "paper_has_plain_name" in refused(paper, reviewed.pk, "../x")
    done(paper, reviewed.pk, "x.json")
    assert "who_finalises_asked_for_it" in refused(ended, alice.pk)
    assert "filing_is_finalised_whole" in refused(ended, None)
    done(ended, dave.pk)


def test_who_drafted_stays_who_drafted(reviewed, carol):
    for column, value in (
        ("drafted_by_id", carol.pk),
        ("number", 7),
        ("drafted_at", "2020-01-01T00:00:00Z"),
    ):
        assert "does not change" in refused(SET.format(column), value)
    assert "append-only" in refused("DELETE FROM cases_filing")


def test_a_paper_comes_only_with_the_end(reviewed):
    paper = (
        "INSERT INTO cases_filingpaper (filing_id, kind, media, filename, sha256, size,"
        " bates_first, signed) VALUES (%s, 'report', 'x', 'x', repeat('a', 64), 1, '', false)"
    )
    assert "is not being finalised" in refused(paper, reviewed.pk)


def test_a_final_filing_changes_no_more(final, carol, dave):
    parts = (*WRITTEN, "cases_filingreview", "cases_filingpaper")
    for table in (*parts, "cases_filing"):
        assert refused(TOUCH.format(table))
        assert refused(REMOVE.format(table))
        assert "TRUNCATE" in refused(EMPTY.format(table))
    for table in parts:
        assert refused(AGAIN.format(table))
    for statement in (
        "UPDATE cases_filing SET state = 'draft'",
        "UPDATE cases_filing SET revision = revision + 1",
        "UPDATE cases_filing SET document_sha256 = repeat('b', 64)",
    ):
        assert "is final" in refused(statement)


def test_a_filing_begins_as_a_draft_on_a_finding_of_its_matter(filing, dave):
    other = matters.open_matter("Other", "What?", by=dave)
    begun = (
        "INSERT INTO cases_filing (matter_id, number, finding_id, state, revision, drafted_by_id,"
        " drafted_at, document_sha256) VALUES (%s, 9, %s, %s, 0, %s, now(), '')"
    )
    for matter, state in ((filing.matter, "reviewed"), (other, "draft")):
        said = refused(begun, matter.pk, filing.finding_id, state, dave.pk)
        assert "does not begin as a draft" in said


def test_a_clause_has_the_digest_of_its_text(full):
    assert "is not that of its text" in refused("UPDATE cases_filingclause SET text = 'Yes.'")
    backward = "UPDATE cases_filingclause SET effective_from = '2026-02-01', effective_to = %s"
    assert "clause_ends_after_it_begins" in refused(backward, "2026-01-01")


def test_a_certification_is_of_the_matter_and_counts_as_a_change(filing, dave, exhibits, alice):
    other = matters.open_matter("Other", "What?", by=dave)
    by_ann = Certifier("Ann Other", "examiner")
    asked = certifications.ask(filing.matter, exhibits, by_ann, by=alice)
    before = filing.revision
    filings.certify_with(filing, asked, by=alice)
    filing.refresh_from_db()
    assert (filing.certification, filing.revision) == (asked, before + 1)
    elsewhere = other.certifications.create(number=1, certifier=dave, name="x", capacity="y")
    said = refused("UPDATE cases_filing SET certification_id = %s", elsewhere.pk)
    assert "of another matter" in said
    filings.ask_review(filing, by=alice)
    said = refused("UPDATE cases_filing SET certification_id = NULL")
    assert "changes only in a draft" in said
