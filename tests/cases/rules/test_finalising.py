"""What keeps a filing from being finalised, each case by itself; and which state follows which."""

from dataclasses import replace
from itertools import product

import pytest

from cases.rules import access, filing
from cases.rules.finalising import Basis, Hands, Rested, Review, is_approved, problems
from cases.rules.words import problems_in

GOOD = Basis("support", controls=6, least_controls=5, validated=True, covered=True)
APPROVED = Review("carol", "technical", 7, approved=True)
HANDS = Hands("alice", frozenset({"alice", "dave"}), "dave", 7, (APPROVED,))
EXHIBITS = [Rested("A", withdrawn=False, erased=False)]


def said(basis=GOOD, exhibits=EXHIBITS, hands=HANDS, words=()):
    return problems(basis, exhibits, hands, words)


def test_a_filing_that_has_all_it_needs_has_no_problem():
    assert said() == []


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (replace(GOOD, controls=0), "The finding has no controls and its method needs 5."),
        (replace(GOOD, controls=4), "The finding has 4 controls and its method needs 5."),
        (replace(GOOD, validated=False), "The result names no validation"),
        (replace(GOOD, covered=False), "No checkpoint covers the sealed plan"),
        (replace(GOOD, outcome=""), "The finding has no result."),
        (replace(GOOD, breaks=("Entry 3.",)), "The chain of custody is broken: Entry 3. Have"),
    ],
)
def test_each_thing_that_the_finding_lacks_is_said_with_its_mend(basis, expected):
    (one,) = said(basis)
    assert one.startswith(expected)
    assert one.count(".") >= 2


@pytest.mark.parametrize(
    ("exhibit", "expected"),
    [
        (Rested("C", withdrawn=True, erased=False), "Exhibit C was withdrawn."),
        (Rested("C", withdrawn=True, erased=True), "Exhibit C was erased,"),
    ],
)
def test_an_exhibit_that_is_gone_is_said(exhibit, expected):
    (one,) = said(exhibits=[*EXHIBITS, exhibit])
    assert one.startswith(expected)


def test_refused_words_are_named_with_what_says_it_instead():
    found = problems_in("This proves it.")
    (one,) = said(words=[("Scope", found[0])])
    assert one.startswith(f"Scope says \u201c{found[0].phrase}\u201d. ")
    assert one.endswith(f" Write instead: {found[0].instead}.")
    many = said(words=[("Scope", found[0])] * 25)
    assert (len(many), many[-1][:24]) == (21, "5 more words are refused")


RETURNED = replace(APPROVED, approved=False)
ADMINISTRATIVE = replace(APPROVED, kind="administrative")


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ((), "Nobody has reviewed it."),
        ((replace(APPROVED, revision=6),), "The review is of an earlier text."),
        ((APPROVED, RETURNED), "The last review returned it."),
        ((ADMINISTRATIVE,), "Its technical review is missing."),
        ((replace(APPROVED, by="dave"),), "dave wrote in it and reviewed it."),
        ((RETURNED, APPROVED), None),
        ((APPROVED, ADMINISTRATIVE), None),
        ((APPROVED, replace(ADMINISTRATIVE, approved=False)), "The last review returned it."),
    ],
)
def test_a_review_that_is_missing_or_outdated_is_said(reviews, expected):
    hands = replace(HANDS, reviews=reviews)
    assert is_approved(hands) == (expected is None)
    assert [one[: len(expected)] for one in said(hands=hands)] == ([expected] if expected else [])


def test_who_drafted_does_not_finalise():
    (one,) = said(hands=replace(HANDS, finaliser="alice"))
    assert one.startswith("alice drafted this filing. Have another person")
    assert said(hands=replace(HANDS, finaliser="")) == []


def test_who_may_not_act_does_not_finalise():
    (one,) = said(hands=replace(HANDS, may_act=False))
    assert one.startswith("dave may not act in the matter.")


STATES = ("draft", "review", "reviewed", "final", "discarded")
ALLOWED = {
    "draft": {"review", "discarded"},
    "review": {"draft", "reviewed", "discarded"},
    "reviewed": {"draft", "final", "discarded"},
    "final": set(),
    "discarded": set(),
}


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_which_state_may_follow_which(before, after):
    assert filing.may_follow(before, after) == (after in ALLOWED[before])
    assert filing.is_open(before) == (before not in {"final", "discarded"})


@pytest.mark.parametrize(
    ("level", "read", "review", "act"),
    [
        (None, False, False, False),
        ("viewer", True, False, False),
        ("reviewer", True, True, False),
        ("analyst", True, True, True),
    ],
)
def test_who_may_do_what(level, read, review, act):
    rules = (access.may_read, access.may_review, access.may_act)
    assert [one(level) for one in rules] == [read, review, act]
