"""Sections that print what people typed: as typed, and in words where nothing was."""

from typing import Any

import pytest

from audit.analysis.digests import canonical_json, sha256_hex
from cases.reports.blocks import Blanks, within
from cases.reports.sections.clauses import clauses
from cases.reports.sections.control import control
from cases.reports.sections.expert import expert
from cases.reports.sections.instruction import instruction
from cases.reports.sections.review import review
from tests.cases.reports.sections.documents import (
    FILING,
    HOSTILE,
    NOTHING,
    bullets,
    entry,
    facts,
    quotes,
    said,
    table,
    without_ratio,
)

Row = dict[str, Any]


def filed(filing: Row | None = FILING, **changes: Any) -> Row:
    return without_ratio() | {"filing": filing} | changes


def blanks(document: Row) -> list[str]:
    section = expert(document)
    return [
        name for one in within(section.blocks) if isinstance(one, Blanks) for name in one.names
    ]


@pytest.mark.parametrize(
    ("filing", "status"),
    [
        (None, "Not reviewed."),
        (FILING, "Draft. It may still change"),
        (FILING | {"status": "final"}, "Final. It cannot change"),
    ],
)
def test_the_control_page_says_where_the_document_stands(filing: Row | None, status: str) -> None:
    found = facts(control(filed(filing)))
    assert found["Status"].startswith(status)
    assert ("Author" in found) == (filing is not None)


def test_the_control_page_names_who_did_what() -> None:
    final = FILING | {
        "status": "final", "finalised_by": "erin", "finalised_at": "2026-11-25T10:00:00+00:00",
    }  # fmt: skip
    found = facts(control(filed(final, designation="CONFIDENTIAL")))
    assert found["Filing"] == "2 of this matter"
    assert found["Author"] == "alice, 2026-11-25 08:00:00 UTC"
    assert found["Reviewed by"].startswith("carol; dave; see ")
    assert found["Finalised by"] == "erin, 2026-11-25 10:00:00 UTC"
    assert found["Designation"] == "CONFIDENTIAL"
    nobody = facts(control(filed(NOTHING)))
    assert (nobody["Reviewed by"], nobody["Finalised by"]) == ("nobody yet", "nobody yet")
    assert nobody["Designation"] == "none"


def test_the_control_page_prints_the_digests_that_a_reader_can_take() -> None:
    document = filed()
    found = facts(control(document))
    assert found["results.json"] == sha256_hex(canonical_json(document))
    assert found["Sealed plan"] == document["plan_sha256"]
    assert found["Result"] == document["result_sha256"]
    words = said(control(document))
    for command in ("pdfdetach -saveall FILE", "sha256sum results.json", "verify PATH"):
        assert command in words


def test_the_last_checkpoint_stands_with_size_and_root() -> None:
    assert facts(control(filed()))["Last checkpoint"].startswith("none")
    checkpoint = {
        "size": 1022, "made_at": "2026-11-25T09:00:00+00:00", "stamps": [], "wanting": "",
        "note": "site/matter/1\n1022\nEa9U2rBeFz1P4c=\n\n\u2014 site 9vVN\n",
    }  # fmt: skip
    found = facts(control(filed(checkpoint=checkpoint)))
    assert found["Last checkpoint"] == (
        "over 1,022 entries, made 2026-11-25 09:00:00 UTC; root Ea9U2rBeFz1P4c="
    )


def test_a_signature_is_said_to_be_there_only_where_one_is_to_be() -> None:
    assert facts(control(filed()))["Signature"].startswith("none")
    signer = {"subject": "CN=Erin", "issuer": "CN=Authority", "level": "B-T"}
    found = facts(control(filed(signature=signer)))["Signature"]
    assert found.startswith("the PDF alone, by CN=Erin (PAdES B-T, certificate of CN=Authority)")


def test_scope_and_assumptions_of_counsel_are_printed_as_typed() -> None:
    section = instruction(filed())
    assert {"Both candidates.", "  The controls are independent.", HOSTILE} <= set(quotes(section))
    listed = bullets(section)
    assert listed[:2] == ["  The controls are independent.", HOSTILE]
    assert "The files came late." in quotes(section)


@pytest.mark.parametrize("filing", [None, NOTHING])
def test_an_instruction_of_which_nothing_is_held_says_so(filing: Row | None) -> None:
    words = said(instruction(filed(filing)))
    assert "None is held. The question above is all that is known" in words
    assert "no assumption by counsel was entered" in words
    assert "Remarks" not in words
    assert "In which direction anything passed" in words


def test_a_question_that_the_plan_words_otherwise_stands_beside() -> None:
    document = filed()
    assert "Question sealed in the plan" not in facts(instruction(document))
    matter = document["matter"] | {"question": HOSTILE}
    found = facts(instruction(document | {"matter": matter}))
    assert found["Question"] == HOSTILE
    assert found["Question sealed in the plan"] == document["plan"]["question"]


def test_a_clause_is_printed_as_typed_with_where_it_comes_from() -> None:
    section = clauses(filed())
    assert f"You may not.\n{HOSTILE}" in quotes(section)
    found = facts(section)
    assert found["In force"] == "from 2025-01-10 to no end held"
    assert found["Captured"] == "2026-02-01 10:00:00 UTC"
    assert found["SHA-256 of the capture"] == FILING["clauses"][0]["sha256"]
    assert found["Gaps"] == "No capture in 2024."


def test_what_is_not_held_of_a_clause_is_said() -> None:
    bare = dict.fromkeys(FILING["clauses"][0], "") | {"instrument": "Terms"}
    found = facts(clauses(filed(FILING | {"clauses": [bare]})))
    assert found["In force"] == "no dates held"
    assert [found[name] for name in ("Captured", "Source", "SHA-256 of the capture")] == [
        "not held"
    ] * 3
    assert found["Gaps"] == "none entered"
    assert "Its text is not held." in said(clauses(filed(FILING | {"clauses": [bare]})))


def test_a_clause_without_end_is_cut_and_says_so() -> None:
    long = FILING["clauses"][0] | {"text": "z" * 1_000_000}
    words = said(clauses(filed(FILING | {"clauses": [long]})))
    assert "[cut at 6000 of 1000000 characters, whole in results.json]" in words
    assert len(words) < 10_000


def test_defences_have_rows_of_their_own_and_empty_evidence_is_said() -> None:
    section = clauses(filed())
    assert table(section, "claims-elements") == [
        ("Contract", "The act", "section 3"),
        ("Contract", "Assent", "none held"),
    ]
    assert table(section, "claims-defences") == [("Contract", "Other means", "none held")]
    without = FILING | {"elements": FILING["elements"][:2]}
    assert "No defence is entered." in said(clauses(filed(without)))
    assert "bears on one element at most" in said(section)


@pytest.mark.parametrize("filing", [None, NOTHING])
def test_no_clause_and_no_claim_is_one_sentence(filing: Row | None) -> None:
    words = said(clauses(filed(filing)))
    assert words.endswith("No clause, element of a claim or defence is held for this report.")
    assert "bears on one element" not in words


def test_opinions_are_lines_to_be_filled_by_hand_whatever_was_typed() -> None:
    answer = without_ratio()["result"]["outcome"]["answer"]
    for filing in (
        None,
        NOTHING,
        FILING,
        FILING | {"expert": FILING["expert"] | {"opinion": "x"}},
    ):
        document = filed(filing)
        assert {"Opinion", "Basis", "Reasons", "Signature"} <= set(blanks(document))
        assert answer not in said(expert(document))


def test_what_the_expert_typed_stands_and_the_rest_are_lines() -> None:
    section = expert(filed())
    assert {"N. N.", "Statistician.", "400 an hour"} <= set(quotes(section))
    assert "Name" not in blanks(filed())
    assert "Name" in blanks(filed(NOTHING))
    assert blanks(filed(None)) == blanks(filed(NOTHING))
    # Publications and testimony are wanting: lines of their own for each.
    assert len(blanks(filed(NOTHING))) - len(blanks(filed())) == 2 * 3 + 1


def test_facts_considered_point_to_the_exhibits() -> None:
    document = filed()
    assert bullets(expert(document))[0].startswith("The 11 exhibits A to K")
    assert len(document["plan"]["inputs"]) == 11


def test_reviews_of_the_text_as_it_stands_are_listed() -> None:
    assert table(review(filed()), "reviews") == [
        ("2026-11-25 09:00:00 UTC", "carol", "technical", "approved"),
        ("2026-11-25 09:00:00 UTC", "dave", "administrative", "approved"),
    ]
    assert "No review is blind" in said(review(filed()))
    assert "No review is entered." in said(review(filed(NOTHING)))
    assert "Nobody has reviewed this" in said(review(filed(None)))


def test_the_revision_history_is_that_of_this_findings_filings() -> None:
    history = [
        entry(1, "drafted", filing=1, finding=1),
        entry(2, "drafted", filing=2, finding=3),
        entry(3, "written", filing=2, part="texts"),
        entry(4, "written", filing=2, part="texts"),
        entry(5, "review asked", filing=2),
        entry(6, "reviewed", filing=2, review=1, kind="technical", outcome="returned"),
        entry(7, "finalised", filing=1, finding=1),
        entry(8, "discarded", filing=2),
    ]
    section = review(filed(custody=history))
    assert [row[1:] for row in table(section, "revisions")] == [
        ("2", "drafted", "alice", "2"),
        ("2", "review asked for", "alice", "5"),
        ("2", "reviewed, technical: returned", "alice", "6"),
        ("2", "discarded", "alice", "8"),
    ]
    assert "Changes of text between these steps: 2." in said(section)
    assert "No step of a filing on this finding" in said(review(filed(custody=history[:1])))
