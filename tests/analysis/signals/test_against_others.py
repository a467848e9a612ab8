"""Signals against scikit-learn, scipy and plain counting."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.weightstats import DescrStatsW

from audit.analysis.signals.cohort import Cohort, deal, measure
from audit.analysis.signals.contract import Counts, Question
from audit.analysis.signals.edges import shared_endings, shared_openings
from audit.analysis.signals.exclusive import LENGTH, MOST_LINES, exclusive_runs
from audit.analysis.signals.function_words import FUNCTION_WORDS
from audit.analysis.signals.phrases import shared_patterns
from audit.analysis.signals.profiles import delta_likeness, rate_likeness, surprise_likeness
from audit.analysis.signals.registry import NAMES
from audit.analysis.signals.sentences import shared_beginnings
from audit.analysis.signals.tfidf import character_likeness, word_likeness
from audit.analysis.signals.tokens import Tokeniser, grams

PROMPT = "What is the best way to make tea?"
TEXTS = (
    "Sure, the best way to make tea is to warm the pot first and to wait five minutes.",
    "Sure, the best way to make tea is to warm the pot first. Then pour.",
    "I would boil fresh water, warm the pot first and to wait five minutes more or less.",
    "Tea needs patience. Boil fresh water, then pour it slowly over the leaves.",
    "",
)
WORD = r"\w+(?:['\u2019]\w+)?"


def question(texts: tuple[str, ...] = TEXTS) -> Question:
    reader = Tokeniser()
    answers = tuple(reader.read(text) for text in texts)
    return Question(reader.read(PROMPT), answers, texts, np.arange(len(texts)))


def cosine_of(counts: np.ndarray, kept: np.ndarray) -> np.ndarray:
    held, answered = (counts > 0).sum(axis=0), (counts.sum(axis=1) > 0).sum()
    weights = np.log(answered / np.maximum(held, 1)) * kept
    return cosine_similarity(np.log1p(counts) * weights)


def test_word_likeness_is_that_of_scikit_learn() -> None:
    reader = CountVectorizer(token_pattern=WORD, ngram_range=(2, 2))
    counts = reader.fit_transform(TEXTS).toarray()
    asked = reader.transform([PROMPT]).toarray()[0] > 0
    assert np.allclose(word_likeness(question()), cosine_of(counts, ~asked), atol=1e-12)


def test_shared_beginnings_are_those_of_scikit_learn() -> None:
    texts = (
        "Sure, warm the pot. Then pour it slowly. Is that so?",
        "Sure, warm the cup! Then pour it at once. What is the time?",
        "Then pour it out. I would wait",
        "What is the best of teas? Nobody knows.",
        "",
    )

    def begun(text: str) -> list[str]:
        tokens = re.findall(r"\w+|[.,!?]", text.lower())
        starts = [at for at in range(len(tokens)) if at == 0 or tokens[at - 1] in ".!?"]
        return [
            " ".join(tokens[at : at + length])
            for at in starts
            for length in (2, 3, 4)
            if at + length <= len(tokens)
        ]

    reader = CountVectorizer(analyzer=begun)
    counts = reader.fit_transform(texts).toarray()
    asked = reader.transform([PROMPT]).toarray()[0] > 0
    assert asked.sum() == 3  # "what is", "what is the" and "what is the best"
    found = shared_beginnings(question(texts))
    assert np.allclose(found, cosine_of(counts, ~asked), atol=1e-12)
    assert found[0, 1] > found[0, 2] > found[0, 3] == 0


def test_shared_patterns_are_those_of_scikit_learn() -> None:
    function_words = set(FUNCTION_WORDS)

    def masked(text: str) -> list[str]:
        tokens = re.findall(r"\w+|[.,!?]", text.lower())
        kept = [
            one if one in function_words or not one[0].isalnum() else "CONTENT" for one in tokens
        ]
        return [
            " ".join(kept[at : at + length])
            for length in (3, 4, 5)
            for at in range(len(kept) - length + 1)
        ]

    reader = CountVectorizer(analyzer=masked)
    counts = reader.fit_transform(TEXTS).toarray()
    asked = reader.transform([PROMPT]).toarray()[0] > 0
    assert asked.any()
    found = shared_patterns(question())
    assert np.allclose(found, cosine_of(counts, ~asked), atol=1e-12)
    assert found[0, 1] > 0


def test_character_likeness_is_that_of_scikit_learn() -> None:
    reader = CountVectorizer(analyzer="char", ngram_range=(3, 5))
    counts = reader.fit_transform(TEXTS).toarray()
    expected = cosine_of(counts, np.ones(counts.shape[1]))
    assert np.allclose(character_likeness(question()), expected, atol=1e-12)


def test_rare_runs_are_those_that_plain_sets_find() -> None:
    words = [CountVectorizer(token_pattern=WORD).build_analyzer()(text) for text in TEXTS]
    runs = [
        {tuple(row[place : place + LENGTH]) for place in range(len(row) - LENGTH + 1)}
        for row in words
    ]
    asked = CountVectorizer(token_pattern=WORD).build_analyzer()(PROMPT)
    theirs = {tuple(asked[place : place + LENGTH]) for place in range(len(asked) - LENGTH + 1)}
    shared = len((runs[0] & runs[1]) - theirs)
    found = exclusive_runs(question())
    assert shared > 0
    assert found[0, 1] == pytest.approx(shared / np.sqrt(len(runs[0]) * len(runs[1])))
    assert found[0, 4] == 0


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=25), min_size=2, max_size=7),
    st.lists(st.sampled_from("abc"), max_size=8),
    st.lists(st.integers(0, 5), min_size=7, max_size=7),
)
@settings(deadline=None)
def test_rare_runs_are_those_of_plain_sets_in_any_cohort(
    rows: list[list[str]], asked: list[str], groups: list[int]
) -> None:
    runs, of_prompt = [runs_of(row) for row in rows], runs_of(asked)
    answered = {line for row, line in zip(rows, groups, strict=False) if row}
    holders = {
        run: {line for held, line in zip(runs, groups, strict=False) if run in held}
        for run in set().union(*runs)
    }
    most = min(MOST_LINES, len(answered) - 1)
    rare = {run for run, lines in holders.items() if len(lines) <= most} - of_prompt
    expected = [
        [len(a & b & rare) / np.sqrt(max(len(a), 1) * max(len(b), 1)) for b in runs] for a in runs
    ]
    reader = Tokeniser()
    texts = tuple(" ".join(row) for row in rows)
    asking = Question(
        reader.read(" ".join(asked)),
        tuple(reader.read(text) for text in texts),
        texts,
        np.array(groups[: len(rows)]) * 1000,
    )
    assert np.allclose(exclusive_runs(asking), expected)


def runs_of(row: list[str]) -> set[tuple[str, ...]]:
    return {tuple(row[place : place + LENGTH]) for place in range(len(row) - LENGTH + 1)}


def test_two_versions_of_one_model_hold_a_run_once() -> None:
    texts = (*(TEXTS[0],) * 6, TEXTS[3])
    one_line = replace(question(texts), groups=np.array([0, 0, 0, 0, 0, 0, 1]))
    assert exclusive_runs(one_line)[0, 1] > 0
    assert exclusive_runs(question(texts))[0, 1] == 0


def test_what_every_line_of_a_small_cohort_says_is_not_rare() -> None:
    texts = (TEXTS[0], f"{TEXTS[0]} {TEXTS[3]}", TEXTS[0])
    assert exclusive_runs(question(texts))[0, 2] == 0
    assert exclusive_runs(question((*texts, TEXTS[3])))[0, 2] > 0


def test_openings_and_endings_are_the_root_of_the_added_rarity_of_what_is_shared() -> None:
    found = shared_openings(question())
    # "sure", "sure ,", "sure , the" ... up to 8 tokens: two of the four that answered have each.
    assert found[0, 1] == pytest.approx(np.sqrt(6 * np.log(4 / 2)))
    assert found[0, 3] == 0
    assert not found[4].any()
    ends = shared_endings(question(("a b c d.", "x b c d.", "y z d.", "q.", "r")))
    assert ends[0, 1] == pytest.approx(np.sqrt(np.log(5 / 3) + 2 * np.log(5 / 2)))


def test_delta_is_the_cosine_of_z_scores() -> None:
    rng = np.random.default_rng(4)
    counts = rng.poisson(40, (7, 30)).astype(np.float32)
    out_of = counts.sum(axis=1)
    found = delta_likeness(Counts(counts, out_of), np.ones(7))
    scores = stats.zscore(np.log(counts / out_of[:, None] + 1e-5), axis=0)
    assert np.allclose(found, 1 - cdist(scores, scores, "cosine"), atol=1e-5)


def test_delta_takes_the_300_most_frequent_things_and_weighs_models() -> None:
    rng = np.random.default_rng(6)
    counts = rng.poisson(np.geomspace(900, 1, 400), (5, 400)).astype(np.float32)
    weights = np.array([1, 0.5, 0.5, 1, 1])
    out_of = counts.sum(axis=1, dtype=np.float64)
    rates = counts / out_of[:, None]
    kept = np.argsort(-np.average(rates, axis=0, weights=weights), kind="stable")[:300]
    logs = np.log(rates[:, kept] + 1e-5)
    weighted = DescrStatsW(logs, weights)
    scores = (logs - weighted.mean) / weighted.std
    found = delta_likeness(Counts(counts, out_of), weights)
    assert np.allclose(found, cosine_similarity(scores), atol=1e-4)


def test_surprise_is_the_cosine_of_rooted_pearson_residuals() -> None:
    rng = np.random.default_rng(5)
    counts = np.tile(rng.poisson(30, 20), (6, 1)).astype(np.float32)
    counts += rng.poisson(3, counts.shape)
    weights = counts.sum(axis=1).astype(np.float64)
    found = surprise_likeness(Counts(counts, counts.sum(axis=1)), weights)
    expected = stats.contingency.expected_freq(counts)
    assert np.allclose(expected, Table(counts.astype(np.float64)).fittedvalues)
    residual = (counts - expected) / np.sqrt(expected + 0.5)
    assert np.allclose(
        found, cosine_similarity(np.sign(residual) * np.sqrt(np.abs(residual))), atol=1e-4
    )


def test_rates_are_compared_by_their_square_roots() -> None:
    counts = np.array([[9, 1, 4], [9, 0, 4], [1, 16, 4]], np.float32)
    out_of = np.full(3, 25, np.float32)
    roots = np.sqrt(counts / 25)
    expected = cosine_similarity(roots - roots.mean(axis=0))
    assert np.allclose(rate_likeness(Counts(counts, out_of), np.ones(3)), expected, atol=1e-5)


@pytest.mark.parametrize("compare", [rate_likeness, surprise_likeness, delta_likeness])
@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=30),
    st.lists(st.integers(1, 9), min_size=2, max_size=6),
)
@settings(deadline=None)
def test_habits_that_all_models_have_alike_make_no_likeness_of_rounding(
    compare: Callable[[Counts, np.ndarray], np.ndarray], habits: list[int], lines: list[int]
) -> None:
    counts = np.tile(np.array(habits, np.float32), (len(lines), 1))
    found = compare(Counts(counts, counts.sum(axis=1, dtype=np.float64)), 1 / np.array(lines))
    assert not found.any()


def test_runs_are_the_same_number_wherever_they_stand() -> None:
    read = Tokeniser().read
    first, second = read("one two three four").words, read("zero one two three").words
    assert np.intersect1d(grams(first, 3), grams(second, 3)).size == 1
    assert grams(first, 5).size == 0


def cohort(texts: list[list[str]]) -> Cohort:
    return Cohort(
        tuple(f"prompt {place}" for place in range(len(texts[0]))),
        tuple(tuple(one or None for one in row) for row in texts),
        np.arange(len(texts)),
    )


def made(seed: int) -> list[list[str]]:
    rng = np.random.default_rng(seed)
    words = ["tea", "the", "of", "sure", "maybe", "water", "and", "boil", "leaf", "is", "a", "so"]
    return [
        [" ".join(rng.choice(words, 30)) + rng.choice([".", "!"]) for _ in range(12)]
        for _ in range(5)
    ]


def test_blocks_add_up_to_the_whole() -> None:
    one, many = (measure(cohort(made(1)), deal(12, count, 3)) for count in (1, 5))
    for name, similar in one.similarities().items():
        assert np.allclose(similar, many.similarities()[name], atol=1e-5), name


def test_the_order_of_models_does_not_matter_and_likeness_is_mutual() -> None:
    texts = made(2)
    order = [3, 0, 4, 1, 2]
    plain = measure(cohort(texts), deal(12, 2, 3)).similarities()
    turned = measure(cohort([texts[one] for one in order]), deal(12, 2, 3)).similarities()
    for name in NAMES:
        assert np.allclose(plain[name], plain[name].T, atol=1e-6), name
        assert np.allclose(plain[name][np.ix_(order, order)], turned[name], atol=1e-5), name


def test_layout_moves_no_fused_signal() -> None:
    texts = made(6)
    laid_out = [
        [f"## **{one}**\n\n- `so`".replace("\n\n- `so`", "") for one in row] for row in texts
    ]
    plain = measure(cohort(texts), deal(12, 2, 3)).similarities()
    dressed = measure(cohort([texts[0], laid_out[1], *texts[2:]]), deal(12, 2, 3)).similarities()
    for name in NAMES:
        assert np.allclose(plain[name], dressed[name], atol=1e-6), name


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "שלום \u202e", "1. 2. 3.", "###"])
def test_odd_answers_are_compared_without_failing(odd: str) -> None:
    texts = made(7)
    texts[2] = [odd, *[""] * 11]
    found = measure(cohort(texts), deal(12, 2, 3)).similarities()
    assert all(np.isfinite(one).all() for one in found.values())
