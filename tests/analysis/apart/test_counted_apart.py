"""The separate counts of a finding, and that they move nothing else."""

import json

import pytest
from scipy import stats

from audit.analysis.apart import count_apart
from audit.analysis.asserted import Asserted, Canary, Declaration, Gold, Mark
from audit.analysis.digests import canonical_json
from audit.analysis.errors import WrongSettingError
from audit.analysis.pipeline import analyse
from tests.analysis.apart.asserting import ALL, CLAIM, PLANTED, PROMPTS, material_of, plan_of


@pytest.fixture(scope="module")
def result():
    plan = plan_of(ALL)
    return analyse(plan, material_of(plan)).values


@pytest.fixture(scope="module")
def bare():
    plan = plan_of(Asserted(declared=ALL.declared))
    return analyse(plan, material_of(plan)).values


def count(result, kind):
    (found,) = (one for one in result["counts"] if one["kind"] == kind)
    return found


def number(found, label, what):
    return next(one for one in found["numbers"] if one["label"] == label and one["what"] == what)


def test_a_claim_is_counted_with_an_exact_interval_among_given_answers_and_shown(result):
    found = count(result, "identity")
    said = number(found, "A", "answers that claim it")
    assert (said["count"], said["of"]) == (1, len(PROMPTS) - 1)
    exact = stats.binomtest(1, 39).proportion_ci(0.95, method="exact")
    assert (said["low"], said["high"]) == pytest.approx((exact.low, exact.high), abs=1e-6)
    assert found["p_value"] == pytest.approx(
        stats.fisher_exact([[1, 38], [0, 280]], alternative="greater").pvalue, abs=1e-6
    )
    assert {"label": "A", "record": 5, "what": "claim", "text": CLAIM} in found["examples"]
    assert "Saltmarsh Labs" in found["notes"][0]


def test_teachers_are_shown_and_in_no_test(result):
    found = count(result, "identity")
    assert number(found, "B", "answers that claim it")["of"] == len(PROMPTS)
    assert not [one for one in found["numbers"] if one["label"] == "C"]


def test_only_the_files_name_is_looked_for_where_none_is_declared(bare):
    plan = plan_of(Asserted())
    (found, *_) = count_apart(plan, material_of(plan))
    assert "saltmarsh 5" in found["notes"][0]
    assert "no other name" in found["notes"][1]
    assert number(found, "A", "answers that claim it")["count"] == 0
    assert "saltmarsh-5-again" not in found["title"]
    assert count(bare, "identity")["p_value"] < 1


def test_a_planted_string_is_counted_for_the_suspect_and_every_control(result):
    found = count(result, "canaries")
    exact = [one for one in found["numbers"] if one["what"] == "strings, word for word"]
    assert [(one["label"], one["count"], one["of"]) for one in exact] == [
        ("A", 1, 2), *((label, 0, 2) for label in "DEFGHIJ")
    ]  # fmt: skip
    interval = stats.binomtest(1, 2).proportion_ci(0.95, method="exact")
    assert (exact[0]["low"], exact[0]["high"]) == pytest.approx(
        (interval.low, interval.high), abs=1e-6
    )
    assert "c1, word for word" in found["examples"][0]["what"]
    assert PLANTED[0].text.upper() in found["examples"][0]["text"]


def test_shared_errors_hold_suspect_and_teacher_against_every_pair(result):
    found = count(result, "shared_errors")
    pair = number(found, "A and B", "same answer where both are wrong (share)")
    assert pair["value"] == 1
    others = [
        one["value"]
        for one in found["numbers"]
        if one["what"] == pair["what"] and one["label"] != "A and B" and one["value"] is not None
    ]
    assert max(others) < 1
    assert found["p_value"] is None


def test_too_few_right_answers_are_said_and_stop_nothing():
    plan = plan_of(Asserted(declared=ALL.declared, gold=ALL.gold[:20]))
    found = count({"counts": count_apart(plan, material_of(plan))}, "shared_errors")
    assert found["why"].startswith("Suspect and teacher both answered 19 prompts")


def test_a_key_that_marked_nothing_shows_nothing(result):
    found = count(result, "watermarks")
    assert 0.001 < found["p_value"] <= 1
    marked = found["numbers"][0]
    share = stats.binomtest(marked["count"], marked["of"], 0.5, alternative="greater")
    assert marked["p_value"] == pytest.approx(share.pvalue, abs=1e-6)


def test_what_the_plan_does_not_ask_for_is_said(bare):
    not_made = {one["kind"]: one["why"] for one in bare["counts"] if one["why"]}
    assert not_made == {
        "canaries": "The plan names no planted string.",
        "shared_errors": "The plan names no right answer to any prompt.",
        "watermarks": "The plan names no detector of a watermark.",
    }


def test_every_count_has_its_hypotheses_and_limits(result):
    for one in result["counts"]:
        assert set(one["hypotheses"]) == {"H1", "H2"}
        assert "no part of the likelihood ratio" in one["limits"][0]
    assert json.loads(canonical_json(result["counts"]))


def test_counts_move_no_other_number(result, bare):
    for name in result.keys() - {"plan_sha256", "counts", "tests"}:
        assert result[name] == bare[name], name


def test_a_second_run_is_compared_with_its_teacher_alone(result):
    plan = plan_of(ALL)
    assert [one["label"] for one in result["teachers"]] == ["B"]
    assert "C" not in result["similarity"]["labels"]
    alone = plan.without_second_runs()
    assert [one.label for one in alone.inputs] == list("ABDEFGHIJ")
    without = analyse(alone, material_of(plan).of(plan.places_of("ABDEFGHIJ"))).values
    for name in ("teachers", "nearest_neighbours", "pairs", "counts", "similarity"):
        assert result[name] == without[name], name


def test_what_is_declared_reaches_the_alternatives(result, bare):
    plan = plan_of(Asserted(), roles=[one for one in _roles() if one[0] != "C"])
    undeclared = analyse(plan, material_of(plan)).values["alternatives"]
    before, after = (
        {one["name"]: one["status"] for one in found}
        for found in (undeclared, result["alternatives"])
    )
    assert before["The suspect is the teacher itself, run as the teacher's second run was"] == (
        "not_testable"
    )
    (equality, same_base, reverse) = (
        next(one for one in result["alternatives"] if word in one["name"])
        for word in ("teacher itself", "same base", "was trained on outputs of the suspect")
    )
    assert equality["status"] != "not_testable"
    assert equality["p_value"] is not None
    assert same_base["status"] != "not_testable"
    assert "control-E" in same_base["why"]
    assert "2023-01-31, the suspect on 2024-05-01" in reverse["why"]
    assert before.keys() == after.keys()
    assert bare["alternatives"] == result["alternatives"]


def _roles():
    return [(one.label, one.role, one.model) for one in plan_of(ALL).inputs]


@pytest.mark.parametrize(
    ("asserted", "words"),
    [
        (lambda: Asserted(declared=(Declaration("Z", released="2024-01-01"),)), "exhibit Z"),
        (lambda: Asserted(declared=(Declaration("B", "same_base"),)), "suspect or candidate"),
        (lambda: Asserted(canaries=PLANTED, planted_by="D"), "no candidate teacher"),
    ],
)
def test_what_has_no_place_in_the_plan_is_refused(asserted, words):
    with pytest.raises(WrongSettingError, match=words):
        plan_of(asserted())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Declaration("A", released="May"), "May is no date. Write it as in 2024-01-31"),
        (lambda: Declaration("C", "version"), "Name the teacher with it"),
        (lambda: Declaration("B", names=(" ",)), "empty"),
        (lambda: Asserted(declared=(Declaration("A"), Declaration("A"))), "declared 2 times"),
        (lambda: Asserted(canaries=PLANTED), "together with that teacher"),
        (
            lambda: Asserted(canaries=(Canary("a", "x" * 500_000),), planted_by="B"),
            "at most 2,000",
        ),
        (lambda: Asserted(gold=(Gold("a", "1"), Gold("b", "A", 4))), "all of them letters"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, words):
    with pytest.raises(WrongSettingError, match=words):
        make()


def test_a_detector_that_is_not_installed_is_named():
    plan = plan_of(Asserted(marks=(Mark("no-such", "00"),)))
    with pytest.raises(WrongSettingError, match="no watermark detector no-such"):
        count_apart(plan, material_of(plan))
    plan = plan_of(Asserted(marks=(Mark("green-words", "zz"),)))
    with pytest.raises(WrongSettingError, match="not hexadecimal"):
        count_apart(plan, material_of(plan))
