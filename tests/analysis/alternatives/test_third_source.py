import numpy as np
import pytest

from audit.analysis.alternatives import Status
from audit.analysis.alternatives.pairs import pair_excess
from audit.analysis.alternatives.third_source import examine_third_source, left_after
from tests.analysis.alternatives.making import evidence_of, latent, likeness

PROMPTS, MODELS, SOURCE = 80, 23, 5
TAUGHT = {0: {1: 0.6}}
COMMON = {0: {SOURCE: 0.7}, 1: {SOURCE: 0.7}}


def examined(rng, links, models=MODELS):
    evidence = evidence_of(likeness(latent(rng, PROMPTS, models, links)))
    return examine_third_source(evidence, np.random.default_rng(1))


def test_teaching_is_left_whichever_control_is_allowed_for():
    found = examined(np.random.default_rng(1), TAUGHT)
    assert found.status is Status.REDUCED
    assert found.p_value == pytest.approx(1 / 21)
    assert "or several sources together, are not tested" in found.why


def test_a_teacher_that_itself_learned_from_a_control_is_not_taken_for_a_common_source():
    found = examined(np.random.default_rng(1), {1: {SOURCE: 0.6}, 0: {1: 0.7}})
    assert found.status is Status.REDUCED
    # Of the 0.7 that the teacher gave it had 0.6 from the control; the other part is its own.
    assert found.statistic == pytest.approx(0.28, abs=0.05)


def test_a_source_among_the_controls_is_found_and_named():
    found = examined(np.random.default_rng(1), COMMON)
    assert found.status is Status.SUPPORTED
    assert "control-5, a control, is nearer to suspect and teacher" in found.why
    assert found.statistic < 0


def test_a_source_among_the_controls_never_leaves_the_lead_standing():
    rng = np.random.default_rng(6)
    for weights in rng.uniform(0.3, 0.95, size=(60, 2)):
        links = {0: {SOURCE: weights[0]}, 1: {SOURCE: weights[1]}}
        assert examined(rng, links).status is not Status.REDUCED


def test_a_source_outside_the_controls_is_never_excluded():
    # The last model is the source, and is handed in by nobody.
    answers = latent(np.random.default_rng(1), PROMPTS, MODELS + 1, {0: {23: 0.8}, 1: {23: 0.8}})
    evidence = evidence_of(likeness(answers[:, :MODELS]))
    found = examine_third_source(evidence, np.random.default_rng(1))
    assert found.status is Status.REDUCED
    assert found.why.startswith("Reduced, not excluded")


def test_what_is_left_is_what_is_written_out():
    excess = pair_excess(likeness(latent(np.random.default_rng(3), 50, 6, {0: {1: 0.7, 3: 0.5}})))
    mean = excess.mean(axis=0)

    def left(one):
        return mean[0, one] - max(0, min(mean[0, 3], mean[one, 3]))

    names = ["suspect", "teacher", "c2", "c3", "c4", "c5"]
    ours = left_after(excess, names, 3)
    controls = [left(one) for one in (2, 4, 5)]
    assert ours.third == "c3"
    assert ours.lead.mean() == pytest.approx(left(1) - max(controls))
    assert ours.test.rank == 1 + sum(one >= left(1) for one in controls)


def test_the_unit_of_the_similarity_does_not_matter():
    similarity = likeness(latent(np.random.default_rng(1), PROMPTS, MODELS, COMMON))
    found, scaled = (
        examine_third_source(evidence_of(each), np.random.default_rng(1))
        for each in (similarity, 40 * similarity - 7)
    )
    assert (found.status, found.p_value) == (scaled.status, scaled.p_value)
    assert scaled.statistic == pytest.approx(40 * found.statistic)


def test_without_a_lead_there_is_nothing_to_account_for():
    found = examined(np.random.default_rng(1), {0: {7: 0.6}})
    assert found.status is Status.NOT_EXCLUDED
    assert "no lead" in found.why


def test_too_few_controls_for_the_level_reduce_nothing():
    found = examined(np.random.default_rng(1), TAUGHT, 10)
    assert found.status is Status.NOT_EXCLUDED
    assert found.p_value == pytest.approx(1 / 8)


def test_too_few_models_are_not_tested():
    assert examined(np.random.default_rng(1), {}, 3).status is Status.NOT_TESTABLE
