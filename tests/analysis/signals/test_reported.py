"""What holds of all signals that are measured over a whole cohort."""

from dataclasses import replace

import numpy as np
import pytest

from audit.analysis.errors import InsufficientDataError
from audit.analysis.signals.cohort import Cohort
from audit.analysis.signals.registry import COHORT_SIGNALS, MEASURED_ANSWERS, NAMES
from audit.analysis.signals.reported import reported_similarities

WORDS = (
    *("the", "of", "is", "so", "and", "sure", "maybe", "tea", "water", "boil"),
    *("quickly", "running", "tested", ",", ".", "!", "who", "it"),
)
MODELS = 6
PROMPTS = 12


def cohort(seed: int) -> Cohort:
    """Every model has words of its own taste: 80 to each prompt."""
    rng = np.random.default_rng(seed)
    tastes = rng.dirichlet(np.full(len(WORDS), 3.0), MODELS)
    rows = tuple(
        tuple(" ".join(rng.choice(WORDS, 80, p=taste)) for _ in range(PROMPTS)) for taste in tastes
    )
    return Cohort(("what is it?",) * PROMPTS, rows, np.arange(MODELS))


def test_they_are_reported_under_names_of_their_own() -> None:
    found = reported_similarities(cohort(1))
    assert set(found) == {one.name for one in COHORT_SIGNALS}
    assert set(found) == {"imposters", "grammar", "source_classifier", "templates"}
    assert not set(found) & {*NAMES, *(one.name for one in MEASURED_ANSWERS)}


@pytest.mark.parametrize("seed", range(3))
def test_a_model_is_the_nearest_to_one_that_writes_as_it_does(seed: int) -> None:
    plain = cohort(seed)
    turned = tuple(plain.answers[0][place - 1] for place in range(PROMPTS))
    taught = replace(plain, answers=(*plain.answers[:-1], turned))
    for name, likeness in reported_similarities(taught).items():
        row = np.delete(likeness[-1], MODELS - 1)
        assert row.argmax() == 0, name
        assert row[0] > np.sort(row)[-2], name


def test_the_order_of_models_does_not_matter() -> None:
    plain, order = cohort(4), [3, 0, 5, 1, 4, 2]
    mixed = replace(
        plain,
        answers=tuple(plain.answers[one] for one in order),
        groups=plain.groups[order],
    )
    straight = reported_similarities(plain)
    for name, likeness in reported_similarities(mixed).items():
        assert np.allclose(likeness, straight[name][np.ix_(order, order)], atol=1e-4), name


def test_layout_moves_none_of_them() -> None:
    plain = cohort(5)
    dressed = replace(
        plain,
        answers=tuple(tuple(f"## **{one}**\n\n" for one in row) for row in plain.answers),
    )
    straight = reported_similarities(plain)
    for name, likeness in reported_similarities(dressed).items():
        assert np.allclose(likeness, straight[name], atol=1e-9), name


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "שלום \u202e", "1. 2. 3.", "###", "水水水"])
def test_odd_and_missing_answers_do_no_harm(odd: str) -> None:
    plain = cohort(6)
    rows = (*plain.answers[:2], (odd, *[None] * (PROMPTS - 1)), *plain.answers[3:])
    for name, likeness in reported_similarities(replace(plain, answers=rows)).items():
        assert np.isfinite(likeness).all(), name


def test_a_model_without_an_answer_is_refused() -> None:
    plain = cohort(7)
    rows = (*plain.answers[:1], (None, *[" "] * (PROMPTS - 1)), *plain.answers[2:])
    with pytest.raises(InsufficientDataError, match="Model 2 of 6 answers none"):
        reported_similarities(replace(plain, answers=rows))


def test_one_prompt_and_one_line_of_models_are_borne() -> None:
    plain = cohort(8)
    single = Cohort(plain.prompts[:1], tuple(row[:1] for row in plain.answers), plain.groups)
    for narrow in (single, replace(plain, groups=np.zeros(MODELS, np.intp))):
        for name, likeness in reported_similarities(narrow).items():
            assert np.isfinite(likeness).all(), name
