import numpy as np
import pytest

from audit.analysis.errors import InsufficientDataError
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.results import Material
from audit.analysis.statistics.rank import controls_needed
from audit.analysis.transcripts import Role

PROMPTS = 40


def plan_of(teachers: int = 1, controls: int = 5) -> Plan:
    roles = [Role.SUSPECT, *[Role.TEACHER] * teachers, *[Role.CONTROL] * controls]
    inputs = tuple(
        PlanInput(chr(65 + place), role, f"model-{place}", "") for place, role in enumerate(roles)
    )
    return Plan(inputs, {}, "", Parameters(bootstrap_rounds=200))


def material_of(plan: Plan, repeats: dict[int, int], share: float = 1.0) -> Material:
    """Answers of their own, but for the inputs that repeat another on a share of the prompts."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(len(plan.inputs), PROMPTS, 16))
    answers = [
        [f"{one.model} answers question {number}." for number in range(PROMPTS)]
        for one in plan.inputs
    ]
    for place, other in repeats.items():
        same = int(share * PROMPTS)
        vectors[place, :same] = vectors[other, :same]
        # What a copyist changes first: capitals, marks and spaces.
        answers[place][:same] = [f" {one.upper()}!" for one in answers[other][:same]]
    prompts = tuple(f"Question {number}?" for number in range(PROMPTS))
    return Material(
        prompts=(prompts,) * len(plan.inputs),
        records=(tuple(range(1, PROMPTS + 1)),) * len(plan.inputs),
        answers=tuple(tuple(each) for each in answers),
        vectors=(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32),
    )


def test_one_control_under_many_names_is_refused_and_every_copy_is_named():
    plan = plan_of(controls=19)
    copies = dict.fromkeys(range(3, 21), 2)
    with pytest.raises(InsufficientDataError) as refused:
        analyse(plan, material_of(plan, copies))
    said = str(refused.value)
    assert (
        said.count("gives the same answer as control C (model-2), word for word, to 40 of 40")
        == 18
    )
    assert "Leave D out" in said


@pytest.mark.parametrize(("place", "role"), [(0, "suspect A"), (1, "teacher B")])
def test_a_control_that_is_the_suspect_or_the_teacher_is_refused(place, role):
    plan = plan_of()
    with pytest.raises(InsufficientDataError, match=f"same answer as {role}"):
        analyse(plan, material_of(plan, {4: place}))


def test_a_few_answers_in_common_are_no_ground_to_refuse():
    plan = plan_of()
    result = analyse(plan, material_of(plan, {4: 3, 1: 0}, share=0.3)).values
    assert result["teachers"][0]["same_answers"] == {"count": 12, "of": 40}
    assert "word for word" not in result["outcome"]["answer"]


def test_a_teacher_with_the_suspects_own_answers_gets_no_answer_though_it_ranks_first():
    plan = plan_of(controls=20)
    result = analyse(plan, material_of(plan, {1: 0})).values
    assert result["teachers"][0]["views"]["embedding"]["rank"] == 1
    assert result["outcome"]["code"] == "abstains"
    assert "word for word, to 40 of 40 prompts" in result["outcome"]["answer"]


def test_the_limit_counts_the_controls_that_several_teachers_need():
    plan = plan_of(teachers=2)
    limits = " ".join(analyse(plan, material_of(plan, {})).values["outcome"]["limits"])
    assert "0.05, adjusted for 2 candidates, needs at least 39 controls" in limits
    assert 2 / (controls_needed(0.05, 2) + 1) <= 0.05
