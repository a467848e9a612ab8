"""Every way of tampering is found, by whoever's hand, and its place is named."""

from functools import partial

import numpy as np
import pytest

from audit.analysis.__main__ import main
from audit.analysis.bundling import layout
from audit.analysis.tampering import FORGER, TRIALS, attempts, watched
from audit.analysis.tampering.draft import Draft
from audit.analysis.tampering.trials import Trial
from audit.analysis.verifying import Effort, verify

# The fixture fills a database; with the mark pytest-django makes one.
pytestmark = pytest.mark.django_db


LEDGER = "data/ledger/"


# This bundle has no watch: the tests of watches try these.
THERE = [one for one in TRIALS if one not in watched.TRIALS]


def missed(outcomes):
    return [(one.trial.name, one.steps) for one in outcomes if not one.found]


def test_whatever_an_insider_changes_is_found_and_named(bundle):
    trials = [one for one in THERE if not one.own]
    outcomes = list(attempts(bundle.place, "insider", bundle.key, trials))
    assert missed(outcomes) == []
    assert len(outcomes) >= 60


def test_what_an_insider_may_say_anew_is_found_of_a_stranger_and_of_a_forger(bundle):
    trials = [one for one in THERE if one.own]
    for hand, key in (("stranger", None), ("forger", FORGER)):
        assert missed(attempts(bundle.place, hand, key, trials)) == []
    assert [one.skipped for one in attempts(bundle.place, "insider", bundle.key, trials)] == [
        "the site's own word"
    ] * len(trials)


def test_a_bit_that_is_flipped_anywhere_in_the_ledger_is_found(bundle):
    # A quotation mark, a digit of a seal, the name of a field: unreadable, or not what was sealed.
    ways = [
        Trial(f"at {share:.3f}", partial(Draft.flip, name=layout.ENTRIES, place=share), LEDGER)
        for share in np.linspace(0.01, 0.99, 50)
    ]
    assert missed(attempts(bundle.place, "insider", bundle.key, ways)) == []


def test_a_trial_that_changes_nothing_is_told_as_missed(bundle, monkeypatch):
    idle = Trial("change nothing", lambda _draft: None, "data/", plain=True)
    monkeypatch.setattr("audit.analysis.tampering.Effort", (Effort.LOOKING,))
    assert missed(attempts(bundle.place, "stranger", None, [idle])) == [("change nothing", ())]


def test_the_table_counts_what_was_found(bundle, capsys, monkeypatch):
    some = [one for one in TRIALS if one.name.startswith("flip a bit in a native file")]
    monkeypatch.setattr("audit.analysis.tampering.command.TRIALS", some)
    assert main(["tamper", str(bundle.place), "--hand", "stranger"]) == 0
    said = capsys.readouterr().out
    assert "stranger: 2 of 2 found and named; 0 do not apply; failed by step: 2: 1, 3: 2" in said


def test_the_bundle_itself_is_left_as_it_was(bundle):
    assert verify(bundle.place, bundle.trust, Effort.LOOKING).failed == ()
