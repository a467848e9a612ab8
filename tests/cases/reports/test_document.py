"""The frozen document."""

from typing import Any

import pytest

from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.errors import IntegrityError
from audit.analysis.plan import Plan
from cases.reports.document import (
    CustodyChain,
    FindingFacts,
    IssueFacts,
    MatterFacts,
    SoftwareFacts,
    report_document,
)
from tests.cases.reports.specimen import Specimen, document_of


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return document_of(Specimen())


def again(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document built anew from its own facts, with some of the finding's changed."""
    facts = {
        name: document[name]
        for name in ("plan", "plan_sha256", "sealed_at", "result", "result_sha256")
    }
    problems = changes.pop("problems", ())
    return report_document(
        matter=MatterFacts(**document["matter"]),
        finding=FindingFacts(**document["finding"], **(facts | changes)),
        issue=IssueFacts(document["issued_at"], document["issued_by"]),
        software=SoftwareFacts(**document["software"]),
        exhibits=[],
        custody=CustodyChain((), problems),
    )


def test_it_holds_what_the_replay_needs(document: dict[str, Any]) -> None:
    assert Plan.from_dict(document["plan"]).digest == document["plan_sha256"]
    assert digest_of(document["result"]) == document["result_sha256"]
    assert document["format"] == "touchstone-report/2"
    assert any("replay results.json" in one["command"] for one in document["reproduce"])


@pytest.mark.parametrize("name", ["plan", "result"])
def test_a_plan_or_result_that_is_not_its_digest_is_refused(
    document: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=f"The {name} of finding 3 is not what its digest"):
        again(document, **{name: document[name] | {"added": 1}})


def test_what_weighs_most_against_the_answer_comes_first(document: dict[str, Any]) -> None:
    floor, layout, open_ones, _earlier, *others = document["against"]
    assert floor.startswith("With 8 controls no p-value below 1/9")
    assert layout.startswith("Length and layout of the answers alone also rank model 1 first")
    assert open_ones.startswith("Not excluded by this comparison: the suspect is the teacher")
    assert "length and layout" not in open_ones
    assert {floor, layout, *others} == set(document["result"]["outcome"]["limits"])


def test_without_a_leading_layout_the_floor_still_comes_first() -> None:
    document = document_of(Specimen(words=0))
    floor, open_ones, _earlier, *others = document["against"]
    assert floor.startswith("With 8 controls")
    assert open_ones.startswith("Not excluded")
    assert [floor, *others] == document["result"]["outcome"]["limits"]


@pytest.mark.parametrize(
    ("number", "words"), [(2, "1 earlier plan was sealed"), (7, "6 earlier plans were sealed")]
)
def test_earlier_plans_of_the_matter_are_counted(
    document: dict[str, Any], number: int, words: str
) -> None:
    later = again(document | {"finding": document["finding"] | {"number": number}})
    assert later["against"][3].startswith(words)


def test_the_first_plan_of_a_matter_has_none_before_it(document: dict[str, Any]) -> None:
    first = again(document | {"finding": document["finding"] | {"number": 1}})
    assert not any("earlier plan" in one for one in first["against"])


def test_a_broken_chain_weighs_most(document: dict[str, Any]) -> None:
    broken = again(document, problems=("Entry 2 is missing; entry 3 stands in its place.",))
    assert broken["against"][0] == (
        "The chain of custody does not hold: Entry 2 is missing; entry 3 stands in its place."
    )
    assert broken["custody_problems"] == ["Entry 2 is missing; entry 3 stands in its place."]


def test_equal_facts_give_equal_bytes(document: dict[str, Any]) -> None:
    assert canonical_json(document) == canonical_json(document_of(Specimen()))
    assert canonical_json(document) != canonical_json(document_of(Specimen(seed=8)))
