from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from audit.analysis.calibration.verbal import verbal
from audit.analysis.fusion.weighing import weigh
from audit.analysis.population.values import Row
from audit.analysis.trials.dose import mix, shuffle_prompts
from tests.analysis.fusion.making import STRANGER, STUDENT, TEACHER, answers, case_of, made


def weighed(suspect: Row, **sizes: int) -> dict[str, Any]:
    return weigh(made()[1], *case_of(suspect, **sizes))


def only(found: dict[str, Any]) -> dict[str, Any]:
    (teacher,) = found["teachers"]
    return teacher


@pytest.fixture(scope="module")
def student() -> dict[str, Any]:
    return weighed(STUDENT)


@pytest.fixture(scope="module")
def stranger() -> dict[str, Any]:
    return weighed(STRANGER)


def test_a_student_is_nearer_to_its_teacher_than_a_stranger_is(student, stranger):
    fit = made()[1].fit_for(60, 8)
    taught, free = only(student), only(stranger)
    assert taught["score"] > 1
    assert free["score"] < 0
    assert student["domain"]["inside"]
    assert taught["log10_lr"] == fit.bounds.upper
    assert taught["bound"]["hit"] == "upper"
    assert taught["low"] < taught["score"] < taught["high"]
    assert verbal(fit.bounds.upper) in taught["verbal"]
    assert free["log10_lr"] is None or free["log10_lr"] < 0
    assert any("validation data support no more than" in one for one in taught["against"])


def test_the_score_is_the_sum_of_its_signals_and_the_offset(student):
    found, fusion = only(student), made()[1].fit_for(60, 8).fusion
    parts = [one["contribution"] for one in found["signals"]]
    assert found["score"] == pytest.approx(sum(parts) + fusion.offset / np.log(10))


def test_each_control_is_left_out_once_and_the_range_is_of_these(student):
    left = only(student)["left_out"]
    assert [one["model"] for one in left] == [f"control {place}" for place in range(8)]
    scores = [one["log10_lr"] for one in left]
    assert only(student)["range"] == {"low": min(scores), "high": max(scores)}
    assert len(set(scores)) == 8


def test_the_same_seed_gives_the_same_value_and_another_only_another_interval(student):
    assert weighed(STUDENT) == student
    cohort, case = case_of(STUDENT)
    other = only(weigh(made()[1], cohort, replace(case, seed=4)))
    assert other["score"] == pytest.approx(only(student)["score"])
    assert other["low"] != only(student)["low"]


def test_too_few_prompts_or_controls_are_refused_with_the_number(student):
    found = weighed(STUDENT, prompts=20)
    assert found["refused"] == (
        "No likelihood ratio can be given: 20 prompts are matched, and the calibration needs at "
        "least 24. Put 4 more of the same prompts to every model."
    )
    assert (found["teachers"], found["domain"], found["validation"]) == ([], None, None)
    few = weighed(STUDENT, controls=4)
    assert "there are 4 controls, and the calibration needs at least 5" in few["refused"]
    assert few["size"] == {"prompts": 60, "controls": 4, "calibrated_at": None}
    assert weighed(STUDENT, controls=5)["refused"] is None
    assert student["size"] == {
        "prompts": 60,
        "controls": 8,
        "calibrated_at": 60,
        "calibrated_controls": 5,
    }


def test_fewer_prompts_are_read_off_the_fit_of_fewer_prompts():
    found = weighed(STUDENT, prompts=30)
    assert found["size"]["calibrated_at"] == 24
    assert only(found)["bound"]["upper"] == made()[1].fit_for(24, 8).bounds.upper


def test_answers_in_another_language_get_no_ratio():
    cohort, case = case_of(STUDENT)
    foreign = tuple(
        tuple(" ".join(word[::-1] for word in (text or "").split()) for text in row)
        for row in cohort.answers
    )
    found = weigh(made()[1], replace(cohort, answers=foreign), case)
    assert not found["domain"]["inside"]
    teacher = only(found)
    assert teacher["log10_lr"] is None
    assert "not of the kind that the calibration was made on" in teacher["abstains"]
    assert "Share of English function words" in teacher["abstains"]
    assert verbal(0.0) in teacher["verbal"]
    assert any(one.startswith("Outside of what the calibration") for one in teacher["against"])


def test_a_suspect_that_left_prompts_unanswered_gets_no_ratio():
    gaps = tuple(None if place < 12 else one for place, one in enumerate(STUDENT))
    teacher = only(weighed(gaps))
    assert teacher["log10_lr"] is None
    assert "Share of prompts without an answer of the suspect" in teacher["abstains"]


def test_a_control_in_the_suspects_place_is_not_taken_for_a_student(student):
    cohort, case = case_of(STUDENT)
    rows = list(cohort.answers)
    rows[0], rows[2] = rows[2], rows[0]
    swapped = only(weigh(made()[1], replace(cohort, answers=tuple(rows)), case))
    assert swapped["log10_lr"] is None or swapped["log10_lr"] < 0
    assert swapped["score"] < only(student)["score"] - 1
    assert any(one.startswith("control 0, a control, is nearer") for one in swapped["against"])


def test_answers_set_to_wrong_prompts_give_a_stranger_no_support():
    rng = np.random.default_rng(1)
    found = only(weighed(shuffle_prompts(STRANGER, rng)))
    assert found["log10_lr"] is None or found["log10_lr"] <= 0


def test_answers_set_to_wrong_prompts_lose_by_every_signal():
    copied = mix(STRANGER, TEACHER, 0.5, np.random.default_rng(5))
    moved = shuffle_prompts(copied, np.random.default_rng(1))
    was, now = (
        {one["name"]: one["excess"] for one in only(weighed(each))["signals"]}
        for each in (copied, moved)
    )
    assert all(now[name] < was[name] - 0.5 for name in was)


def test_the_score_rises_with_the_share_that_is_the_teachers():
    scores = [
        only(weighed(mix(STRANGER, TEACHER, share, np.random.default_rng(5))))["score"]
        for share in (0.0, 0.2, 0.5, 1.0)
    ]
    # Not one by one: the teacher's very answers share content too, which is held against H1, and
    # answers that are all the teacher's are another question than training.
    assert scores[0] < 0
    assert min(scores[1:]) > 0


def test_a_second_teacher_is_weighed_beside_the_first(student):
    cohort, case = case_of(STUDENT)
    rows = (*cohort.answers, answers("other", "another teacher"))
    both = replace(cohort, answers=rows, groups=np.arange(len(rows)))
    other = replace(case.teachers[0], places=(len(rows) - 1,), label="T2", model="other")
    names = (*case.names, "other")
    found = weigh(made()[1], both, replace(case, teachers=(*case.teachers, other), names=names))
    first, second = found["teachers"]
    assert (first["label"], second["label"]) == ("T1", "T2")
    assert first["score"] > 1
    assert second["score"] < 0


def test_a_family_is_weighed_by_its_files_that_fit_best_and_by_a_familys_fit(student):
    cohort, case = case_of(STUDENT)
    rows = (*cohort.answers, answers("other", "another teacher"))
    both = replace(cohort, answers=rows, groups=np.arange(len(rows)))
    family = replace(case.teachers[0], places=(1, len(rows) - 1))
    found = only(
        weigh(made()[1], both, replace(case, teachers=(family,), names=(*case.names, "b")))
    )
    other = replace(case.teachers[0], places=(len(rows) - 1,))
    apart = [
        {
            each["name"]: each["excess"]
            for each in only(
                weigh(made()[1], both, replace(case, teachers=(one,), names=(*case.names, "b")))
            )["signals"]
        }
        for one in (case.teachers[0], other)
    ]
    for one in found["signals"]:
        assert one["excess"] == pytest.approx(np.mean([each[one["name"]] for each in apart]))
    fusion = made()[1].fit_for(60, 8, family=True).fusion
    parts = [one["contribution"] for one in found["signals"]]
    assert found["score"] == pytest.approx(sum(parts) + fusion.offset / np.log(10))
