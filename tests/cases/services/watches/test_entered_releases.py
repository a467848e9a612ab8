"""Releases that a person enters, beside looks that notice some by themselves."""

from datetime import date

import pytest

from cases import samples
from cases.models import Release, WatchRun
from cases.services import custody, watches
from cases.services.watches import Announced
from tests.provider import MODEL
from tests.watching import answers_of, carried_out, look, matter_with_exhibits, opened

pytestmark = pytest.mark.django_db(transaction=True)
HONEST = answers_of(samples.HONEST)
IMITATOR = answers_of(samples.IMITATOR)


@pytest.fixture
def watch(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    return opened(matter, exhibits, line, by=alice, line="suspect-")


def entered(watch, model=MODEL):
    announced = Announced(model, date(2026, 3, 1), "the provider's page of changes")
    return watches.enter_release(watch, announced, by=watch.opened_by)


def releases(watch):
    return list(watch.releases.values_list("number", "noticed_by"))


def test_looks_do_not_notice_again_what_a_person_entered_and_notice_what_comes_after(watch, line):
    look(watch)
    look(watch)
    # Another model under the same name, with another date in the list and another fingerprint.
    line.release(answers=IMITATOR, made={MODEL: 2}, fingerprints=["fp_2"])
    entered(watch)
    runs = [look(watch) for _ in range(3)]
    assert releases(watch) == [(1, Release.By.FIRST), (2, Release.By.PERSON)]
    assert {run.release.number for run in runs} == {2}
    assert [run.p_value for run in runs] == [None, 1.0, 1.0]
    line.release(answers=IMITATOR, made={MODEL: 3}, fingerprints=["fp_2"])
    look(watch)
    assert releases(watch)[2:] == [(3, Release.By.LIST)]


def test_another_name_of_the_line_is_asked_under_the_leave_given_for_it(watch, line):
    look(watch)
    line.release(answers=HONEST, models=[MODEL, "suspect-2"])
    run = entered(watch, "suspect-2")
    assert run.release.endpoint.model == "suspect-2"
    look(watch)
    assert releases(watch) == [(1, Release.By.FIRST), (2, Release.By.PERSON)]


def test_the_audit_of_an_entered_release_says_that_a_person_asked_for_it(watch):
    look(watch)
    run = carried_out(entered(watch))
    assert run.finding is not None, run.problem
    assert run.exhibit.model_name.startswith(f"{MODEL}, release 2")
    entry = watch.matter.custody.get(act="watch audits")
    assert entry.facts["record"] == "asked for by a person"
    assert custody.problems(watch.matter) == []


def test_a_look_under_way_at_the_close_comes_to_its_end_with_what_it_notices(watch, alice):
    run = watches.look_now(watch, by=alice)
    watches.close(watch, "settled", by=alice)
    run = carried_out(run)
    assert run.state == WatchRun.State.DONE
    assert watch.runs.get(kind=WatchRun.Kind.AUDIT).release == run.release
    assert watches.look_if_due(watch.pk) is None
