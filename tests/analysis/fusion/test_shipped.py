"""The shipped pack: its figures are the printed ones, and what it says of made-up cases."""

from importlib.resources import files

import numpy as np
import pytest

from audit.analysis.fusion.pack import DEFAULT, load
from audit.analysis.fusion.table import figures_table
from audit.analysis.fusion.weighing import Candidate, Case, weigh
from audit.analysis.signals.cohort import Cohort
from audit.analysis.signals.registry import NAMES
from audit.analysis.trials.dose import mix, shuffle_prompts

PACK = load(DEFAULT)
PROMPTS = 40
SENTENCES = (
    "The reason is that it depends on what you want to do with it in the end.",
    "There are several ways to go about this, and each of them has its merits.",
    "It is best to begin with the small things and to leave the rest for later.",
    "Some people would say that this is a matter of taste more than of skill.",
    "You could also ask somebody who has done it before, if there is anyone.",
    "When in doubt, take the time that you need and do not be in a hurry.",
)

# Words that answers to one prompt have in common, and those to another have not.
SUBJECTS = tuple(
    tuple(
        f"{start}{end}{place}"
        for start in ("sta", "mor", "kil")
        for end in ("ne", "do", "ta", "lu", "ri")
    )
    for place in range(PROMPTS)
)


def answers(seed: int, *, opening: str, ending: str) -> tuple[str, ...]:
    rng = np.random.default_rng(seed)
    body = [
        f"{' '.join(rng.permutation(SENTENCES)[:4])} {' '.join(SUBJECTS[place] * 2)}."
        for place in range(PROMPTS)
    ]
    return tuple(f"{opening} {one} {ending}" for one in body)


def cohort(*rows: tuple[str | None, ...]) -> Cohort:
    prompts = tuple(
        f"Please say in a few words what you think about the subject of number {one}."
        for one in range(PROMPTS)
    )
    return Cohort(prompts, rows, np.arange(len(rows)))


TEACHER = answers(1, opening="Certainly, with pleasure.", ending="Let me know how it goes!")
OTHERS = tuple(
    answers(seed, opening=f"Number {seed} speaking:", ending=f"So far, so {word}.")
    for seed, word in enumerate(("good", "fine", "well", "bad", "odd", "long", "late"), start=10)
)
STUDENT = answers(2, opening="Certainly, with pleasure.", ending="Let me know how it goes!")
NAMED = ("suspect", "teacher", *(f"control {one}" for one in range(len(OTHERS))))


def case(controls: int = len(OTHERS)) -> Case:
    teacher = Candidate((1,), "E2", "teacher")
    return Case(0, (teacher,), tuple(range(2, 2 + controls)), NAMED, 1)


def test_the_printed_table_is_that_of_the_pack() -> None:
    methods = (files("audit.analysis") / "METHODS.md").read_text("utf-8")
    assert figures_table(PACK) in methods


def test_the_pack_fuses_the_signals_that_there_are_and_nothing_of_layout() -> None:
    assert PACK.signals == NAMES
    assert "layout" not in PACK.signals


def test_more_prompts_and_controls_are_asked_for_where_there_are_too_few() -> None:
    few = Cohort(("a",) * 5, tuple(row[:5] for row in (STUDENT, TEACHER, *OTHERS)), np.arange(9))
    assert "Put 20 more of the same prompts" in weigh(PACK, few, case())["refused"]
    found = weigh(PACK, cohort(STUDENT, TEACHER, *OTHERS), case(controls=4))
    assert "there are 4 controls" in found["refused"]
    assert found["teachers"] == []


def test_a_student_scores_above_an_independent_model_and_within_bounds() -> None:
    student = weigh(PACK, cohort(STUDENT, TEACHER, *OTHERS), case())["teachers"][0]
    other = answers(3, opening="Well, hm.", ending="Take it or leave it.")
    stranger = weigh(PACK, cohort(other, TEACHER, *OTHERS), case())["teachers"][0]
    assert student["score"] > stranger["score"]
    assert student["score"] == pytest.approx(
        sum(one["contribution"] for one in student["signals"])
        + PACK.fit_for(PROMPTS, len(OTHERS)).fusion.offset / np.log(10)
    )
    for one in (student, stranger):
        assert one["log10_lr"] is None or (
            one["bound"]["lower"] <= one["log10_lr"] <= one["bound"]["upper"]
        )
        assert len(one["left_out"]) == len(OTHERS)
        assert one["against"]


def test_the_same_case_gives_the_same_numbers() -> None:
    material = cohort(STUDENT, TEACHER, *OTHERS)
    assert weigh(PACK, material, case()) == weigh(PACK, material, case())


def test_another_language_gets_no_ratio() -> None:
    rows = [
        tuple(
            f"{number} tekstas kalba apie daiktus, kurie labai svarbūs mums"
            for number in range(40)
        )
        for _ in range(9)
    ]
    found = weigh(PACK, cohort(*rows), case())
    assert found["domain"]["inside"] is False
    assert found["teachers"][0]["log10_lr"] is None
    assert "not of the kind" in found["teachers"][0]["abstains"]


def test_the_dose_raises_the_score() -> None:
    own = answers(3, opening="Well, hm.", ending="Take it or leave it.")
    scores = []
    for share in (0.0, 0.5, 1.0):
        mixed = mix(own, STUDENT, share, np.random.default_rng(3))
        scores.append(weigh(PACK, cohort(mixed, TEACHER, *OTHERS), case())["teachers"][0]["score"])
    assert scores[0] < scores[1] < scores[2]


def test_answers_at_wrong_prompts_get_no_ratio_whatever_their_style() -> None:
    moved = shuffle_prompts(STUDENT, np.random.default_rng(4))
    found = weigh(PACK, cohort(moved, TEACHER, *OTHERS), case())
    plain = weigh(PACK, cohort(STUDENT, TEACHER, *OTHERS), case())
    trait = "Share of words that other answers to the prompt have, beyond those to another"
    at = [one["name"] for one in plain["domain"]["checks"]].index(trait)
    assert plain["domain"]["checks"][at]["inside"]
    assert found["domain"]["checks"][at]["value"] == pytest.approx(0, abs=0.1)
    # Its habits outlast it, and would count for the teacher.
    assert found["teachers"][0]["score"] > 0
    assert found["teachers"][0]["log10_lr"] is None
    assert trait in found["teachers"][0]["abstains"]
