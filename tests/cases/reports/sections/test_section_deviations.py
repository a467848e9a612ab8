"""What the ledger says of the plan, of other plans, and of what was not compared."""

from typing import Any

import pytest

from cases.reports.sections.deviations import deviations
from tests.cases.reports.sections.documents import (
    HOSTILE,
    bullets,
    entry,
    facts,
    quotes,
    said,
    table,
    without_ratio,
)

Row = dict[str, Any]


def with_entries(*entries: Row, **changes: Any) -> Row:
    return without_ratio() | {"custody": list(entries)} | changes


def ledger(**of_found: Any) -> list[Row]:
    document = without_ratio()
    outcome = {"outcome": "limited", "findings_that_differ": []} | of_found
    return [
        entry(1, "planned", finding=1, plan="ab" * 32),
        entry(2, "found", finding=1, outcome="abstains"),
        entry(3, "planned", finding=3, plan=document["plan_sha256"], follows=1, why=HOSTILE),
        entry(4, "found", finding=3, **outcome) | {"at": "2026-11-24T09:30:00+00:00"},
    ]


def test_what_was_fixed_and_when_is_that_of_plan_and_ledger() -> None:
    document = with_entries(*ledger())
    found = facts(deviations(document))
    plan = document["plan"]
    assert found["Its SHA-256"] == document["plan_sha256"]
    assert found["Sealed"] == "2026-11-24 09:00:01 UTC, entry 3"
    assert found["Result entered"] == "2026-11-24 09:30:00 UTC, entry 4"
    assert found["Fixed by the plan"].startswith(f"{len(plan['inputs'])} files")
    assert f"its {len(plan['parameters'])} parameters and the seed 1" in found["Fixed by the plan"]
    assert found["Checkpoint over the plan"] == "none"


def test_the_checkpoint_over_the_plan_is_told_with_its_stamp() -> None:
    stamp = {"independent": True, "at": "2026-11-24T09:00:05+00:00"}
    checkpoint = {"size": 21, "made_at": "2026-11-24T09:00:02+00:00", "stamps": [stamp]}
    found = facts(deviations(with_entries(plan_checkpoint=checkpoint)))
    assert found["Checkpoint over the plan"] == (
        "over 21 entries, made 2026-11-24 09:00:02 UTC, stamped from outside "
        "2026-11-24 09:00:05 UTC"
    )
    ours = checkpoint | {"stamps": [stamp | {"independent": False}]}
    assert "not stamped outside" in said(deviations(with_entries(plan_checkpoint=ours)))


def test_a_plan_that_was_kept_has_no_deviation() -> None:
    section = deviations(with_entries(*ledger()))
    assert "No deviation is recorded." in said(section)
    assert bullets(section) == []


def another_plan(document: Row) -> Row:
    return document | {"result": document["result"] | {"plan_sha256": "00" * 32}}


def without_a_file(document: Row) -> Row:
    return document | {"exhibits": document["exhibits"][1:]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (another_plan, "The result names another plan than the one that was sealed."),
        (without_a_file, "File A of the plan is not among the exhibits any more."),
    ],
)
def test_what_is_not_as_the_plan_has_it_is_told(change: Any, told: str) -> None:
    assert bullets(deviations(change(with_entries(*ledger())))) == [told]


def test_a_result_from_before_its_plan_is_told() -> None:
    entries = ledger()
    entries[3]["at"] = "2026-11-24T08:59:59+00:00"
    told = bullets(deviations(with_entries(*entries)))
    assert told == [
        "By the clock of the computer the result was entered before the plan was sealed."
    ]


def test_another_result_of_the_same_plan_is_told() -> None:
    told = bullets(deviations(with_entries(*ledger(findings_that_differ=[1, 2]))))
    assert told == ["The same plan came to another result in finding 1, 2."]


def test_a_withdrawn_file_of_the_plan_is_told_with_its_reason_as_typed() -> None:
    used = without_ratio()["plan"]["inputs"][2]
    gone = {"exhibit": used["label"], "sha256": used["sha256"], "reason": HOSTILE}
    section = deviations(with_entries(*ledger(), entry(5, "withdrawn", **gone)))
    (told,) = bullets(section)
    assert told.startswith("Exhibit C, which the plan rests on, was withdrawn 2026-11-24 08:05:00")
    assert quotes(section).count(HOSTILE) == 2
    other = gone | {"sha256": "00" * 32}
    assert bullets(deviations(with_entries(*ledger(), entry(5, "withdrawn", **other)))) == []


def test_failures_of_this_finding_alone_are_counted() -> None:
    failed = [entry(5, "failed", finding=3), entry(6, "failed", finding=3)]
    elsewhere = entry(7, "failed", finding=1)
    (told,) = bullets(deviations(with_entries(*ledger(), *failed, elsewhere)))
    assert told.startswith("Carrying it out failed 2 times")


def test_every_plan_of_the_matter_stands_with_its_outcome_and_reason() -> None:
    document = with_entries(*ledger())
    first, second = table(deviations(document), "plans")
    assert first == ("1", "2026-11-24 08:01:00 UTC", "ab" * 6, "the first", "no answer")
    assert second[2] == document["plan_sha256"][:12]
    assert second[3] == f"this one; follows that of finding 1\n{HOSTILE}"
    assert second[4] == "ranks first, too weakly for an answer"
    assert "No p-value of this report is adjusted for the number of plans." in said(
        deviations(document)
    )


def test_a_plan_without_a_result_says_that_none_is_entered() -> None:
    (row,) = table(deviations(with_entries(entry(1, "planned", finding=3))), "plans")
    assert row[4] == "none entered"
    assert "number of plans" not in said(deviations(with_entries(entry(1, "planned", finding=3))))
    assert "holds no entry of a plan" in said(deviations(with_entries()))


def test_exhibits_that_were_received_and_not_compared_are_listed() -> None:
    received = {"role": "control", "model": "model 99", "sha256": "00" * 32}
    entries = [
        entry(1, "received", exhibit="A", **received),
        entry(2, "received", exhibit="Z", **received),
        entry(3, "received", exhibit="Y", **received) | {"at": "2026-11-24T10:00:01+01:00"},
        entry(4, "received", exhibit="X", **received) | {"at": "2026-11-24T09:00:02+00:00"},
        entry(4, "withdrawn", exhibit="Y", reason="The wrong file."),
    ]
    rows = table(deviations(with_entries(*entries)), "not-compared")
    before, after = "before the plan was sealed", "after the plan was sealed"
    told = "control model 99"
    assert rows == [
        ("Z", told, f"2026-11-24 08:02:00 UTC\n{before}", "not withdrawn"),
        # At the same moment, by a clock in another zone.
        ("Y", told, f"2026-11-24 09:00:01 UTC\n{after}",
         "2026-11-24 08:04:00 UTC\nThe wrong file."),
        ("X", told, f"2026-11-24 09:00:02 UTC\n{after}", "not withdrawn"),
    ]  # fmt: skip
    assert "None: every exhibit of this matter is in the plan." in said(
        deviations(with_entries(entries[0]))
    )
