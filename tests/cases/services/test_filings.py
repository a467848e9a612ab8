"""The life of a filing: drafted, reviewed, finalised; who may do what; what the ledger says."""

import json
from io import BytesIO

import pytest
from pypdf import PdfReader

from audit.analysis.digests import sha256_hex
from audit.models import Job, Run
from audit.services.sources import store
from cases.models import Exhibit, Filing, FilingClause
from cases.rules import claims
from cases.services import (
    checkpoints,
    custody,
    evidence,
    exhibits,
    filings,
    matters,
    papers_of_filing,
)
from cases.services.filings import (
    ClauseWritten,
    FilingRefusedError,
    NotFinalError,
    Verdict,
)
from cases.services.sweep import due_work
from cases.tasks import finalise
from tests.filed import DRAFTED, approve
from tests.making import past_the_triggers

pytestmark = pytest.mark.django_db(transaction=True)

PDFS = {"report.pdf", "schedules.pdf", "exhibit-list.pdf"}
CLAUSE = ClauseWritten("Terms of service", f"No output may be used to train. {DRAFTED}\r\nAt all.")


def acts(matter):
    return list(matter.custody.order_by("number").values_list("act", flat=True))


def everything_said(matter):
    return json.dumps(list(matter.custody.values_list("facts", flat=True)))


def again(filing):
    return Filing.objects.get(pk=filing.pk)


def test_a_filing_begins_with_every_claim_and_defence_and_nothing_held(filing):
    rows = list(filing.elements.values_list("claim", "element", "kind"))
    assert rows == [tuple(one) for one in claims.TEMPLATE]
    assert {one.kind for one in claims.TEMPLATE} == {"element", "defence"}
    assert set(filing.elements.values_list("evidence", flat=True)) == {""}
    assert (filing.state, filing.number) == ("draft", 1)


def test_what_is_written_is_kept_and_the_ledger_says_only_that_it_was(filing, alice, matter):
    filings.write_texts(filing, {"name": f"Ada {DRAFTED}", "scope": "Other."}, by=alice)
    filings.write_clause(filing, None, CLAUSE, by=alice)
    filings.write_elements(filing, {3: f"A letter. {DRAFTED}"}, by=alice)
    filings.add_element(filing, claims.Row("Breach of contract", DRAFTED, "defence"), by=alice)
    clause = filing.clauses.get()
    assert clause.text.endswith("train. quagga-marmalade\nAt all.")
    assert clause.sha256 == sha256_hex(clause.text.encode())
    assert filing.elements.get(place=3).evidence == f"A letter. {DRAFTED}"
    said = everything_said(matter)
    assert DRAFTED not in said
    assert clause.sha256 not in said
    written = matter.custody.filter(act="written").order_by("number")
    assert [one.facts["part"] for one in written][-4:] == ["texts", "clauses", *["elements"] * 2]


def test_writing_the_same_again_changes_nothing(filing, alice, matter):
    before = acts(matter)
    filings.write_texts(filing, {"scope": f"Compare them. {DRAFTED}", "name": ""}, by=alice)
    filings.write_elements(filing, {1: "", 2: " "}, by=alice)
    assert again(filing).revision == filing.revision
    assert acts(matter) == before


def test_two_who_write_at_once_do_not_write_over_each_other(filing, alice, dave):
    filings.write_texts(filing, {"scope": "Dave's."}, seen=filing.revision, by=dave)
    with pytest.raises(FilingRefusedError, match="Somebody changed this filing"):
        filings.write_texts(filing, {"scope": "Alice's."}, seen=filing.revision, by=alice)
    assert filing.texts.get(kind="scope").text == "Dave's."


def test_rows_that_were_added_can_be_taken_out_and_the_others_stay(filing, alice):
    row = claims.Row("Another claim", "an element", "element")
    filings.add_element(filing, row, by=alice)
    with pytest.raises(FilingRefusedError, match="has this row already"):
        filings.add_element(filing, row, by=alice)
    filings.remove_element(filing, filing.elements.get(claim="Another claim"), by=alice)
    with pytest.raises(FilingRefusedError, match="stands in every filing"):
        filings.remove_element(filing, filing.elements.get(place=1), by=alice)
    assert filing.elements.count() == len(claims.TEMPLATE)


def test_a_clause_is_written_anew_and_taken_out(filing, alice):
    filings.write_clause(filing, None, CLAUSE, by=alice)
    other = ClauseWritten("Terms of service", "Other words.", version="2")
    filings.write_clause(filing, filing.clauses.get(), other, by=alice)
    assert list(filing.clauses.values_list("text", "version")) == [("Other words.", "2")]
    filings.remove_clause(filing, filing.clauses.get(), by=alice)
    assert not FilingClause.objects.exists()


def test_another_filing_begins_with_what_was_written_in_one(filing, alice, dave, matter):
    filings.write_clause(filing, None, CLAUSE, by=alice)
    filings.write_elements(filing, {2: "A capture."}, by=alice)
    filings.discard(filing, by=alice)
    other = filings.draft(filing.finding, by=dave, after=filing)
    assert (other.number, other.state, other.drafted_by) == (2, "draft", dave)
    assert other.texts.get().text == filing.texts.get().text
    assert other.clauses.get().sha256 == filing.clauses.get().sha256
    assert other.elements.get(place=2).evidence == "A capture."
    assert other.elements.count() == len(claims.TEMPLATE)
    assert {one.person for one in other.authors.all()} == {alice, dave}
    facts = matter.custody.order_by("-number").first().facts
    assert facts == {"filing": 2, "finding": filing.finding.number, "after": 1}


def test_it_is_reviewed_by_another_and_finalised_by_a_third_or_the_same(
    reviewed, dave, matter, settings, tmp_path
):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    assert reviewed.state == "reviewed"
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    finalise(reviewed.pk)
    final = again(reviewed)
    assert (final.state, final.finalised_by) == ("final", dave)
    papers = {one.filename: one for one in final.papers.all()}
    assert papers.keys() == {"results.json", "tables.zip", *PDFS, "report.html", "report.docx"}
    assert papers["results.json"].sha256 == final.document_sha256
    assert papers["report.pdf"].pages > 3
    assert all(papers[name].pages for name in PDFS)
    assert {papers[name].pages for name in papers.keys() - PDFS} == {None}
    (entry,) = matter.custody.filter(act="finalised")
    assert entry.facts["papers"] == {name: one.sha256 for name, one in papers.items()}
    assert (entry.actor, entry.facts["document"]) == ("dave", final.document_sha256)
    assert DRAFTED not in everything_said(matter)
    assert custody.problems(matter) == []


def test_the_frozen_document_tells_the_filing_without_remarks_of_reviewers(reviewed, dave):
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    final = again(reviewed)
    told = json.loads(b"".join(store().raw(final.document_sha256)))["filing"]
    assert told["texts"]["scope"] == f"Compare them. {DRAFTED}"
    assert [(one["by"], one["outcome"]) for one in told["reviews"]] == [("carol", "approved")]
    assert (told["status"], told["drafted_by"], told["finalised_by"]) == ("final", "alice", "dave")
    assert told["finalised_at"] == final.finalised_at.isoformat()
    assert "Fine." not in json.dumps(told)


def test_the_ledger_has_every_step_in_its_order(reviewed, dave, matter):
    filings.write_texts(reviewed, {"scope": "More."}, by=dave)
    told = [one for one in acts(matter) if one not in {"permission", "party"}]
    assert told[-5:] == ["drafted", "written", "review asked", "reviewed", "written"]
    last = matter.custody.order_by("-number").first()
    assert last.facts == {"filing": 1, "part": "texts", "state_before": "reviewed"}


def test_editing_after_the_review_makes_it_a_draft_and_the_review_old(reviewed, alice, dave):
    filings.ask_finalise(reviewed, by=dave)
    filings.write_elements(reviewed, {1: "a record of the click"}, by=alice)
    edited = again(reviewed)
    assert (edited.state, edited.finalise_asked_by) == ("draft", None)
    assert filings.problems_of(edited, dave) == [
        "The review is of an earlier text. Ask for another review."
    ]
    finalise(edited.pk)
    job = Job.objects.get(kind=Job.Kind.FINALISE)
    assert job.state == "failed"
    assert "was changed after somebody asked" in job.error
    assert again(edited).state == "draft"


def test_who_wrote_in_it_cannot_review_it(filing, alice, dave):
    filings.write_texts(filing, {"remarks": "Dave was here."}, by=dave)
    filings.ask_review(filing, by=alice)
    verdict = Verdict("technical", "approved", again(filing).revision)
    for person in (alice, dave):
        with pytest.raises(FilingRefusedError, match="wrote in Filing 1 and cannot review it"):
            filings.review(filing, verdict, by=person)
    assert not filing.reviews.exists()


def test_who_wrote_in_the_filing_before_cannot_review_what_was_taken_over(filing, alice, dave):
    filings.discard(filing, by=alice)
    taken = filings.draft(filing.finding, by=dave, after=filing)
    filings.ask_review(taken, by=dave)
    verdict = Verdict("technical", "approved", again(taken).revision)
    with pytest.raises(FilingRefusedError, match="alice wrote in Filing 2 and cannot review it"):
        filings.review(taken, verdict, by=alice)


def test_who_only_took_something_out_cannot_review_it(filing, alice, dave):
    filings.write_clause(filing, None, CLAUSE, by=alice)
    filings.remove_clause(filing, filing.clauses.get(), by=dave)
    filings.ask_review(filing, by=alice)
    verdict = Verdict("technical", "approved", again(filing).revision)
    with pytest.raises(FilingRefusedError, match="dave wrote in Filing 1 and cannot review it"):
        filings.review(filing, verdict, by=dave)


def test_a_review_is_of_what_the_reviewer_read(filing, alice, carol):
    filings.ask_review(filing, by=alice)
    old = again(filing).revision
    filings.write_texts(filing, {"scope": "Other."}, by=alice)
    filings.ask_review(filing, by=alice)
    with pytest.raises(FilingRefusedError, match="was changed since you opened it"):
        filings.review(filing, Verdict("technical", "approved", old), by=carol)
    assert again(filing).state == "review"


def test_a_return_says_why_and_makes_it_a_draft(reviewed, carol, matter):
    silent = Verdict("administrative", "returned", reviewed.revision)
    with pytest.raises(FilingRefusedError, match="returned with remarks"):
        filings.review(reviewed, silent, by=carol)
    back = Verdict("administrative", "returned", reviewed.revision, f"Mend {DRAFTED}.")
    filings.review(reviewed, back, by=carol)
    assert again(reviewed).state == "draft"
    assert filings.problems_of(again(reviewed), None) == [
        "The last review returned it. Mend what it asks for, and ask for another review."
    ]
    assert DRAFTED not in everything_said(matter)


def test_an_administrative_approval_alone_is_not_enough(filing, alice, carol):
    filings.ask_review(filing, by=alice)
    revision = again(filing).revision
    filings.review(filing, Verdict("administrative", "approved", revision), by=carol)
    assert again(filing).state == "review"
    filings.review(filing, Verdict("technical", "approved", revision), by=carol)
    assert again(filing).state == "reviewed"


def test_who_drafted_does_not_finalise(reviewed, alice):
    with pytest.raises(NotFinalError, match=r"alice drafted this filing\. Have another person"):
        filings.ask_finalise(reviewed, by=alice)
    assert not Job.objects.filter(kind=Job.Kind.FINALISE).exists()


def test_a_step_that_does_not_follow_is_refused_with_the_mend(filing, carol, dave, alice):
    with pytest.raises(
        FilingRefusedError, match=r"is draft: it cannot be finalised\. Ask for a rev"
    ):
        filings.ask_finalise(filing, by=dave)
    with pytest.raises(FilingRefusedError, match="is draft: it cannot be reviewed"):
        filings.review(filing, Verdict("technical", "approved", filing.revision), by=carol)
    filings.discard(filing, by=alice)
    filings.discard(filing, by=alice)
    with pytest.raises(FilingRefusedError, match=r"discarded: it cannot be changed\. Draft"):
        filings.write_texts(filing, {"scope": "x"}, by=alice)
    with pytest.raises(FilingRefusedError, match="discarded: it cannot be sent to review"):
        filings.ask_review(filing, by=alice)
    assert filing.matter.custody.filter(act="discarded").count() == 1


def test_a_withdrawn_exhibit_keeps_it_from_being_final_even_after_it_was_asked(
    reviewed, dave, alice, matter
):
    filings.ask_finalise(reviewed, by=dave)
    exhibits.withdraw(Exhibit.objects.get(matter=matter, number=4), "by mistake", by=alice)
    finalise(reviewed.pk)
    job = Job.objects.get(kind=Job.Kind.FINALISE)
    assert job.error == "Exhibit D was withdrawn. Seal another plan without it."
    assert again(reviewed).state == "reviewed"
    with pytest.raises(NotFinalError):
        filings.ask_finalise(reviewed, by=dave)


def test_a_broken_chain_and_a_plan_without_a_pack_are_said(finding, alice):
    made = filings.draft(finding, by=alice)
    with past_the_triggers():
        finding.matter.custody.filter(number=2).update(actor="nobody")
    said = filings.problems_of(made, None)
    assert any(one.startswith("The chain of custody is broken: ") for one in said)
    assert any(one.startswith("The result names no validation") for one in said)
    assert not any("chain" in one for one in filings.problems_of(made, None, whole_chain=False))


def test_a_result_that_was_changed_is_said(filing):
    with past_the_triggers():
        Run.objects.update(result=filing.finding.run.result | {"matched_prompts": 7})
    said = filings.problems_of(again(filing), None, whole_chain=False)
    assert any(
        "The result of finding 1 is not what its digest was taken of." in one for one in said
    )


def test_words_that_a_report_may_not_use_are_said_with_their_place(filing, alice, matter):
    proven = "The findings prove that it was trained on them."
    filings.write_texts(filing, {"remarks": proven, "assumptions": proven}, by=alice)
    filings.write_elements(filing, {4: proven}, by=alice)
    filings.write_clause(filing, None, ClauseWritten("Terms", proven, gaps=proven), by=alice)
    found = [one for one in filings.problems_of(again(filing), None) if "Write instead" in one]
    row = filing.elements.get(place=4).element
    assert [one.partition(" says ")[0] for one in found] == [
        "Assumptions supplied by counsel",
        "Remarks of the author",
        f"The evidence for \u201c{row}\u201d",
        "The gaps of Terms",
    ]


def test_a_plan_that_was_covered_after_its_result_is_said(filing):
    with past_the_triggers():
        checkpoint = checkpoints.covering(filing.finding)
        filing.matter.checkpoints.filter(pk=checkpoint.pk).update(made_at="2999-01-01T00:00:00Z")
    assert any("No checkpoint covers" in one for one in filings.problems_of(filing, None))


def test_a_worker_that_is_killed_leaves_nothing_half_done(
    reviewed, dave, matter, monkeypatch, settings, tmp_path
):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    filings.ask_finalise(reviewed, by=dave)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    for place in (
        "cases.services.filings.finalising.papers_of_filing.print_all",
        "cases.services.filings.finalising._finish",
        "cases.services.filings.finalising.custody.record",
    ):
        with monkeypatch.context() as cut:
            cut.setattr(place, killed)
            with pytest.raises(KeyboardInterrupt):
                finalise(reviewed.pk)
        left = again(reviewed)
        assert (left.state, left.papers.count()) == ("reviewed", 0)
        assert "finalised" not in acts(matter)
    finalise(reviewed.pk)
    assert again(reviewed).state == "final"
    assert acts(matter).count("finalised") == 1


def test_of_two_workers_the_first_to_finish_wins(reviewed, dave, matter, monkeypatch):
    filings.ask_finalise(reviewed, by=dave)
    printed, asked = papers_of_filing.print_all, again(reviewed)

    def overtaken(frozen, numbers):
        monkeypatch.setattr(papers_of_filing, "print_all", printed)
        filings.carry_out(again(reviewed))
        return printed(frozen, numbers)

    monkeypatch.setattr(papers_of_filing, "print_all", overtaken)
    filings.carry_out(asked)
    assert acts(matter).count("finalised") == 1
    assert again(reviewed).papers.count() == 7


def test_a_filing_that_is_edited_while_it_is_printed_is_not_final(
    reviewed, alice, dave, carol, matter, monkeypatch
):
    filings.ask_finalise(reviewed, by=dave)
    printed = papers_of_filing.print_all

    def edited(frozen, numbers):
        filings.write_texts(reviewed, {"scope": "Other."}, by=alice)
        approve(again(reviewed), alice, carol)
        return printed(frozen, numbers)

    monkeypatch.setattr(papers_of_filing, "print_all", edited)
    finalise(reviewed.pk)
    assert Job.objects.get(kind=Job.Kind.FINALISE).state == "failed"
    assert again(reviewed).state == "reviewed"
    monkeypatch.setattr(papers_of_filing, "print_all", printed)
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    assert again(reviewed).state == "final"
    assert acts(matter).count("finalise asked") == 2


def test_an_exhibit_that_is_withdrawn_while_it_is_printed_keeps_it_from_being_final(
    reviewed, alice, dave, matter, monkeypatch
):
    filings.ask_finalise(reviewed, by=dave)
    printed = papers_of_filing.print_all

    def withdrawn(frozen, numbers):
        exhibits.withdraw(Exhibit.objects.get(matter=matter, number=4), "by mistake", by=alice)
        return printed(frozen, numbers)

    monkeypatch.setattr(papers_of_filing, "print_all", withdrawn)
    finalise(reviewed.pk)
    assert "Exhibit D was withdrawn." in Job.objects.get(kind=Job.Kind.FINALISE).error
    assert (again(reviewed).state, again(reviewed).papers.count()) == ("reviewed", 0)


def test_who_lost_the_right_to_act_since_does_not_finalise(reviewed, alice, dave, matter):
    filings.ask_finalise(reviewed, by=dave)
    matters.set_level(matter, dave, "reviewer", by=alice)
    finalise(reviewed.pk)
    assert "dave may not act" in Job.objects.get(kind=Job.Kind.FINALISE).error
    assert again(reviewed).state == "reviewed"


def test_a_bell_that_was_lost_is_rung_again(reviewed, dave):
    filings.ask_finalise(reviewed, by=dave)
    with pytest.raises(FilingRefusedError, match="being finalised already"):
        filings.ask_finalise(reviewed, by=dave)
    Job.objects.filter(kind=Job.Kind.FINALISE).update(touched_at="2020-01-01T00:00:00Z")
    assert due_work().filings == (reviewed.pk,)


def test_a_preview_is_a_draft_and_is_not_kept(filing, alice, matter):
    before = set(store().digests())
    printed = filings.preview(filing, by=alice)
    assert printed.startswith(b"%PDF-")
    assert set(store().digests()) == before
    pages = [page.extract_text() for page in PdfReader(BytesIO(printed)).pages]
    assert all("DRAFT" in page for page in pages)
    assert acts(matter)[-1] == "previewed"


def test_a_final_filing_that_is_changed_is_found(
    reviewed, carol, dave, matter, settings, tmp_path
):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    where = f"matter {matter.pk}, "
    with past_the_triggers():
        reviewed.papers.filter(filename="report.pdf").update(sha256="0" * 64)
        reviewed.reviews.update(outcome="returned")
        Filing.objects.update(drafted_by=carol)
    found = []
    evidence.check(found.append)
    said = {one.where for one in found if one.grave}
    assert {f"{where}end of filing 1", f"{where}review 1 of filing 1", f"{where}filing 1"} <= said
    assert f"stored file {'0' * 64}" in said


def test_an_assumption_may_say_what_somebody_did_and_not_how_sure_that_is(filing, alice):
    clean = filings.problems_of(filing, None)
    assumed = "The operator breached the terms. That is certain."
    filings.write_texts(filing, {"assumptions": assumed}, by=alice)
    [found] = [one for one in filings.problems_of(filing, None) if one not in clean]
    assert found.startswith("Assumptions supplied by counsel says \u201cis certain\u201d. ")
