"""How a finding came about, as its report says it: by a watch in the ordinary course or not."""

from dataclasses import replace
from typing import Any

from cases.reports.courses import CourseFacts, counted, told
from cases.reports.sections.closing import custody
from cases.reports.sections.exhibits import exhibits
from tests.cases.reports.sections.documents import said, without_ratio

ROUTINE = CourseFacts(
    ordinary_course=True,
    watch=3,
    release=4,
    due_at="2026-11-01T06:30:00+00:00",
    version=2,
    plan_sha256="ab" * 32,
    levels=(0.05,) * 5,
)


def of(course: CourseFacts) -> dict[str, Any]:
    document = without_ratio()
    return document | {"finding": document["finding"] | {"course": course.as_dict()}}


def test_a_finding_of_a_watch_says_slot_version_and_how_many_came_before() -> None:
    text = said(custody(of(ROUTINE)))
    for part in (
        "A record of the ordinary course",
        "watch 3, release 4",
        "2026-11-01 06:30:00 UTC",
        "version 2",
        "4 by watches of this matter",
        "in up to 25% of cases (Bonferroni)",
    ):
        assert part in text


def test_one_that_a_person_asked_for_is_not_told_as_routine() -> None:
    text = said(custody(of(replace(ROUTINE, ordinary_course=False, levels=(0.05,)))))
    assert "Not of the ordinary course: made because a person asked for it" in text
    assert "It is the first audit by a watch of this matter." in text


def test_without_a_watch_nothing_is_said() -> None:
    assert told(without_ratio()) == ()
    assert counted(without_ratio()) == ()


def test_exhibits_are_counted_apart_by_how_they_came() -> None:
    document = without_ratio()
    first, *rest = document["exhibits"]
    mixed = document | {"exhibits": [first | {"course": "ordinary"}, *rest]}
    text = said(exhibits(mixed))
    assert f"in the ordinary course (1): {first['label']}." in text
    assert f"Handed in by a person ({len(rest)}): " in text
