import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from audit.analysis.alternatives import Answers, Declared, Status, examine
from audit.analysis.alternatives.equality import examine_equality
from audit.analysis.alternatives.reverse import examine_reverse
from audit.analysis.alternatives.same_base import examine_same_base
from audit.analysis.alternatives.values import Evidence
from audit.analysis.digests import canonical_json
from audit.analysis.errors import WrongSettingError
from audit.analysis.plan import Parameters
from tests.analysis.alternatives.making import (
    evidence_of,
    latent,
    likeness,
    places_of,
    sampled_texts,
)

PROMPTS, MODELS = 40, 26
DECLARED = Declared(rerun_of_teacher=(23,), same_base_as_suspect=(24,), versions_of_teacher=(25,))
PARAMETERS = Parameters(bootstrap_rounds=200)


def material():
    rng = np.random.default_rng(1)
    similarity = likeness(latent(rng, PROMPTS, MODELS, {0: {1: 0.6}, 23: {1: 0.9}}))
    habits = [1 if place == 23 else place for place in range(MODELS)]
    return similarity, sampled_texts(rng, habits, PROMPTS)


def examined(similarity, texts, declared=DECLARED, seed=1):
    answers = Answers.of([["?"] * len(texts[0])] * len(texts), texts)
    return examine(
        similarity,
        answers,
        places_of(len(texts)),
        declared,
        PARAMETERS,
        np.random.default_rng(seed),
    )


def test_a_case_of_teaching_with_all_that_can_be_handed_in():
    statuses = [one.status for one in examined(*material())]
    assert statuses == [
        Status.EXCLUDED,
        Status.NOT_EXCLUDED,
        Status.EXCLUDED,
        Status.REDUCED,
        Status.NOT_EXCLUDED,
        Status.REDUCED,
    ]


def test_the_same_case_with_nothing_declared_excludes_nothing():
    similarity, texts = (
        each[..., :23] for each in (material()[0][:, :23], np.array(material()[1]).T)
    )
    found = examined(similarity, texts.T.tolist(), Declared())
    assert Status.EXCLUDED not in {one.status for one in found}
    assert [one.name for one in found if one.status is Status.NOT_TESTABLE] == [
        found[0].name,
        found[2].name,
    ]


def test_the_alternatives_are_repeatable_json():
    first, second = (
        canonical_json([one.as_dict() for one in examined(*material())]) for _ in range(2)
    )
    assert first == second
    assert json.loads(first)[0]["status"] == "excluded"


def test_no_sentence_claims_a_direction_or_a_breach():
    said = " ".join(
        f"{one.name} {one.why} {one.needs}"
        for declared in (DECLARED, Declared())
        for one in examined(*material(), declared)
    )
    assert re.findall(r"\b(prove|proof|breach|copied|stole|infring|certain)\w*", said) == []


def test_each_alternative_has_a_stream_of_its_own():
    similarity, texts = material()
    alone = examine_same_base(
        evidence_of(similarity, texts, DECLARED), np.random.default_rng(1).spawn(5)[2]
    )
    assert examined(similarity, texts)[2] == alone


def test_what_stands_at_a_missing_answer_is_not_read():
    similarity, texts = material()
    for place, row in enumerate(texts):
        row[3] = "" if place in {1, 7, 24} else row[3]
    spoilt = similarity.copy()
    spoilt[3] = np.nan
    kept = [one for one in range(PROMPTS) if one != 3]
    shorter = examined(similarity[kept], [[row[one] for one in kept] for row in texts])
    assert [one.as_dict() for one in examined(spoilt, texts)] == [one.as_dict() for one in shorter]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Declared(), "shows neither."),
        (Declared(teacher_released=date(2023, 3, 1)), "shows neither."),
        (
            Declared(teacher_released=date(2023, 3, 1), suspect_released=date(2024, 1, 1)),
            "less likely and does not exclude it",
        ),
        (
            Declared(teacher_released=date(2024, 3, 1), suspect_released=date(2024, 1, 1)),
            "as well as H1, or better",
        ),
    ],
)
def test_the_reverse_is_never_excluded_whatever_the_dates(declared, said):
    found = examine_reverse(evidence_of(np.zeros((30, 4, 4)), declared=declared))
    assert (found.status, found.p_value) == (Status.NOT_EXCLUDED, None)
    assert said in found.why


@pytest.mark.parametrize(
    "declared",
    [
        Declared(rerun_of_teacher=(1,)),
        Declared(same_base_as_suspect=(0,)),
        Declared(rerun_of_teacher=(3,), versions_of_teacher=(3,)),
    ],
)
def test_a_model_that_is_declared_to_be_two_things_is_refused(declared):
    with pytest.raises(WrongSettingError, match="Declare each model once"):
        evidence_of(np.zeros((30, 5, 5)), declared=declared)


def test_a_model_in_two_roles_is_refused_by_name():
    sound = evidence_of(np.zeros((30, 5, 5)))
    with pytest.raises(WrongSettingError, match=r"^control-2: one model"):
        replace(sound, places=replace(sound.places, controls=(2, 2, 3)))


def test_a_model_may_share_the_base_and_be_a_version_of_the_teacher():
    both = Declared(same_base_as_suspect=(3,), versions_of_teacher=(3,))
    assert evidence_of(np.zeros((30, 5, 5)), declared=both).unrelated == (2, 4)


@pytest.mark.parametrize("shape", [(30, 4, 5), (29, 5, 5), (5, 5, 30)])
def test_shapes_that_do_not_fit_are_refused(shape):
    sound = evidence_of(np.zeros((30, 5, 5)))
    with pytest.raises(ValueError, match="of the same 5 models and 30 prompts"):
        Evidence(np.zeros(shape), sound.answers, sound.places, sound.declared)


def test_equality_reads_no_similarity():
    similarity, texts = material()
    found = [
        examine_equality(evidence_of(each, texts, DECLARED), np.random.default_rng(1))
        for each in (similarity, np.zeros_like(similarity))
    ]
    assert found[0] == found[1]
