"""Files that hang together: versions of a teacher are one teacher, a family is one control."""

from dataclasses import replace

import pytest

from audit.analysis.asserted import Asserted, Declaration, Tie
from audit.analysis.errors import WrongSettingError
from audit.analysis.fusion import reporting
from audit.analysis.likelihood import default_pack, likelihood
from audit.analysis.plan import Parameters, Plan
from audit.analysis.tests_run import by_ratio
from audit.analysis.transcripts import Role
from tests.analysis.apart.asserting import material_of, plan_of

ROLES = (
    ("A", Role.SUSPECT, "larkspur-7"),
    *((label, Role.TEACHER, f"teacher-{label}") for label in "BCD"),
    *((label, Role.CONTROL, f"control-{label}") for label in "EFGHIJKL"),
)
FAMILIES = (Declaration("E", family="ferns"), Declaration("F", family="ferns"))


def weighed(*declared: Declaration, copied: str = ""):
    """Return a plan and its ratios; the file of the label `copied` has the suspect's answers."""
    plan = plan_of(Asserted(declared=declared), ROLES)
    plan = replace(plan, parameters=Parameters(bootstrap_rounds=200, pack=default_pack().digest))
    material = material_of(plan)
    rows = zip(plan.inputs, material.answers, strict=True)
    copy = tuple(f"{one} " for one in material.answers[0])
    answers = tuple(copy if one.label == copied else row for one, row in rows)
    found = likelihood(plan, replace(material, answers=answers))
    assert found is not None
    return plan, found


@pytest.fixture(scope="module")
def apart():
    return weighed(copied="D")[1]


@pytest.fixture(scope="module")
def tied():
    return weighed(
        Declaration("C", Tie.VERSION, "B"), Declaration("L", Tie.VERSION, "C"), *FAMILIES
    )


def test_without_a_word_each_file_is_weighed_by_itself(apart):
    assert [one["files"] for one in apart["teachers"]] == [["B"], ["C"], ["D"]]
    assert apart["size"]["controls"] == apart["size"]["control_files"] == 8
    for one in apart["teachers"]:
        assert one["families_left_out"] == []
        assert one["family_range"] == one["range"]


def test_versions_of_a_teacher_get_one_ratio_beside_another_teacher(tied):
    _, found = tied
    assert [(one["label"], one["files"]) for one in found["teachers"]] == [
        ("B+C", ["B", "C"]), ("D", ["D"])
    ]  # fmt: skip
    together = found["teachers"][0]
    assert together["model"] == "teacher-B, teacher-C"
    assert [one["model"] for one in together["files_left_out"]] == ["teacher-B", "teacher-C"]
    assert found["teachers"][1]["files_left_out"] == []


def test_a_family_is_held_to_its_own_bounds_and_a_single_file_to_its_own(tied):
    _, found = tied
    fits = {one: default_pack().fit_for(40, 6, family=one) for one in (False, True)}
    for one in found["teachers"]:
        bound = fits[len(one["files"]) > 1].bounds
        assert (one["bound"]["lower"], one["bound"]["upper"]) == (bound.lower, bound.upper)
    assert found["validation"]["auc"] == fits[False].figures["rates"]["auc"]


def test_a_version_of_a_teacher_is_no_control_of_the_ratio_and_it_is_said(tied):
    _, found = tied
    assert found["set_aside"] == ["control-L"]
    assert "control-L" not in {one["model"] for one in found["teachers"][0]["left_out"]}


def test_a_family_of_controls_counts_as_one_and_is_left_out_together(tied):
    _, found = tied
    assert (found["size"]["controls"], found["size"]["control_files"]) == (6, 7)
    one = found["teachers"][0]
    (ferns,) = one["families_left_out"]
    singly = {each["model"]: each["log10_lr"] for each in one["left_out"]}
    assert ferns["model"] == "control-E, control-F"
    assert ferns["log10_lr"] not in (singly.pop("control-E"), singly.pop("control-F"))
    every = [ferns["log10_lr"], *singly.values()]
    assert one["family_range"] == {"low": min(every), "high": max(every)}


def test_the_ledger_has_a_line_for_each_part_that_was_left_out(tied):
    plan, found = tied
    names = [
        one.name
        for one in by_ratio.entries(plan, {"likelihood": found, "matched_prompts": 40})
        if one.about == "B+C"
    ]
    assert "Without control control-E" in names
    assert "Without family of controls control-E, control-F" in names
    assert "Without the teacher's file teacher-C" in names


def test_a_ratio_that_hangs_on_one_file_or_family_says_so():
    one = {
        "score": 0.9, "signals": [], "bound": {"hit": None},
        "left_out": [{"model": "x", "log10_lr": 0.5}],
        "families_left_out": [{"model": "x, y", "log10_lr": -0.2}],
        "files_left_out": [{"model": "b", "log10_lr": 0.4}, {"model": "c", "log10_lr": -0.1}],
    }  # fmt: skip
    facts = reporting.against(one, [], [])
    assert facts[:2] == [
        "Without one of the families of controls (x, y) the ratio falls below 1.",
        "Without one of the files of the teacher (c) the ratio falls below 1.",
    ]
    assert not any(
        "falls below" in fact for fact in reporting.against(one | {"score": -1}, [], [])
    )


def test_power_is_told_for_the_same_kind_of_teacher_as_the_ratio():
    for family in (False, True):
        fit = default_pack().fit_for(40, 8, family=family)
        told = reporting.validation_of(default_pack(), fit, 8)
        row = next(one for one in told["by_size"] if one["prompts"] == fit.prompts)
        assert row["auc"] == told["auc"] == fit.figures["rates"]["auc"]


def test_too_few_families_of_controls_are_refused():
    _, found = weighed(*(Declaration(label, family="ferns") for label in "EFGHI"))
    assert found["size"] == {
        "prompts": 40, "controls": 4, "calibrated_at": None, "control_files": 8
    }  # fmt: skip
    assert "there are 4 controls" in found["refused"]
    assert "Controls of one family count as one" in found["refused"]


def test_a_plan_without_families_keeps_its_digest():
    plan = plan_of(Asserted(declared=(Declaration("E", Tie.VERSION, "B"),)), ROLES)
    assert "family" not in plan.as_dict()["asserted"]["declared"][0]
    with_family = plan_of(Asserted(declared=FAMILIES), ROLES)
    assert Plan.from_dict(with_family.as_dict()) == with_family


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([Declaration("C", Tie.VERSION, "C")], "C is declared a version of C"),
        (
            [Declaration("B", Tie.VERSION, "C"), Declaration("C", Tie.VERSION, "B")],
            "Declare versions of one teacher",
        ),
        ([Declaration("B", family="ferns")], "exhibit B, which is no control"),
        ([Declaration("A", Tie.VERSION, "B")], "A is suspect or candidate teacher"),
        ([Declaration("B", Tie.SAME_BASE)], "B is suspect or candidate teacher"),
    ],
)
def test_what_cannot_be_is_refused_before_the_plan_is_sealed(declared, words):
    with pytest.raises(WrongSettingError, match=words):
        plan_of(Asserted(declared=tuple(declared)), ROLES)


def test_a_family_without_a_readable_name_is_refused():
    with pytest.raises(WrongSettingError, match="family"):
        Declaration("E", family=" ")


def test_a_copy_of_the_suspect_gets_no_ratio_whatever_its_signals_give(apart):
    other, _, copy = apart["teachers"]
    assert copy["log10_lr"] is None
    assert (
        "teacher-D gives the same answer as the suspect, word for word, to 39 of 40"
        in (copy["abstains"])
    )
    assert copy["verbal"] == "What was found does not support H1 over H2 or H2 over H1."
    assert "word for word" not in (other["abstains"] or "")
