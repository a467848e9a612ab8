import numpy as np
import pytest

from audit.analysis.encoders import Encoder
from audit.analysis.errors import TooMuchDataError, WrongSettingError
from audit.analysis.matching import (
    MOST_NEAR,
    Wordings,
    draw,
    match_inputs,
    numbers,
    require_few_enough,
    unpaired,
)
from audit.analysis.plan import OFFERED_NEAR_PROMPT, Parameters, Plan, PlanInput
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role

ROLES = (Role.SUSPECT, Role.TEACHER, Role.CONTROL)


def plan(near: float | None, **parameters: int) -> Plan:
    inputs = tuple(
        PlanInput(label, role, label, "") for label, role in zip("ABC", ROLES, strict=True)
    )
    return Plan(inputs, {}, "", Parameters(near_prompt=near, **parameters))


def never(keys):
    raise AssertionError(f"{keys} were looked up")


def turned(degrees: dict[str, float], texts: dict[str, str] | None = None):
    """Look up prompts as directions in a plane: their cosines follow from the angles."""

    def look(keys):
        angles = np.radians([degrees[key] for key in keys])
        vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
        return Wordings(tuple((texts or {}).get(key, key) for key in keys), vectors)

    return look


def test_without_a_cosine_only_the_same_text_counts_and_nothing_is_looked_up():
    keys = [{"a", "b", "c"}, {"b", "c", "d"}, {"c", "b", "e"}]
    assert match_inputs(plan(None), keys, never).rows == (("b", "c"),) * 3


def test_the_same_text_everywhere_is_not_looked_up_under_a_cosine_either():
    keys = [{"a", "b"}, {"a", "b", "z"}, {"b", "a"}]
    assert match_inputs(plan(0.9), keys, never).rows == (("a", "b"),) * 3


def test_a_prompt_is_matched_only_with_a_partner_in_every_file():
    keys = [{"same", "near", "far"}, {"same", "near'", "far'"}, {"same", "near''"}]
    degrees = {"near": 0, "near'": 5, "near''": -5, "far": 90, "far'": 90.0}
    found = match_inputs(plan(0.95), keys, turned(degrees))
    assert found.rows == (("near", "same"), ("near'", "same"), ("near''", "same"))


def test_below_the_cosine_nothing_is_matched():
    keys = [{"near"}, {"near'"}, {"near"}]
    look = turned({"near": 0, "near'": 20})
    assert match_inputs(plan(0.95), keys, look).rows == ((), (), ())
    assert match_inputs(plan(0.9), keys, look).rows[1] == ("near'",)


def test_the_same_text_is_not_given_away_to_a_nearer_prompt():
    keys = [{"a", "b"}, {"a"}, {"a", "b"}]
    assert match_inputs(plan(0.5), keys, turned({"a": 0, "b": 0})).rows == (("a",),) * 3


@pytest.mark.parametrize("seed", range(20))
def test_two_prompts_never_share_a_partner(seed):
    rng = np.random.default_rng(seed)
    keys = [{f"{file}{n}" for n in range(30)} for file in "ABC"]
    # Crowded into a few degrees: nearly every prompt has many candidates above the cosine.
    degrees = {key: float(rng.integers(0, 12)) for key in sorted(set().union(*keys))}
    rows = match_inputs(plan(0.9), keys, turned(degrees)).rows
    assert all(len(set(row)) == len(row) for row in rows)
    assert all(set(row) <= own for row, own in zip(rows, keys, strict=True))


def test_another_number_is_another_question_however_near():
    keys = [{"a"}, {"b"}, {"a"}]
    look = turned({"a": 0, "b": 0}, {"a": "Room 17, floor 3?", "b": "Room 17, floor 4?"})
    assert match_inputs(plan(0.9), keys, look).rows == ((), (), ())


def test_numbers_are_runs_of_digits_in_order():
    assert numbers("From 3 to 17.5, not 17") == ("3", "17", "5", "17")
    assert numbers("From 17 to 3") != numbers("From 3 to 17")


def test_what_needs_a_vector_is_what_lacks_the_same_text():
    keys = [{"a", "b", "c"}, {"a", "b", "x"}, {"a", "y"}]
    assert unpaired(plan(0.9), keys) == [["b", "c"], ["x"], ["y"]]


def test_a_sample_is_drawn_by_the_seed_and_for_all_files_alike():
    keys = [{f"{n:03}" for n in range(100)}] * 3
    rows = match_inputs(plan(None, most_prompts=10, seed=4), keys, never).rows
    assert len(rows[0]) == 10
    assert rows[0] == rows[1] == rows[2] == tuple(sorted(rows[0]))
    assert list(rows[0]) == draw(keys[0], Parameters(most_prompts=10, seed=4))
    assert list(rows[0]) != draw(keys[0], Parameters(most_prompts=10, seed=5))


def test_too_many_prompts_are_refused_by_name():
    with pytest.raises(TooMuchDataError, match=r"exhibit B has 10,001\. Ask for the same text"):
        require_few_enough(plan(0.95), [MOST_NEAR, MOST_NEAR + 1, 7])
    require_few_enough(plan(None), [10**9] * 3)


@pytest.mark.parametrize("near", [0, 1, -0.5, 1.5, float("nan")])
def test_a_cosine_that_makes_no_sense_is_refused(near):
    with pytest.raises(WrongSettingError, match="between 0 and 1"):
        Parameters(near_prompt=near)


def cosine(encoder: Encoder, left: str, right: str) -> float:
    first, second = encoder.encode([left, right])
    return float(first @ second)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("What is 17 times 3?", "What is 19 times 3?"),
        ("What is the capital of Austria?", "What is the capital of Australia?"),
        ("List the advantages of nuclear power.", "List the disadvantages of nuclear power."),
        ("Translate to French: good morning", "Translate to German: good morning"),
    ],
)
def test_the_offered_cosine_keeps_short_questions_apart(encoder, left, right):
    assert cosine(encoder, left, right) < OFFERED_NEAR_PROMPT - 0.02


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Is it safe to eat raw eggs?", "Is it not safe to eat raw eggs?"),
        ("Does Anna love Bert?", "Does Bert love Anna?"),
    ],
)
def test_what_the_method_says_it_cannot_tell_apart(encoder, left, right):
    assert cosine(encoder, left, right) > OFFERED_NEAR_PROMPT


def test_a_long_question_with_another_number_is_kept_apart_by_the_number(encoder):
    text = (
        "A farmer keeps sheep and geese behind her house, and one morning she counts {} legs and "
        "19 heads among them while the dog sleeps. How many of the animals are sheep?"
    )
    left, right = text.format(52), text.format(58)
    assert cosine(encoder, left, right) > OFFERED_NEAR_PROMPT
    texts = {text_key(one): one for one in (left, right)}

    def look(keys):
        return Wordings(tuple(texts[k] for k in keys), encoder.encode([texts[k] for k in keys]))

    keys = [{text_key(left)}, {text_key(right)}, {text_key(left)}]
    assert match_inputs(plan(OFFERED_NEAR_PROMPT), keys, look).rows == ((), (), ())
