"""What an audit of a watch is among others: its own plan's, and one of several levels."""

from dataclasses import replace

import pytest

from cases.models import WatchRun
from cases.reports.courses import of_many
from cases.services.watches import auditing
from cases.services.watches.design import Design
from tests.watching import (
    PARAMETERS,
    carried_out,
    look,
    matter_with_exhibits,
    opened,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_finding_that_a_person_made_on_the_capture_is_not_taken_for_that_of_the_watch(
    alice, line
):
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice)
    look(watch)
    audit = watch.runs.get(kind=WatchRun.Kind.AUDIT)
    design = Design.from_dict(audit.plan.plan["design"])
    carried_out(audit)
    ours = audit.finding
    assert auditing.ask(audit, design) == ours, "twice is once"
    # Another plan over the same capture, as if it had come between hand-in and seal.
    theirs = auditing.ask(audit, replace(design, parameters=replace(PARAMETERS, seed=99)))
    assert theirs != ours
    fewer = replace(design, exhibits=design.exhibits[:-1])
    assert auditing.ask(audit, fewer) not in (ours, theirs)


def test_each_audit_counts_with_the_level_that_it_was_made_under():
    assert of_many([0.01]) == "It is the first audit by a watch of this matter."
    said = of_many([0.05, 0.05, 0.01])
    assert "audit 3 by watches of this matter" in said
    assert "levels 0.01 to 0.05" in said
    assert "up to 11%" in said
