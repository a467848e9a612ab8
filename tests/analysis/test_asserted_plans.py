"""Plans with and without what a party asserts: their digests, and their way there and back."""

import json

import pytest

from audit.analysis.asserted import Asserted, Declaration
from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.transcripts import Role
from tests.analysis.apart.asserting import ALL, plan_of

# The plan below as it was sealed before a plan had a place for what is asserted.
SEALED_BEFORE = "0335a5a84fdeef7eb59971eab8bbe55fe672cecebcc2faff648a53778f541646"


def early_plan() -> Plan:
    encoder = {"name": "made-up-encoder", "dimensions": 48}
    inputs = (
        PlanInput("A", Role.SUSPECT, "larkspur-7", "0" * 64),
        PlanInput("B", Role.TEACHER, "saltmarsh-5", "1" * 64),
    )
    parameters = Parameters(seed=3, pack="2" * 64)
    return Plan(inputs, encoder, digest_of(encoder), parameters, method="0.1.0")


def test_a_plan_from_before_keeps_its_digest():
    plan = early_plan()
    assert "asserted" not in plan.as_dict()
    assert plan.digest == SEALED_BEFORE
    assert Plan.from_dict(json.loads(canonical_json(plan.as_dict()))).digest == SEALED_BEFORE


def test_all_that_is_asserted_comes_back_from_the_plans_json():
    plan = plan_of(ALL)
    again = Plan.from_dict(json.loads(canonical_json(plan.as_dict())))
    assert again == plan
    assert again.digest == plan.digest


def test_what_is_left_empty_has_no_key():
    plan = plan_of(Asserted(declared=(Declaration("A", released="2024-01-01"),)))
    assert plan.as_dict()["asserted"].keys() == {"declared"}


@pytest.mark.parametrize("name", ["declared", "canaries", "gold", "marks"])
def test_every_part_of_it_changes_the_digest(name):
    without = Asserted(
        **{
            part: getattr(ALL, part)
            for part in ("declared", "canaries", "planted_by", "gold", "marks")
            if part != name and not (name == "canaries" and part == "planted_by")
        }
    )
    assert plan_of(without).digest != plan_of(ALL).digest


def test_a_second_run_has_no_role():
    plan = plan_of(ALL)
    assert [plan.inputs[place].label for place in plan.places(Role.TEACHER)] == ["B"]
    assert plan.without_second_runs().asserted.second_runs == set()
