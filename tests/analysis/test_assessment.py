"""How far a rank hangs on single controls and on families of them."""

import numpy as np
import pytest

from audit.analysis.asserted import Asserted, Declaration
from audit.analysis.assessment import assess_teachers
from audit.analysis.transcripts import Role
from cases.reports.figures import without_parts
from tests.analysis.apart.asserting import plan_of

ROLES = (
    ("A", Role.SUSPECT, "suspect"),
    ("B", Role.TEACHER, "teacher"),
    *((label, Role.CONTROL, f"control-{label}") for label in "CDEFGH"),
)


def alike():
    """Two controls that belong together are nearer to the suspect than the teacher is."""
    rng = np.random.default_rng(4)
    half = rng.normal(0, 0.01, size=(40, 8, 8))
    similarity = half + half.transpose(0, 2, 1)
    for place, near in ((1, 0.5), (2, 0.7), (3, 0.7)):
        similarity[:, 0, place] += near
        similarity[:, place, 0] += near
    return similarity


def assessed(plan):
    (found,) = assess_teachers(plan, {"embedding": alike()}, [{"count": 0, "of": 40}])
    return found["views"]["embedding"]


def test_a_family_that_stands_in_front_hides_what_single_controls_show():
    ferns = (Declaration("C", family="ferns"), Declaration("D", family="ferns"))
    view = assessed(plan_of(Asserted(declared=ferns), ROLES))
    assert view["rank"] == 3
    without = view["left_out"]
    assert (without["controls"]["best_rank"], without["controls"]["worst_rank"]) == (2, 3)
    assert without["controls"]["most_lead"] < 0
    assert (without["families"]["best_rank"], without["families"]["worst_rank"]) == (1, 3)
    assert without["families"]["most_lead"] > 0.3


def test_without_families_both_ranges_are_one():
    without = assessed(plan_of(Asserted(), ROLES))["left_out"]
    assert without["families"] == without["controls"]


def test_where_one_family_is_all_there_is_nothing_is_left_to_compare_with():
    ferns = tuple(Declaration(label, family="ferns") for label in "CDEFGH")
    view = assessed(plan_of(Asserted(declared=ferns), ROLES))
    assert view["left_out"]["families"] is None
    assert len(without_parts(view)) == 1


def test_it_is_said_in_words_and_an_earlier_result_has_none():
    view = assessed(plan_of(Asserted(), ROLES))
    assert without_parts(view)[0].startswith("Without each control in turn: rank 2 to 3, lead ")
    assert without_parts({"rank": 1}) == []


def test_the_range_holds_the_lead_with_each_control_left_out_by_hand():
    plan = plan_of(Asserted(), ROLES)
    leads = []
    for label in "CDEFGH":
        without = plan_of(Asserted(), [one for one in ROLES if one[0] != label])
        places = [place for place, one in enumerate(ROLES) if one[0] != label]
        found = assess_teachers(
            without, {"embedding": alike()[:, places][:, :, places]}, [{"count": 0, "of": 40}]
        )
        leads.append(found[0]["views"]["embedding"]["lead"]["estimate"])
    without = assessed(plan)["left_out"]["controls"]
    assert (without["least_lead"], without["most_lead"]) == pytest.approx((min(leads), max(leads)))
