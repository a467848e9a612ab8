import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from audit.analysis.counts.watermarks import (
    Detection,
    GreenWords,
    WatermarkDetector,
    check_detector,
    count_watermark,
    installed,
    load_detector,
)
from audit.analysis.counts.watermarks.ngrams import distinct_ngrams
from audit.analysis.digests import canonical_json
from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.transcripts import Exchange

KEY, OTHER_KEY = b"the teacher's secret key", b"some other secret key..."
# What openssl dgst -sha256 -hmac 0123456789abcdef begins with for b, line feed, a.
OPENSSL = 0x605E329130F8A2ED
WORDS = tuple(f"{head}{tail}" for head in "bdfgklmnprst" for tail in ("ane", "ilo", "urk", "esh"))
# As often as words are in language: the most frequent far more than the least.
CHANCES = 1 / np.arange(1, len(WORDS) ** 2 + 1)
VOCABULARY = tuple(first + last for first in WORDS for last in WORDS)


def written(seed: int, answers: int, marked_by: GreenWords | None = None) -> list[Exchange]:
    """Answers of random words; the marked ones take a green word wherever one of two is."""
    rng = np.random.default_rng(seed)
    exchanges = []
    for record in range(1, answers + 1):
        drawn = rng.choice(VOCABULARY, (120, 2), p=CHANCES / CHANCES.sum())
        words = [str(drawn[0, 0])]
        for one, other in drawn[1:]:
            green = marked_by is not None and not marked_by.is_green((words[-1], str(one)))
            words.append(str(other if green else one))
        exchanges.append(Exchange(record, "Say something.", " ".join(words)))
    return exchanges


def controls(count: int = 4) -> dict[str, list[Exchange]]:
    return {f"control-{seed}": written(seed, 40) for seed in range(100, 100 + count)}


def test_marked_text_is_found_with_its_key_and_with_no_other():
    marked = written(1, 40, GreenWords(KEY))
    with_key = count_watermark(GreenWords(KEY), marked, controls())
    assert with_key.suspect.detection.p_value < 1e-12
    assert with_key.controls_marked == ()
    without = count_watermark(GreenWords(OTHER_KEY), marked, controls())
    assert without.suspect.detection.p_value > 1e-3
    unmarked = count_watermark(GreenWords(KEY), written(1, 40), controls())
    assert unmarked.suspect.detection.p_value > 1e-3


def test_a_part_of_marked_text_is_enough():
    mixed = written(1, 10, GreenWords(KEY)) + written(2, 40)
    assert count_watermark(GreenWords(KEY), mixed, controls()).suspect.detection.p_value < 1e-4


def test_the_p_value_is_that_of_scipys_binomial_test():
    detector = GreenWords(KEY, share=0.25, width=3)
    ngrams = distinct_ngrams(detector, written(4, 10)).distinct
    score = detector.score(ngrams)
    assert score.green == sum(map(detector.is_green, ngrams))
    test = stats.binomtest(score.green, score.scored, 0.25, alternative="greater")
    assert score.p_value == pytest.approx(test.pvalue)
    spread = np.sqrt(score.scored * 0.25 * 0.75)
    assert score.z == pytest.approx((score.green - score.scored * 0.25) / spread)


def test_the_green_words_are_those_of_hmac_sha256():
    above, below = (
        GreenWords(b"0123456789abcdef", share=OPENSSL / 2**64 + off) for off in (1e-9, -1e-9)
    )
    assert above.is_green(("b", "a"))
    assert not below.is_green(("b", "a"))


def test_every_ngram_counts_once_and_none_of_the_prompt():
    exchanges = [
        Exchange(1, "red hat", "The red hat, the RED hat: the red cat"),
        Exchange(2, "", "the red cat sat"),
    ]
    ngrams = distinct_ngrams(GreenWords(KEY), exchanges)
    assert ngrams.distinct == (("the", "red"), ("hat", "the"), ("red", "cat"), ("cat", "sat"))
    assert (ngrams.echoed, ngrams.repeated, ngrams.read) == (2, 5, 2)


def test_a_text_that_repeats_itself_would_bear_the_mark_of_some_key_but_for_taking_it_out():
    repeated = [Exchange(record, "", written(9, 1)[0].answer) for record in range(1, 200)]
    worst_naive = worst = 1.0
    for number in range(20):
        detector = GreenWords(f"a key of many bytes {number}".encode())
        words = [detector.tokens(one.answer) for one in repeated]
        every = [pair for each in words for pair in pairwise(each)]
        worst_naive = min(worst_naive, detector.score(every).p_value)
        count = count_watermark(detector, repeated, controls(1))
        worst = min(worst, count.suspect.detection.p_value)
    assert worst_naive < 1e-12
    assert worst > 1e-3


def test_a_marked_control_is_named():
    marked = {"marked": written(3, 40, GreenWords(KEY))}
    count = count_watermark(GreenWords(KEY), written(1, 40), controls() | marked)
    assert count.controls_marked == ("marked",)


def test_without_controls_there_is_no_count():
    with pytest.raises(InsufficientDataError, match="there is none"):
        count_watermark(GreenWords(KEY), written(1, 1), {})


def test_answers_without_words_have_no_mark():
    count = count_watermark(GreenWords(KEY), [Exchange(1, "", "...")], controls(1))
    assert count.suspect.detection == Detection(0, 1, 0, 0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"key": b"short"}, "5 bytes"),
        ({"key": KEY, "share": 1.0}, "share"),
        ({"key": KEY, "width": 0}, "width"),
    ],
)
def test_keys_and_shares_that_mean_nothing_are_refused(settings, said):
    with pytest.raises(WrongSettingError, match=said):
        GreenWords(**settings)


def test_the_count_is_json_and_tells_no_key():
    value = count_watermark(GreenWords(KEY), written(1, 4), controls(2)).as_dict()
    text = canonical_json(value).decode()
    assert json.loads(text)["suspect"]["detection"]["scored"] > 0
    assert KEY.decode() not in text + repr(GreenWords(KEY))


@pytest.mark.parametrize("detector", [GreenWords(KEY), GreenWords(KEY, share=0.25, width=3)])
def test_the_reference_detector_keeps_the_contract(detector):
    report = check_detector(detector, written(6, 150), rng=np.random.default_rng(1))
    assert report.faults == ()
    assert report.blocks >= 30
    assert report.as_dict()["p_value"] > 0.001


def test_too_little_text_shows_nothing_about_a_detector():
    with pytest.raises(InsufficientDataError, match="at least 7,500 are needed"):
        check_detector(GreenWords(KEY), written(6, 10), rng=np.random.default_rng(1))


def test_marked_text_does_not_pass_for_unmarked():
    marked = written(6, 150, GreenWords(KEY))
    report = check_detector(GreenWords(KEY), marked, rng=np.random.default_rng(1))
    assert "not uniform" in report.faults[0]


@dataclass
class Faulty:
    """The reference detector with one fault."""

    fault: str
    width: int = 2
    name: str = "faulty"
    citation: str = "nobody"
    calls: int = 0

    def tokens(self, text: str) -> Sequence[str]:
        return GreenWords(KEY).tokens(text)

    def score(self, ngrams: Sequence[tuple[str | int, ...]]) -> Detection:
        self.calls += 1
        found = GreenWords(KEY).score(ngrams)
        changes = {
            "eager": {"p_value": found.p_value**3},
            "dumb": {"p_value": 1.0},
            "wild": {"p_value": found.p_value * 2},
            "greedy": {"green": found.scored + 1},
            "upside down": {"p_value": 1 - found.p_value},
            "moody": {"z": found.z + self.calls * 1e-9},
            "ordered": {"z": found.z + (str(ngrams[:1]) < str(ngrams[-1:])) * 1e-9},
            "rash": {} if ngrams else {"p_value": 0.5},
        }
        return replace(found, **changes[self.fault])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("eager", "not uniform"),
        ("dumb", "not uniform"),
        ("wild", "above 1"),
        ("greedy", "more marks than n-grams"),
        ("upside down", "A higher z comes with a higher p-value"),
        ("moody", "when asked again"),
        ("ordered", "depends on the order"),
        ("rash", "nothing to score"),
    ],
)
def test_a_detector_that_breaks_the_contract_is_told_how(fault, said):
    detector: WatermarkDetector = Faulty(fault)
    report = check_detector(detector, written(6, 150), rng=np.random.default_rng(1))
    assert any(said in one for one in report.faults)


PLUG_IN = """
from audit.analysis.counts.watermarks import GreenWords

def quiet(key):
    return GreenWords(key, share=0.25)

def half(key):
    return object()
"""
ENTRIES = """
[touchstone.watermark_detectors]
quiet-words = marks_for_tests:quiet
half = marks_for_tests:half
lost = marks_for_tests:lost
gone = no_such_package:quiet
"""


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """A package that is installed as far as Python can tell."""
    (tmp_path / "marks_for_tests.py").write_text(PLUG_IN)
    info = tmp_path / "marks_for_tests-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: marks-for-tests\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("marks_for_tests", None)


@pytest.mark.usefixtures("plug_in")
def test_a_detector_of_another_package_is_found_by_its_entry_point():
    assert "quiet-words" in installed()
    detector = load_detector("quiet-words", KEY)
    marked = written(1, 40, GreenWords(KEY, share=0.25))
    assert count_watermark(detector, marked, controls()).suspect.detection.p_value < 1e-12


@pytest.mark.usefixtures("plug_in")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("loud", r"no watermark detector loud; installed: .*quiet-words"),
        ("half", "lacks a part of the contract"),
        ("lost", "cannot be loaded from marks_for_tests:lost"),
        ("gone", "cannot be loaded from no_such_package:quiet"),
    ],
)
def test_a_detector_that_is_none_is_refused(name, said):
    with pytest.raises(WrongSettingError, match=said):
        load_detector(name, KEY)
