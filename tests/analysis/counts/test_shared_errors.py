import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from audit.analysis.counts.shared_errors import (
    GradedAnswers,
    SharedErrors,
    count_shared_errors,
    extract_choice,
    extract_number,
)
from audit.analysis.digests import canonical_json
from audit.analysis.errors import InsufficientDataError, WrongSettingError

LETTERS = "ABCDE"


def counted(answers: GradedAnswers, rounds: int = 200) -> SharedErrors:
    rng = np.random.default_rng(1)
    return count_shared_errors(answers, rounds=rounds, confidence=0.95, rng=rng)


def drawn(seed: int, prompts: int, accuracies: tuple[float, ...], options: int = 4):
    """The right answers, and answers that are right as often as said and else random."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, options, prompts)
    rows = []
    for accuracy in accuracies:
        wrong = (gold + rng.integers(1, options, prompts)) % options
        rows.append(np.where(rng.random(prompts) < accuracy, gold, wrong))
    return [[LETTERS[place] for place in row] for row in (gold, *rows)]


# Two to five options; the figures for suspect and teacher are those of lm-sim 0.1.1, the authors'
# package: CAPA with single answers, and its error consistency.
OPTIONS = [int(one) for one in "533352242332224554534433434222455552534223345452342433434522"]
GOLD = "BABBBAACBCABBBAAACBACCBAACBABABDCDEABCDAABCBAAAACBBCAADCBABB"
SUSPECT = "BABCBAACBCABABDBACBACBBAACAAAACCDAEABCDAABAABADACBBCAADCAABB"
TEACHER = "BACBBAABACABABAAACBACCCADBBABABBCCEABCDABBABCCAABBABAADABAAB"
CONTROL = "BAABDBABBCAAABCABBCACCCACCBABADDDDEADCCABACCBABBABBCAABCBEBB"


def test_kappa_and_error_consistency_are_those_of_the_authors_package():
    count = counted(GradedAnswers(GOLD, OPTIONS, SUSPECT, TEACHER, {"control": CONTROL}))
    assert count.pair.kappa.value == pytest.approx(-0.014274981217129907)
    assert count.pair.error_consistency.value == pytest.approx(0.016393442622950654)
    assert (count.pair.prompts, count.pair.both_wrong) == (60, 5)


def test_a_table_worked_by_hand():
    # 40 prompts of 4 options. Both right 16, only one right 6 and 6, both wrong 12: 9 alike.
    gold = "A" * 40
    suspect = "A" * 22 + "B" * 18
    teacher = "A" * 16 + "B" * 6 + "A" * 6 + "B" * 9 + "C" * 3
    count = counted(GradedAnswers(gold, [4] * 40, suspect, teacher, {"control": "A" * 40}))
    by_chance = 0.55**2 + 0.45**2 / 3
    assert count.pair.kappa.value == pytest.approx((25 / 40 - by_chance) / (1 - by_chance))
    alike = 0.55**2 + 0.45**2
    assert count.pair.error_consistency.value == pytest.approx((28 / 40 - alike) / (1 - alike))
    assert count.pair.same_wrong.value == 9 / 12
    assert count.pair.same_wrong_by_chance == pytest.approx(1 / 3)
    assert [one.right.count for one in count.models] == [22, 22, 40]


@given(st.integers(0, 10_000), st.integers(30, 90))
def test_error_consistency_is_cohens_kappa_of_being_right(seed, prompts):
    gold, suspect, teacher, control = drawn(seed, prompts, (0.6, 0.5, 0.4))
    answers = GradedAnswers(gold, [4] * prompts, suspect, teacher, {"control": control})
    right = [
        [one == other for one, other in zip(gold, row, strict=True)] for row in (suspect, teacher)
    ]
    assert counted(answers, 2).pair.error_consistency.value == pytest.approx(
        cohen_kappa_score(*right)
    )


@given(st.integers(0, 10_000))
def test_of_two_options_kappa_is_error_consistency_and_cohens(seed):
    gold, suspect, teacher, control = drawn(seed, 60, (0.6, 0.5, 0.4), options=2)
    pair = counted(GradedAnswers(gold, [2] * 60, suspect, teacher, {"c": control}), 2).pair
    right = [np.array(gold) == np.array(row) for row in (suspect, teacher)]
    assert pair.kappa.value == pytest.approx(cohen_kappa_score(*right))
    assert pair.error_consistency.value == pytest.approx(pair.kappa.value)


def test_models_that_err_at_random_have_no_kappa_and_copies_have_all_of_it():
    gold, suspect, teacher, control = drawn(5, 20_000, (0.7, 0.5, 0.3))
    answers = GradedAnswers(gold, [4] * 20_000, suspect, teacher, {"copy": suspect, "c": control})
    count = counted(answers, 50)
    assert count.pair.kappa.value == pytest.approx(0, abs=0.02)
    assert count.pair.same_wrong.value == pytest.approx(1 / 3, abs=0.03)
    copy = next(one for one in count.others if (one.left, one.right) == ("suspect", "copy"))
    assert (copy.kappa.value, copy.same_wrong.value) == (1, 1)
    assert copy.kappa.low == copy.kappa.high == 1


def copied(share: float, prompts: int = 400) -> GradedAnswers:
    """A suspect that takes over a share of the teacher's answers, and controls that do not."""
    gold, suspect, teacher, *controls = drawn(8, prompts, (0.5,) * 6)
    take = np.random.default_rng(9).random(prompts) < share
    suspect = np.where(take, teacher, suspect).tolist()
    named = {f"c{place}": each for place, each in enumerate(controls)}
    return GradedAnswers(gold, [4] * prompts, suspect, teacher, named)


def test_the_lead_is_over_the_highest_pair_with_a_control():
    count = counted(copied(0.5))
    highest = max(count.others, key=lambda one: one.kappa.value)
    lead = next(one for one in count.leads if one.measure == "kappa")
    assert lead.lead.value == pytest.approx(count.pair.kappa.value - highest.kappa.value)
    assert lead.over == (highest.left, highest.right)
    assert all(one.lead.low > 0 for one in count.leads)


def test_without_copying_there_is_no_lead():
    assert all(one.lead.low < 0 for one in counted(copied(0)).leads)


def test_the_interval_covers_the_true_kappa_as_often_as_it_says():
    hits = 0
    for seed in range(150):
        gold, suspect, teacher, control = drawn(seed, 120, (0.6, 0.5, 0.4))
        estimate = counted(
            GradedAnswers(gold, [4] * 120, suspect, teacher, {"c": control}), 300
        ).pair.kappa
        hits += estimate.low <= 0 <= estimate.high
    assert 0.88 <= hits / 150 <= 0.99


def test_no_answer_is_left_out_of_the_pair_and_counted():
    gold, suspect, teacher, control = drawn(3, 80, (0.6, 0.5, 0.4))
    rest = [row[20:] for row in (suspect, teacher, control)]
    whole = counted(GradedAnswers(gold[20:], [4] * 60, *rest[:2], {"c": rest[2]}))
    gapped = counted(
        GradedAnswers(gold, [4] * 80, [None] * 20 + suspect[20:], teacher, {"c": control})
    )
    assert gapped.pair.prompts == 60
    assert gapped.pair.kappa.value == pytest.approx(whole.pair.kappa.value)
    assert [one.unanswered for one in gapped.models] == [20, 0, 0]
    assert gapped.models[0].right.of == 60


def test_open_questions_have_no_chance_of_the_same_wrong_answer():
    gold, suspect, teacher, control = drawn(3, 60, (0.6, 0.5, 0.4))
    pair = counted(GradedAnswers(gold, None, suspect, teacher, {"c": control})).pair
    right = [np.mean(np.array(gold) == np.array(row)) for row in (suspect, teacher)]
    same = np.mean(np.array(suspect) == np.array(teacher))
    expected = (same - right[0] * right[1]) / (1 - right[0] * right[1])
    assert pair.kappa.value == pytest.approx(expected)
    assert pair.same_wrong_by_chance == 0


def test_what_is_not_defined_is_none():
    gold = ["A"] * 40
    count = counted(GradedAnswers(gold, [4] * 40, gold, gold, {"c": gold}))
    assert count.pair.kappa.value is count.pair.same_wrong.value is None
    assert all(one.over is None and one.lead.value is None for one in count.leads)
    assert count.pair.same_wrong_by_chance is None


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"controls": {}}, InsufficientDataError, "there is none"),
        ({"controls": {"teacher": ["A"] * 40}}, WrongSettingError, "another name"),
        ({"options": [4] * 39 + [1]}, WrongSettingError, "fewer than two"),
        ({"suspect": [None] * 11 + ["A"] * 29}, InsufficientDataError, "both answered 29"),
        ({"suspect": ["A"] * 39}, ValueError, "argument 2"),
    ],
)
def test_material_that_cannot_carry_a_count_is_refused(change, error, said):
    same = ["A"] * 40
    sound = {
        "gold": same,
        "options": [4] * 40,
        "suspect": same,
        "teacher": same,
        "controls": {"c": same},
    }
    with pytest.raises(error, match=said):
        counted(GradedAnswers(**(sound | change)))


def test_the_count_is_repeatable_and_json_with_the_warning():
    value, again = counted(copied(0.2)).as_dict(), counted(copied(0.2)).as_dict()
    assert value == again
    assert json.loads(canonical_json(value))["pair"]["both_wrong"] == value["pair"]["both_wrong"]
    assert "60 % of the cases" in value["warning"]


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("C", "C"),
        ("(c)", None),
        ("**B**", "B"),
        ("B. Because rivers flow.", "B"),
        ("(D) the last", "D"),
        ("Let us think. The answer is (A).", "A"),
        ("First A, then B. Answer: **C**", "C"),
        ("The correct option is D, as B is wrong.", "D"),
        ("So we get $\\boxed{B}$.", "B"),
        ("\\boxed{\\text{A}} and not the answer is B", "A"),
        ("It goes on.\n\nD", "D"),
        ("A river flows.", None),
        ("Either. The answer is A. The answer is B.", None),
        ("The answer is E", None),
        ("I cannot say.", None),
        ("", None),
    ],
)
def test_the_letter_that_an_answer_decides_for(answer, letter):
    assert extract_choice(answer, 4) == letter


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("42", "42"),
        ("It costs $1,234.50 in all.", "1234.5"),
        ("3 and 4 make 7.", "7"),
        ("The answer is **12**. I hope this helps with question 3.", "12"),
        ("2+2=5\n#### 4", "4"),
        ("\\boxed{-0.50}, or 8", "-0.5"),
        ("\u22127.0 degrees", "-7"),
        ("Pages 3-4", "4"),
        ("007", "7"),
        ("-0", "0"),
        (".5", "0.5"),
        ("9" * 60 + ".10", "9" * 60 + ".1"),
        ("answer: 5\nanswer: 6", "6"),
        ("none", None),
    ],
)
def test_the_number_that_an_answer_ends_on(answer, number):
    assert extract_number(answer) == number
