"""What is said of the material before a plan is sealed."""

import pytest

from audit.analysis.asserted import Asserted, Declaration, Tie
from audit.analysis.likelihood import default_pack
from audit.analysis.outlook import outlook
from audit.analysis.transcripts import Role
from tests.analysis.apart.asserting import plan_of

PACK = default_pack()


def seen(prompts: int, controls: int, *declared: Declaration, teachers: int = 1):
    roles = [("A", Role.SUSPECT, "larkspur-7")]
    roles += [(f"T{one}", Role.TEACHER, f"teacher-{one}") for one in range(teachers)]
    roles += [(f"C{one}", Role.CONTROL, f"control-{one}") for one in range(controls)]
    return outlook(plan_of(Asserted(declared=declared), roles), prompts, 420, PACK)


def test_power_is_that_of_the_fit_that_the_case_would_be_weighed_by():
    rates = PACK.fit_for(100, 12).figures["rates"]
    (ratio, rank) = seen(100, 12).can
    misleading = rates["misleading"]
    assert f"{1 - misleading['h1_below_1']['value']:.0%} (" in ratio
    assert f"that were not {misleading['h2_above_1']['value']:.0%} (" in ratio
    assert f"{misleading['h2_at_least_10']['value']:.1%} of all that were not" in ratio
    assert f"and {10 ** PACK.fit_for(100, 12).bounds.upper:.2g}." in ratio
    assert "p-value of 0.077" in rank


def test_too_little_can_show_nothing_and_what_it_lacks_is_said():
    found = seen(15, 4)
    assert found.can == ()
    said = " ".join(found.cannot)
    assert "Add 1 more" in said
    assert "and 15 are" in said
    assert "a likelihood ratio: that needs 25 prompts in every file and 5 controls" in said


def test_what_no_file_can_test_is_said_until_it_is_there():
    said = " ".join(seen(100, 12).cannot)
    assert "needs a second run of the teacher" in said
    assert "tuned from the suspect's" in said
    both = seen(100, 12, Declaration("C0", Tie.SECOND_RUN, "T0"), Declaration("C1", Tie.SAME_BASE))
    assert "second run" not in " ".join(both.cannot)
    assert "one base model" not in " ".join(both.cannot)
    assert any("direction" in one for one in both.cannot)


def test_controls_of_one_family_count_as_one():
    ferns = [Declaration(f"C{one}", family="ferns") for one in range(9)]
    found = seen(100, 12, *ferns)
    assert "12 controls of 4 families" in found.size
    assert any("those of one family count as one" in one for one in found.cannot)


def test_more_prompts_more_controls_and_more_files_are_told_apart():
    told = " ".join(seen(100, 12).more)
    assert all(words in told for words in ("with 200 prompts", "with 20 controls", "420 prompts"))
    assert "further files of the teacher's family" in told
    family = seen(100, 12, Declaration("T1", Tie.VERSION, "T0"), teachers=2)
    assert "further files" not in " ".join(family.more)
    rates = PACK.fit_for(100, 12, family=True).figures["rates"]
    assert f"{rates['misleading']['h2_above_1']['value']:.0%} (" in family.can[0]


@pytest.mark.parametrize(("teachers", "needed"), [(1, 19), (2, 39)])
def test_the_level_needs_more_controls_for_more_teachers(teachers, needed):
    assert any(
        f"that needs {needed} controls" in one for one in seen(100, 12, teachers=teachers).cannot
    )
