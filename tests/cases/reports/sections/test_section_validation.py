"""Rates of error, against the beta and binomial distributions of scipy."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from audit.analysis.statistics.proportions import upper_bound
from cases.reports.error_rates import error_rates_of
from cases.reports.sections.validation import validation
from tests.cases.likelihood import likelihood_for, refused_for
from tests.cases.reports.sections.documents import (
    TEACHERS,
    facts,
    said,
    table,
    with_ratio,
    without_ratio,
)
from tests.cases.reports.test_printed_likelihood import with_likelihood


@pytest.mark.parametrize(
    ("count", "of"), [(0, 460), (76, 460), (7, 96), (0, 1780), (402, 1780), (1, 20), (20, 20)]
)
def test_the_one_sided_bound_is_that_of_the_beta_distribution(count: int, of: int) -> None:
    wanted = 1.0 if count == of else beta.ppf(0.95, count + 1, of - count)
    assert upper_bound(count, of, 0.95) == pytest.approx(wanted, abs=1e-9)


@given(st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of - 1), st.just(of))))
def test_at_the_bound_so_few_come_up_in_one_of_twenty_samples(pair: tuple[int, int]) -> None:
    count, of = pair
    bound = upper_bound(count, of, 0.95)
    assert binom.cdf(count, of, bound) == pytest.approx(0.05, abs=1e-6)
    assert bound > count / of


def test_nothing_out_of_nothing_has_no_bound() -> None:
    assert upper_bound(0, 0, 0.95) == 1.0
    with pytest.raises(ValueError, match="k"):
        upper_bound(3, 2, 0.95)


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("false-positives", ("h2_above_1", "h2_at_least_10", "h2_at_least_100")),
        ("false-negatives", ("h1_below_1", "h1_at_most_1_in_10", "h1_at_most_1_in_100")),
    ],
)
def test_every_rate_is_printed_with_its_exact_bounds(key: str, kinds: tuple[str, ...]) -> None:
    document = with_ratio()
    found = document["result"]["likelihood"]
    sources = found["pack"]["population"]["h2_sources" if "pos" in key else "h1_sources"]
    for row, kind in zip(table(validation(document), key), kinds, strict=True):
        one = found["validation"]["misleading"][kind]
        count, of = one["count"], one["of"]
        _, pairs, share, interval, upper, lines = row
        assert pairs == f"{count} of {of}"
        assert float(share) == pytest.approx(count / of, abs=5e-4)
        low, high = map(float, interval.split(" to "))
        assert low == pytest.approx(
            beta.ppf(0.025, count, of - count + 1) if count else 0, abs=1e-3
        )
        assert high == pytest.approx(beta.ppf(0.975, count + 1, of - count), abs=1e-3)
        exact = beta.ppf(0.95, count + 1, of - count)
        assert exact <= float(upper) < exact + 1.0001e-4
        assert (count > 0) == (lines == "")
        if lines:
            counted, bound = lines.split(": ")
            by_line = 1 - 0.05 ** (1 / sources)
            assert counted == f"0 of {sources}"
            assert by_line <= float(bound) < by_line + 1.0001e-4


@pytest.mark.parametrize(
    ("lr", "name"),
    [
        (2.5, "an LR above 1"),
        (9.99, "an LR above 1"),
        (10, "an LR of 10 or more"),
        (99, "an LR of 10 or more"),
        (100, "an LR of 100 or more"),
    ],
)
def test_the_rate_that_goes_with_a_ratio_is_named(lr: float, name: str) -> None:
    words = said(validation(with_ratio(log10_lr=math.log10(lr))))
    assert f"The rate that goes with the ratio given for B is that of {name}." in words
    assert "given for C" not in words


def test_a_ratio_below_one_has_no_rate_of_false_positives() -> None:
    assert "The rate that goes with" not in said(validation(with_ratio(log10_lr=-0.9)))


def test_the_bound_is_worded_as_a_bound_and_not_as_a_probability() -> None:
    words = said(validation(with_ratio()))
    assert "fewer than 5 of 100 such validations" in words
    assert "It is not the probability that the share is below it." in words


def test_who_validated_and_when_is_said_as_far_as_it_is_held() -> None:
    document = with_ratio()
    found = facts(validation(document))
    assert "by nobody independent of them" in found["Validated by"]
    assert document["result"]["likelihood"]["pack"]["digest"] in found["Calibration pack"]
    assert "2026-11-24 09:00:01 UTC, before any number" in found["Before this case"]
    assert found["For material of"] == "30 prompts and more; here 36 prompts"


def held(**changes: Any) -> dict[str, Any]:
    found = likelihood_for(TEACHERS)
    found["validation"] |= changes
    return with_likelihood(without_ratio(), found)


def test_false_positives_by_number_of_prompts_stand_where_the_result_has_them() -> None:
    size = {"auc": 0.9, "cllr": 0.5, "true_positive_rate": 0.6}
    sizes = [
        size | {"prompts": 30, "controls": 5, "misleading": 0.1652},
        size | {"prompts": 1200, "controls": 10, "misleading": 0.0497},
    ]
    rows = table(validation(held(by_size=sizes)), "false-positives-by-size")
    assert rows == [("30", "5", "0.165"), ("1,200", "10", "0.050")]
    assert "by number of prompts" not in said(validation(with_ratio()))


def test_pairs_that_are_counted_on_several_sets_of_prompts_are_said_to_be() -> None:
    document = with_ratio()
    assert "several sets of prompts" not in said(validation(document))
    document["result"]["likelihood"]["pack"]["population"] |= {"h2_pairs": 115}
    assert "The 460 pairs under H2 that are counted below are 115 pairs of models" in said(
        validation(document)
    )


def test_calibration_figures_are_those_of_the_result() -> None:
    found = facts(validation(held(dev_pav=0.119902)))
    loss = 0.476853 - 0.352941
    assert found["Loss by calibration (Cllr less Cllr at best)"] == f"{loss:.3f} bits"
    assert found["devPAV"].startswith("0.120")
    assert "devPAV" not in facts(validation(with_ratio()))


def test_without_a_validated_ratio_only_the_rank_is_spoken_of() -> None:
    refused = with_likelihood(without_ratio(), refused_for(TEACHERS))
    for document in (without_ratio(), refused):
        assert "error_rates" not in document
        words = said(validation(document))
        assert "No error rate of a likelihood ratio goes with this finding" in words
        assert "ranks first by chance in 1 of 9 cases (p = 0.111)" in words
    assert error_rates_of({"likelihood": None}) is None
