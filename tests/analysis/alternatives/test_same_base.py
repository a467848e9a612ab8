import numpy as np
import pytest

from audit.analysis.alternatives import Declared, Status
from audit.analysis.alternatives.permutations import sign_flip_p_value
from audit.analysis.alternatives.same_base import differences, examine_same_base
from tests.analysis.alternatives.making import evidence_of, latent, likeness

PROMPTS = 60
# Suspect, teacher, 19 controls, one sibling of the suspect, and the base of both.
SIBLING, BASE, MODELS = 21, 22, 23
DECLARED = Declared(same_base_as_suspect=(SIBLING,))


def examined(rng, links, declared=DECLARED):
    answers = latent(rng, PROMPTS, MODELS, links)[:, :BASE]
    evidence = evidence_of(likeness(answers), declared=declared)
    return examine_same_base(evidence, np.random.default_rng(1))


def test_a_teacher_that_only_the_suspect_learned_from_is_more_than_the_base():
    links = {0: {BASE: 0.5, 1: 0.5}, SIBLING: {BASE: 0.5}}
    found = examined(np.random.default_rng(1), links)
    assert found.status is Status.EXCLUDED
    assert found.p_value == pytest.approx(1 / 20)
    assert found.statistic == pytest.approx(0.5, abs=0.06)
    assert "if the siblings are tuned from the suspect's base as declared" in found.why


def test_a_base_shared_with_the_teacher_is_seldom_taken_for_more():
    rng = np.random.default_rng(2)
    shared = {one: {BASE: 0.6} for one in (0, 1, SIBLING)}
    excluded = sum(examined(rng, shared).status is Status.EXCLUDED for _ in range(150))
    assert excluded / 150 <= 0.08


def test_prompts_alone_would_take_any_liking_between_models_for_more():
    # Every pair of models has a liking of its own, and none has anything to do with a base.
    rng = np.random.default_rng(3)
    flips = excluded = 0
    for _ in range(100):
        likings = rng.normal(0, 0.05, size=(BASE, BASE))
        similarity = likings + likings.T + likeness(latent(rng, 200, BASE))
        evidence = evidence_of(similarity, declared=DECLARED)
        more = differences(evidence, SIBLING, (1, *evidence.unrelated))
        lead = more[:, 0] - more[:, 1:].mean(axis=1)
        flips += sign_flip_p_value(lead, rng, rounds=999) <= 0.05
        excluded += examine_same_base(evidence, rng).status is Status.EXCLUDED
    assert flips > 25
    assert excluded <= 10


def test_a_sibling_as_near_to_the_teacher_is_support():
    links = {0: {BASE: 0.5, 1: 0.3}, SIBLING: {BASE: 0.5, 1: 0.6}}
    found = examined(np.random.default_rng(4), links)
    assert found.status is Status.SUPPORTED
    assert "control-21 is at least as near" in found.why


def test_the_nearest_of_several_siblings_decides():
    # Control 20 is a sibling that learned from the teacher too.
    links = {0: {BASE: 0.5, 1: 0.5}, SIBLING: {BASE: 0.5}, 20: {BASE: 0.5, 1: 0.6}}
    both = Declared(same_base_as_suspect=(SIBLING, 20))
    found = examined(np.random.default_rng(1), links, both)
    assert found.status is not Status.EXCLUDED
    assert found.statistic < 0.1
    assert "beside control-21" in found.why
    assert "beside control-20" in found.why


def test_without_a_declared_sibling_nothing_is_tested():
    found = examined(np.random.default_rng(1), {}, Declared())
    assert (found.status, found.p_value) == (Status.NOT_TESTABLE, None)
    assert "A control tuned from the suspect's base model" in found.needs


def test_too_few_controls_for_the_level_are_said():
    answers = latent(np.random.default_rng(1), PROMPTS, 9, {0: {8: 0.5, 1: 0.5}, 7: {8: 0.5}})
    evidence = evidence_of(likeness(answers[:, :8]), declared=Declared(same_base_as_suspect=(7,)))
    found = examine_same_base(evidence, np.random.default_rng(1))
    assert found.status is Status.NOT_EXCLUDED
    assert found.p_value == pytest.approx(1 / 6)
    assert found.needs == "19 controls without a declared tie."
