"""Marks under a protective order: the highest of what something rests on."""

import itertools

import pytest

from cases.rules import designations
from cases.rules.designations import ATTORNEYS_EYES_ONLY, CONFIDENTIAL, NONE, ORDER, SOURCE_CODE

TABLE = {
    (): NONE,
    (NONE,): NONE,
    (NONE, NONE): NONE,
    (NONE, CONFIDENTIAL): CONFIDENTIAL,
    (NONE, ATTORNEYS_EYES_ONLY): ATTORNEYS_EYES_ONLY,
    (NONE, SOURCE_CODE): SOURCE_CODE,
    (CONFIDENTIAL, CONFIDENTIAL): CONFIDENTIAL,
    (CONFIDENTIAL, ATTORNEYS_EYES_ONLY): ATTORNEYS_EYES_ONLY,
    (CONFIDENTIAL, SOURCE_CODE): SOURCE_CODE,
    (ATTORNEYS_EYES_ONLY, SOURCE_CODE): SOURCE_CODE,
    (CONFIDENTIAL, NONE, ATTORNEYS_EYES_ONLY, NONE): ATTORNEYS_EYES_ONLY,
}


@pytest.mark.parametrize(("marks", "highest"), TABLE.items())
def test_the_highest_counts_in_whatever_order_they_come(marks, highest):
    for one in itertools.permutations(marks):
        assert designations.highest(one) == highest


def test_a_mark_that_is_none_is_refused():
    for mark in ("confidential", "AEO", "SECRET", " "):
        with pytest.raises(ValueError, match="not in"):
            designations.highest([CONFIDENTIAL, mark])


def test_lower_is_what_stands_before():
    lower = [(a, b) for a in ORDER for b in ORDER if designations.is_lower(a, b)]
    assert lower == list(itertools.combinations(ORDER, 2))


def test_names_of_files_carry_the_mark_and_nothing_that_a_folder_cannot_have():
    names = [designations.named("report.pdf", one) for one in ORDER]
    assert names[0] == "report.pdf"
    assert len(set(names)) == len(ORDER)
    assert all(one.replace("-", "").replace(".", "").isalnum() for one in names)


def test_no_mark_is_said_in_words():
    assert designations.in_words(NONE) == "no designation"
    assert designations.in_words(SOURCE_CODE) == SOURCE_CODE
