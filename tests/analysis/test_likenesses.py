"""The measures beside the ratio: what they rank, on which cohort, and that nulls stand there."""

from dataclasses import replace

import numpy as np
import pytest

from audit.analysis.asserted import Asserted, Declaration, Tie
from audit.analysis.likenesses import excess, other_likenesses
from audit.analysis.statistics.centring import centred_excess
from audit.analysis.tests_run import others
from audit.analysis.transcripts import Role
from cases.reports.likenesses import likenesses_of
from tests.analysis.apart.asserting import material_of, plan_of

ROLES = (
    ("A", Role.SUSPECT, "larkspur-7"),
    ("B", Role.TEACHER, "saltmarsh-5"),
    ("C", Role.TEACHER, "other-teacher"),
    *((label, Role.CONTROL, f"control-{label}") for label in "DEFGHI"),
)
MEASURES = {
    *("imposters", "grammar", "source_classifier", "templates"),
    *("opening_habits", "ending_habits", "frequent_words", "patterns", "pairs"),
    *("verbatim", "layout"),
}


@pytest.fixture(scope="module")
def plan():
    return plan_of(Asserted(), ROLES)


@pytest.fixture(scope="module")
def found(plan):
    return other_likenesses(plan, material_of(plan))


def test_every_measure_ranks_every_teacher_among_the_controls(found):
    assert {(one["teacher"], one["measure"]) for one in found} == {
        (teacher, measure) for teacher in "BC" for measure in MEASURES
    }
    for one in found:
        scores = [each["excess"] for each in one["candidates"]]
        at_least = sum(score >= scores[0] for score in scores[1:])
        assert (one["rank"], one["of"]) == (1 + at_least, 7)
        assert one["p_value"] == pytest.approx(one["rank"] / 7)


def test_layout_alone_is_the_negative_control(found):
    assert {one["measure"] for one in found if one["is_negative_control"]} == {"layout"}


def test_another_teacher_changes_nothing(found):
    alone = plan_of(Asserted(), [one for one in ROLES if one[0] != "C"])
    assert other_likenesses(alone, material_of(alone)) == [
        one for one in found if one["teacher"] == "B"
    ]


def test_a_version_of_the_teacher_is_no_imposter(found):
    tied = plan_of(Asserted(declared=(Declaration("D", Tie.VERSION, "B"),)), ROLES)
    changed = {
        one["measure"]: one["similarity"]
        for one in other_likenesses(tied, material_of(tied))
        if one["teacher"] == "B"
    }
    before = {one["measure"]: one["similarity"] for one in found if one["teacher"] == "B"}
    assert changed["imposters"] != before["imposters"]
    assert changed["layout"] == before["layout"]


def test_the_excess_is_that_of_the_comparison_by_rank_where_a_measure_is_symmetric():
    rng = np.random.default_rng(3)
    half = rng.normal(size=(7, 7))
    similarity = half + half.T
    for place in range(1, 7):
        expected = centred_excess(similarity[None], 0, place, tuple(range(1, 7)))
        assert excess(similarity, place) == pytest.approx(float(expected[0]))


def test_one_that_is_taken_for_by_everybody_has_no_excess():
    votes = np.zeros((6, 6))
    votes[:, 1] = 0.9
    assert excess(votes, 1) == pytest.approx(0)
    votes[0, 1] = 1.0
    assert excess(votes, 1) == pytest.approx(0.1)


def test_the_ledger_has_a_line_with_seed_and_trials_for_each(plan, found):
    lines = list(others.likenesses(plan, {"likenesses": found}))
    assert [(one.name, one.about, one.p_value) for one in lines] == [
        (one["title"], one["teacher"], one["p_value"]) for one in found
    ]
    assert {(one.trials, one.unit, one.seed) for one in lines} == {(7, "models", 1)}
    assert {"reached", "not_reached"} >= {one.outcome for one in lines}


def test_in_words_a_first_rank_by_layout_is_held_against_it(found):
    assert likenesses_of({}) is None
    first = [one | {"rank": 1} for one in found]
    told = likenesses_of({"likenesses": first}).told
    assert "In 20 of 20 a teacher ranks first" in told
    assert "1 of 7" in told
    assert "By length and layout alone B, C ranks first too" in told
    assert (
        "layout alone"
        not in likenesses_of({"likenesses": [one | {"rank": 2} for one in found]}).told
    )


def test_a_model_without_any_answer_leaves_them_unmeasured_and_that_is_listed(plan):
    material = material_of(plan)
    silent = replace(material, answers=(("",) * 40, *material.answers[1:]))
    assert other_likenesses(plan, silent) == []
    (line,) = others.likenesses(plan, {"likenesses": [], "matched_prompts": 40})
    assert (line.outcome, line.why) == ("not_run", "A model answers none of the prompts.")
    assert likenesses_of({"likenesses": []}) is None
