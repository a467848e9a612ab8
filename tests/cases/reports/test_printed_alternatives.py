"""The other explanations in words."""

from typing import Any

from cases.reports.alternatives import alternatives_of, not_excluded


def result(*teachers: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        {
            "name": "A third source",
            "status": "reduced" if place else "excluded",
            "why": "So it is.",
            "needs": "More.",
            "teacher": teacher,
        }
        for place, teacher in enumerate(teachers)
    ]
    layout = {"name": "Length and layout", "status": "tested", "why": "See there."}
    return {"teachers": [{} for _ in teachers], "alternatives": [*found, layout]}


def test_a_teacher_is_named_only_where_there_are_several() -> None:
    assert [one.teacher for one in alternatives_of(result("b"))] == ["", ""]
    assert [one.teacher for one in alternatives_of(result("b", "c"))] == ["b", "c", ""]


def test_a_status_is_written_in_words() -> None:
    statuses = [one.status for one in alternatives_of(result("b", "c"))]
    assert statuses == ["excluded", "reduced by the controls, not excluded", "tested"]


def test_what_is_open_for_one_teacher_is_open_and_named_once() -> None:
    assert not_excluded(result("b")) == []
    assert not_excluded(result("b", "c", "d")) == ["A third source"]
