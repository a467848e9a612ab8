"""The ledger: nothing that a result holds is missing from it, and nothing in it is new."""

from collections import Counter

import pytest

from audit.analysis.asserted import Asserted
from audit.analysis.pipeline import analyse
from audit.analysis.tests_run import ledger
from tests.analysis.apart.asserting import ALL, ROLES, material_of, plan_of
from tests.cases.likelihood import likelihood_for, refused_for


@pytest.fixture(scope="module")
def plan():
    return plan_of(ALL)


@pytest.fixture(scope="module")
def result(plan):
    return analyse(plan, material_of(plan)).values


def lines(entries, group):
    return [one for one in entries if one["group"] == group]


def test_every_rank_and_interval_stands_in_it(plan, result):
    found = lines(result["tests"], "Comparison by rank")
    (teacher,) = result["teachers"]
    ranks = [one for one in found if one["name"].startswith("Rank")]
    assert [one["p_value"] for one in ranks] == [
        view["p_value_holm"]
        for name in ("embedding", "embedding_without_layout", "layout")
        if (view := teacher["views"][name])
    ]
    leads = [one for one in found if one["name"].startswith("Lead")]
    assert {(one["rounds"], one["seed"], one["trials"]) for one in leads} == {(200, 1, 40)}
    assert all(one["hypothesis"] == result["hypotheses"]["H2"] for one in ranks)


def test_a_small_p_is_told_from_one_that_is_not(plan, result):
    for one in result["tests"]:
        if one["outcome"] in {"reached", "not_reached"}:
            assert (one["p_value"] <= plan.parameters.alpha) == (one["outcome"] == "reached")
    assert Counter(one["outcome"] for one in result["tests"])["not_reached"] > 2


def test_every_alternative_and_every_count_stands_in_it(result):
    named = Counter(one["name"] for one in result["tests"])
    for one in result["alternatives"]:
        assert named[one["name"]] == 1
    for one in result["counts"]:
        assert named[one["title"]] == 1


def test_what_was_not_run_says_why():
    plan = plan_of(Asserted(), [one for one in ROLES if one[0] != "C"])
    not_run = [
        one
        for one in analyse(plan, material_of(plan)).values["tests"]
        if one["outcome"] == "not_run"
    ]
    assert {one["group"] for one in not_run} == {
        "Likelihood ratio", "Other explanations", "Counted apart"
    }  # fmt: skip
    assert len(not_run) == 6
    assert all(one["why"] for one in not_run)
    assert all(one["rounds"] is None for one in not_run)


def test_the_ratio_stands_in_it_with_each_signal_each_check_and_each_control(plan, result):
    likelihood = likelihood_for([{"label": "B", "model": "x"}, {"label": "C", "model": "y"}])
    found = lines(ledger(plan, result | {"likelihood": likelihood}), "Likelihood ratio")
    names = Counter(one["name"] for one in found)
    for teacher in likelihood["teachers"]:
        for signal in teacher["signals"]:
            assert names[f"Signal: {signal['title']}"] == len(likelihood["teachers"])
    for check in likelihood["domain"]["checks"]:
        assert names[f"Fitness of the material: {check['name']}"] == 1
    left_out = sum(len(one["left_out"]) for one in likelihood["teachers"])
    assert sum(name.startswith("Without control") * times for name, times in names.items()) == (
        left_out
    )
    by_teacher = {one["about"]: one for one in found if one["name"] == "Likelihood ratio"}
    assert by_teacher["B"]["outcome"] == "reported"
    assert by_teacher["C"]["outcome"] == "abstains"
    assert by_teacher["C"]["why"] == likelihood["teachers"][1]["abstains"]


def test_a_ratio_that_is_refused_is_not_run(plan, result):
    refused = refused_for([{"label": "B", "model": "x"}])
    (line,) = lines(ledger(plan, result | {"likelihood": refused}), "Likelihood ratio")
    assert (line["outcome"], line["why"]) == ("not_run", refused["refused"])


def test_it_holds_no_number_of_its_own(result):
    held = set()

    def gather(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                gather(one)
        elif isinstance(value, int | float):
            held.add(value)

    gather({name: one for name, one in result.items() if name != "tests"})
    figures = [each["value"] for one in result["tests"] for each in one["figures"]]
    figures += [one["p_value"] for one in result["tests"] if one["p_value"] is not None]
    candidates = len(result["teachers"][0]["views"]["layout"]["candidates"])
    assert set(figures) - held <= {candidates}
