"""Separate counts, the ledger of tests and what is asserted, in words and printed."""

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from audit.analysis.asserted import Asserted
from audit.analysis.digests import digest_of
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from cases.reports.apart import asserted_of, counts_of
from cases.reports.ledger import ledger_of
from cases.reports.printed import press
from tests.analysis.apart.asserting import ALL, CLAIM, ROLES, material_of, plan_of
from tests.cases.reports.specimen import Specimen, document_of
from tests.cases.reports.test_document import again
from tests.cases.reports.test_pdf import (
    DECIMAL,
    HOSTILE,
    OVERCLAIMS,
    allowed_decimals,
    squeezed,
)


def document_on(plan: Plan, material: Material) -> dict[str, Any]:
    """Return a document of another plan and material, with a specimen's exhibits and custody."""
    specimen = document_of(Specimen())
    result = analyse(plan, material).values
    new = again(
        specimen,
        plan=plan.as_dict(),
        plan_sha256=plan.digest,
        result=result,
        result_sha256=digest_of(result),
    )
    return new | {key: specimen[key] for key in ("exhibits", "custody")}


def printed(document: dict[str, Any]) -> str:
    pdf = press(document)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    plan = plan_of(ALL)
    return document_on(plan, material_of(plan))


@pytest.fixture(scope="module")
def text(document: dict[str, Any]) -> str:
    return printed(document)


def test_a_count_is_told_with_its_interval_and_its_p(document: dict[str, Any]) -> None:
    identity, canaries, *_ = counts_of(document["result"]).counts
    assert identity.headline == "1 of 39 answers that claim it"
    assert canaries.headline == "1 of 2 strings, word for word, that no control gives back"
    assert canaries.lines[0].interval == "0.013 to 0.987"
    assert dict(canaries.facts)["p"].endswith("adjusted for no other test")


def test_a_count_that_was_not_made_says_so_and_no_more() -> None:
    plan = plan_of(Asserted(), [one for one in ROLES if one[0] != "C"])
    _, canaries, *_ = counts_of(analyse(plan, material_of(plan)).values).counts
    assert (canaries.headline, canaries.why, canaries.lines, canaries.limits) == (
        "Not counted", "The plan names no planted string.", (), ()
    )  # fmt: skip


def test_a_result_from_before_has_no_words_for_either(document: dict[str, Any]) -> None:
    earlier = {
        key: one for key, one in document["result"].items() if key not in {"counts", "tests"}
    }
    assert counts_of(earlier) is None
    assert ledger_of(earlier) is None
    new = again(document, result=earlier, result_sha256=digest_of(earlier))
    said = squeezed(printed(new))
    assert "Countedapart" not in said
    assert "7Custody" in said


def test_the_ledger_says_how_many_there_are(document: dict[str, Any]) -> None:
    ledger = ledger_of(document["result"])
    assert ledger is not None
    with_p = [one for one in ledger.entries if one.p_value]
    assert ledger.told.startswith(f"{len(ledger.entries)} entries: {len(with_p)} with a p-value")


def test_what_is_asserted_is_told_by_exhibit(document: dict[str, Any]) -> None:
    said = asserted_of(document["plan"])
    assert said[1] == (
        "Exhibit B", "released 2023-01-31; names: Saltmarsh, Saltmarsh Labs"
    )  # fmt: skip
    assert ("Exhibit C", "a second run of B") in said
    assert ("Planted strings", "2, by B") in said
    assert asserted_of(document_of(Specimen())["plan"]) == ()


def test_all_of_it_is_printed(document: dict[str, Any], text: str) -> None:
    said = squeezed(text)
    for one in document["result"]["counts"]:
        assert squeezed(one["title"]) in said
        assert squeezed(one["limits"][-1]) in said
    for line in document["result"]["tests"]:
        assert squeezed(line["name"]) in said
    for words in (CLAIM, "Counted apart", "a second run of B", "not run", "None of it is part of"):
        assert squeezed(words) in said
    assert ALL.marks[0].key not in said


def test_every_number_of_it_stands_in_results_json(document: dict[str, Any], text: str) -> None:
    assert set(DECIMAL.findall(text)) - allowed_decimals(document) == set()


def test_the_report_claims_no_more_than_it_may(text: str) -> None:
    assert OVERCLAIMS.search(" ".join(text.split())) is None


def test_answer_and_its_limits_stand_on_one_page(document: dict[str, Any], text: str) -> None:
    third = squeezed(text[text.index("Page 2 of") : text.index("Page 3 of")])
    assert [one for one in document["against"] if squeezed(one) not in third] == []


def test_passages_of_others_print_literally() -> None:
    plan = plan_of(ALL)
    material = material_of(plan)
    answers = [list(row) for row in material.answers]
    answers[0][4] = f"{CLAIM[:-1]} #let *x* \u202e\U0001f600 {HOSTILE}"
    hostile = replace(material, answers=tuple(map(tuple, answers)))
    said = squeezed(printed(document_on(plan, hostile)))
    assert squeezed("#let *x* <U+202E>\u25a1") in said
    assert "\u202e" not in said
