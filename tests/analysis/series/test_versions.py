"""Changes over the versions of a plan: paired where they can be, spent once, else in words."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from audit.analysis.series.changes import Change
from audit.analysis.series.versions import Audit, Method, go_on, noise_among

METHOD = Method("1.0", "e" * 64, ("C", "D"), "temperature 0")
ALPHA = 0.05


def audit(release, version=1, *, shift=0.0, method=METHOD, first=0, seed=0):
    rng = np.random.default_rng((seed, release, version))
    values = np.random.default_rng(7).normal(size=80) + shift + 0.1 * rng.normal(size=80)
    return Audit(
        release, version, method, {f"{first + n}": float(v) for n, v in enumerate(values)}
    )


def pairs_of(changes: list[Change]) -> list[tuple[str, str, int]]:
    return [(one.before, one.after, one.look) for one in changes]


def test_a_version_that_asks_the_same_goes_on_with_the_series_and_its_levels():
    audits = [audit(1), audit(2), audit(3, 2), audit(4, 2, shift=0.5)]
    found, untested = go_on(audits, [], 1, alpha=ALPHA)
    assert untested == []
    assert [one.look for one in found] == [1, 2, 3]
    assert [one.level for one in found] == pytest.approx([ALPHA / 2, ALPHA / 6, ALPHA / 12])
    assert [one.versions for one in found] == [(1, 1), (1, 2), (2, 2)]
    assert [one.stands for one in found] == [False, False, True]


def test_the_p_value_over_a_boundary_is_scipys_over_the_common_prompts():
    before, after = audit(1), audit(2, 2, shift=0.02, first=20)
    ((found,), _) = go_on([before, after], [], 1, alpha=ALPHA)
    shared = sorted(before.by_prompt.keys() & after.by_prompt.keys())
    differences = np.array([after.by_prompt[one] - before.by_prompt[one] for one in shared])
    theirs = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=9_999, rng=3
    )
    assert (found.prompts, found.left_out) == (60, 40)
    assert found.p_value == pytest.approx(theirs.pvalue, abs=0.02)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"encoder": "f" * 64}, "the encoder is another"),
        ({"controls": ("C", "F")}, "the controls are others"),
        ({"sampling": "temperature 1"}, "the questions are put in another way"),
        ({"software": "2.0"}, "software 2.0 was not found to compute the same"),
    ],
)
def test_a_version_of_another_method_is_a_boundary_that_says_why_and_what_to_do(other, said):
    method = replace(METHOD, **other)
    audits = [audit(1), audit(2), audit(3, 2, method=method), audit(4, 2, method=method)]
    found, (untested,) = go_on(audits, [], 1, alpha=ALPHA)
    assert pairs_of(found) == [
        ("release 1", "release 2", 1),
        ("release 3", "release 4", 2),
    ], "a boundary spends nothing, and gives nothing back"
    assert (untested.before, untested.after) == ("release 2", "release 3")
    assert said in untested.why
    assert "audit it again under version 2" in untested.why
    again = [*audits, audit(2, 2, method=method)]
    found, untested = go_on(again, found, 1, alpha=ALPHA)
    assert untested == []
    assert pairs_of(found)[2:] == [("release 2", "release 3", 3)]


def test_what_was_tested_stays_and_no_level_is_spent_twice():
    """The audit of release 2 ends after that of release 3: all three tests have their own look."""
    first, _ = go_on([audit(1), audit(3)], [], 1, alpha=ALPHA)
    assert pairs_of(first) == [("release 1", "release 3", 1)]
    found, _ = go_on([audit(1), audit(2), audit(3)], first, 1, alpha=ALPHA)
    assert found[0] == first[0]
    assert pairs_of(found)[1:] == [("release 1", "release 2", 2), ("release 2", "release 3", 3)]
    assert sum(one.level for one in found) < ALPHA
    assert go_on([audit(1), audit(2), audit(3)], found, 1, alpha=ALPHA)[0] == found


def test_too_few_common_prompts_are_said_with_their_count():
    _, (untested,) = go_on([audit(1), audit(2, first=60)], [], 1, alpha=ALPHA)
    assert untested.why == "Both answer 20 prompts in common, and a change needs 30."


def test_false_changes_over_many_versions_are_as_rare_as_alpha():
    """Twelve releases in four versions with nothing new: any change stands in at most alpha."""
    rounds, wrong = 60, 0
    for seed in range(rounds):
        audits = [audit(n, 1 + n // 4, seed=seed) for n in range(1, 13)]
        wrong += any(one.stands for one in go_on(audits, [], seed, alpha=ALPHA)[0])
    assert stats.binomtest(wrong, rounds, ALPHA, alternative="greater").pvalue > 0.01


def test_noise_is_of_one_release_audited_twice_by_one_method():
    other = replace(METHOD, encoder="f" * 64)
    assert noise_among([audit(1), audit(2)]) is None
    assert noise_among([audit(1), audit(1, 2, method=other)]) is None
    noise = noise_among([audit(1), audit(1, 2)])
    assert noise is not None
    # 1.96 times the root of two times 0.1 squared, over 80 prompts.
    assert noise == pytest.approx(1.96 * np.sqrt(2 * 0.01 / 80), rel=0.25)


def test_a_change_is_read_from_its_json():
    (found,), _ = go_on([audit(1), audit(2, shift=0.5)], [], 1, alpha=ALPHA)
    assert Change.from_dict(found.as_dict()) == found
    assert found.stands
    assert not found.beside(1.0).stands
