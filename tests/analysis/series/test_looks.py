"""Levels of looks, e-values, and how often the detector cries wolf."""

import numpy as np
import pytest
from scipy import integrate

from audit.analysis.series.looks import Detector, e_value, spent_at


def test_levels_add_up_to_the_whole_and_never_beyond():
    spent = [spent_at(look, 0.05) for look in range(1, 10_001)]
    assert spent[0] == 0.025
    assert spent == sorted(spent, reverse=True)
    assert 0.0499 < sum(spent) < 0.05


@pytest.mark.parametrize("look", [0, -1])
def test_looks_are_counted_from_one(look):
    with pytest.raises(ValueError, match="counted from 1"):
        spent_at(look, 0.05)


def test_the_mean_of_an_e_value_is_one_under_the_null_hypothesis():
    # In logarithms, where the integrand has no spike: p = exp(-x), dp = exp(-x) dx.
    mean = integrate.quad(lambda x: e_value(np.exp(-x)) * np.exp(-x), 1e-9, 700, limit=500)[0]
    assert mean == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("p_value", [1e-5, 0.001, 0.05, 0.5])
def test_an_e_value_is_the_mixture_that_it_is_said_to_be(p_value):
    mixed = integrate.quad(lambda kappa: kappa * p_value ** (kappa - 1), 0, 1)[0]
    assert e_value(p_value) == pytest.approx(mixed)
    assert e_value(p_value) > e_value(min(1, 2 * p_value))


@pytest.mark.parametrize("p_value", [0, -0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(p_value):
    with pytest.raises(ValueError, match="p-value"):
        e_value(p_value)


def test_false_alarms_are_as_rare_as_promised():
    rng = np.random.default_rng(5)
    waits = []
    for _ in range(200):
        detector = Detector(level=1 / 50)
        while not detector.alarms and detector.looks < 2_000:
            detector = detector.look(1 - rng.random())
        waits.append(detector.looks)
    assert np.mean(waits) >= 50


def test_a_change_is_found_in_few_looks_after_many_quiet_ones():
    rng = np.random.default_rng(6)
    detector = Detector(level=0.001)
    for _ in range(100):
        detector = detector.look(1 - rng.random())
    assert not detector.alarms
    assert detector.look(1e-5).look(1e-5).alarms
