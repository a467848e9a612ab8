"""What holds of all signals of any cohort."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.errors import InsufficientDataError
from audit.analysis.signals.cohort import CELLS, Cohort, Measured, deal, measure
from audit.analysis.signals.overlap import counted, holders
from audit.analysis.signals.registry import (
    HABIT_SIGNALS,
    NAMES,
    NEGATIVE_CONTROL,
    REPORTED,
    SIGNALS,
)
from audit.analysis.signals.tokens import Tokeniser
from audit.analysis.statistics.layout import layout_features, layout_similarity

WORDS = ("tea", "the", "of", "sure", "maybe", "water", "and", "boil", "é", "is", "水", "so", "!")
PROMPTS = 3
ANSWERS = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
NON_EMPTY = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
ROWS = st.tuples(NON_EMPTY, ANSWERS, st.none() | ANSWERS)
FEW = settings(deadline=None, max_examples=25)


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    rows = draw(st.lists(ROWS, min_size=3, max_size=5))
    groups = draw(st.lists(st.integers(-1, 3), min_size=len(rows), max_size=len(rows)))
    prompts = tuple(draw(ANSWERS) for _ in range(PROMPTS))
    return Cohort(prompts, tuple(rows), np.array(groups))


def similarities(cohort: Cohort, blocks: int = 1) -> dict[str, np.ndarray]:
    return measure(cohort, deal(PROMPTS, blocks, 5)).similarities()


def written(seed: int, models: int = 6, prompts: int = PROMPTS) -> Cohort:
    """A cohort in which every model has 60 words of its own on every prompt."""
    rng = np.random.default_rng(seed)
    rows = tuple(
        tuple(" ".join(rng.choice([*WORDS, *"abcdefgh"], 60)) for _ in range(prompts))
        for _ in range(models)
    )
    return Cohort(("what is it?",) * prompts, rows, np.arange(models))


def test_fused_reported_and_control_are_told_apart_and_all_are_returned() -> None:
    assert [one.name for one in SIGNALS] == list(NAMES)
    assert {one.name for one in REPORTED} == {"verbatim"}
    assert NEGATIVE_CONTROL.name == "layout"
    assert not {"verbatim", "layout", *(one.name for one in HABIT_SIGNALS)} & set(NAMES)
    every = [*NAMES, "verbatim", "layout", *(one.name for one in HABIT_SIGNALS)]
    assert list(similarities(written(1))) == every


def test_only_the_signals_that_are_asked_for_are_worked_out() -> None:
    measured = measure(written(1), deal(PROMPTS, 2, 5))
    found = measured.similarities(names=("endings", "pairs"))
    assert list(found) == ["endings", "pairs"]
    for name, one in found.items():
        assert np.array_equal(one, measured.similarities()[name]), name


@given(cohorts())
@FEW
def test_likeness_is_mutual_and_finite(cohort: Cohort) -> None:
    for name, found in similarities(cohort).items():
        assert np.isfinite(found).all(), name
        assert np.allclose(found, found.T, atol=1e-6), name


@given(cohorts(), st.randoms(use_true_random=False))
@FEW
def test_the_order_of_the_models_does_not_matter(cohort: Cohort, random: object) -> None:
    order = list(range(len(cohort.answers)))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis draws the order
    turned = replace(
        cohort,
        answers=tuple(cohort.answers[one] for one in order),
        groups=cohort.groups[order],
    )
    plain = similarities(cohort)
    for name, found in similarities(turned).items():
        assert np.allclose(found, plain[name][np.ix_(order, order)], atol=2e-4), name


@given(cohorts())
@FEW
def test_blocks_add_up_to_the_whole(cohort: Cohort) -> None:
    plain = similarities(cohort)
    for name, found in similarities(cohort, 3).items():
        assert np.allclose(found, plain[name], atol=1e-6), name


@given(cohorts())
@FEW
def test_a_block_that_counts_twice_is_like_its_prompts_asked_twice(cohort: Cohort) -> None:
    twice = replace(
        cohort,
        prompts=(*cohort.prompts, cohort.prompts[0]),
        answers=tuple((*row, row[0]) for row in cohort.answers),
    )
    blocks = [np.array([0]), np.array([1, 2])]
    weighted = measure(cohort, blocks).similarities(np.array([2.0, 1.0]))
    for name, found in measure(twice, [np.arange(4)]).similarities().items():
        assert np.allclose(found, weighted[name], atol=1e-6), name


@pytest.mark.parametrize("seed", range(5))
def test_two_models_of_equal_answers_are_the_most_alike(seed: int) -> None:
    cohort = written(seed, prompts=12)
    rows = (*cohort.answers[:-1], cohort.answers[0])
    measured = measure(replace(cohort, answers=rows), deal(12, 2, 5))
    for name, found in measured.similarities().items():
        off = found - np.diag(np.full(len(found), np.inf))
        assert {int(one) for one in np.unravel_index(off.argmax(), off.shape)} == {0, 5}, name


@given(cohorts(), st.integers(0, 2))
@FEW
def test_one_more_version_of_a_model_changes_nothing_between_the_others(
    cohort: Cohort, place: int
) -> None:
    lines = np.arange(len(cohort.answers))
    more = replace(
        cohort,
        answers=(*cohort.answers, cohort.answers[place]),
        groups=np.append(lines, place),
    )
    plain, found = similarities(replace(cohort, groups=lines)), similarities(more)
    for name in (one.name for one in (*SIGNALS, *REPORTED)):
        assert np.allclose(found[name][:-1, :-1], plain[name], atol=1e-9), name


@given(st.lists(st.lists(st.integers(0, 6), max_size=8), min_size=1, max_size=6), st.data())
@FEW
def test_a_copy_in_the_same_line_is_no_further_holder(rows: list[list[int]], data) -> None:
    groups = np.array(data.draw(st.lists(st.integers(-5, 9), min_size=6, max_size=6)))
    matrix, things = counted([np.array(row, np.uint64) for row in [*rows, rows[0]]])
    lines = np.append(groups[: len(rows)], groups[0])
    by_hand = [
        len({line for row, line in zip([*rows, rows[0]], lines, strict=True) if thing in row})
        for thing in things
    ]
    assert holders(matrix, lines).tolist() == by_hand
    assert holders(matrix[:-1], lines[:-1]).tolist() == by_hand


MARKS = st.sampled_from(
    ["# ", "### ", "- ", "* ", "1. ", "12) ", "> ", "> - ", "\u2022 ", "", "\n"]
)
INLINE = st.sampled_from(["{}", "**{}**", "_{}_", "`{}`", "***{}***", "~~{}~~"])


@given(cohorts(), st.data())
@FEW
def test_marks_of_layout_change_no_signal_but_the_negative_control(cohort: Cohort, data) -> None:
    dressed = replace(
        cohort,
        answers=tuple(
            tuple(one and data.draw(MARKS) + data.draw(INLINE).format(one) for one in row)
            for row in cohort.answers
        ),
    )
    plain, found = similarities(cohort), similarities(dressed)
    for name in set(plain) - {"layout"}:
        assert np.allclose(found[name], plain[name], atol=1e-6), name


def test_layout_is_what_the_negative_control_sees() -> None:
    cohort = written(3, prompts=1)
    lists = tuple((f"- {row[0]}\n- and so on",) for row in cohort.answers[:3])
    mixed = replace(cohort, answers=(*lists, *cohort.answers[3:]))
    found = measure(mixed, deal(1, 1, 1)).similarities()["layout"]
    features = np.array([[layout_features(row[0])] for row in mixed.answers])
    assert np.allclose(found, layout_similarity(features)[0])
    assert found[:3, :3].min() > found[:3, 3:].max()


def test_a_missing_answer_counts_neither_for_a_pair_nor_against_it() -> None:
    cohort = written(4, prompts=2)
    answers = tuple(
        (row[0], row[1] if place else None) for place, row in enumerate(cohort.answers)
    )
    blank = tuple((row[0], row[1] or " \n\t") for row in answers)
    both = deal(2, 1, 1)
    found = measure(replace(cohort, answers=answers), both).similarities()
    first = measure(replace(cohort, answers=answers), [np.array([0])]).similarities()
    for signal in (*SIGNALS, *REPORTED, NEGATIVE_CONTROL):
        assert np.allclose(found[signal.name][0, 1:], first[signal.name][0, 1:]), signal.name
    for name, one in measure(replace(cohort, answers=blank), both).similarities().items():
        assert np.allclose(one, found[name]), name


def test_models_that_share_no_prompt_are_as_alike_as_models_are_on_average() -> None:
    cohort = written(5, prompts=2)
    rows = (
        (cohort.answers[0][0], None),
        (None, cohort.answers[1][1]),
        *cohort.answers[2:],
    )
    found = measure(replace(cohort, answers=rows), deal(2, 1, 1)).similarities()["words"]
    known = ~np.eye(6, dtype=bool)
    known[[0, 1], [1, 0]] = False
    assert found[0, 1] == pytest.approx(found[known].mean())


def test_a_model_without_an_answer_is_refused_by_its_number() -> None:
    cohort = written(6)
    rows = (*cohort.answers[:2], (None, "", " \n"), *cohort.answers[3:])
    with pytest.raises(InsufficientDataError, match="Model 3 of 6 answers none of the 3 prompts"):
        measure(replace(cohort, answers=rows), deal(PROMPTS, 1, 1))


def test_habits_are_counted_to_the_last_one() -> None:
    cohort = written(7)
    measured = measure(cohort, deal(PROMPTS, 2, 1))
    reader = Tokeniser()
    for signal in HABIT_SIGNALS:
        counts = sum(block.habits[signal.name].sum(axis=1) for block in measured.blocks)
        events = [
            sum(len(signal.events(reader.read(one))) for one in row) for row in cohort.answers
        ]
        assert np.asarray(counts).ravel().tolist() == events
        assert measured.blocks[0].habits[signal.name].shape == (6, CELLS)


def test_every_line_of_models_weighs_one() -> None:
    cohort = replace(written(8), groups=np.array([7, 7, -2, 7, 5, 5]))
    assert cohort.weights.tolist() == [1 / 3, 1 / 3, 1, 1 / 3, 1 / 2, 1 / 2]
    assert isinstance(measure(cohort, deal(PROMPTS, 1, 1)), Measured)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 9))
def test_every_prompt_is_dealt_to_one_block_and_no_block_is_empty(
    count: int, blocks: int, seed: int
) -> None:
    dealt = deal(count, blocks, seed)
    assert sorted(np.concatenate(dealt).tolist()) == list(range(count))
    assert {len(one) for one in dealt} <= {count // len(dealt), count // len(dealt) + 1}
    assert len(dealt) == min(blocks, count)
