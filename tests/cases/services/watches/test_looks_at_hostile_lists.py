"""Looks at a provider that lists what it likes: no list stops a look, or makes a release of it."""

import time

import pytest

from cases import samples
from cases.models import Release, WatchRun
from cases.services.watches import listed
from tests.provider import MODEL
from tests.watching import answers_of, look, matter_with_exhibits, opened

pytestmark = pytest.mark.django_db(transaction=True)
HONEST = answers_of(samples.HONEST)


@pytest.fixture
def watch(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    return opened(matter, exhibits, line, by=alice, line="suspect-", reserve=2)


def test_names_that_nothing_can_be_asked_under_stop_no_look(watch, line):
    look(watch)
    line.release(answers=HONEST, models=[MODEL, "suspect-" + "x" * 300])
    run = look(watch)
    assert (run.state, run.problem) == (WatchRun.State.DONE, "")
    assert run.facts["listing"]["left_out"] == 1
    assert watch.releases.count() == 1


def test_a_list_without_end_is_not_kept_with_each_look(watch, line):
    names = [f"suspect-{number}" for number in range(listed.MOST_NAMES + 1)]
    line.release(answers=HONEST, models=names)
    run = look(watch)
    assert run.facts["listing"]["seen"] == []
    assert run.facts["listing"]["left_out"] == len(names)
    line.release(answers=HONEST, models=[MODEL] * 500)
    assert len(look(watch).facts["listing"]["asked"]) == 1


def test_a_server_that_tells_the_time_as_that_of_the_model_makes_no_releases(watch, line):
    now = int(time.time())
    line.release(answers=HONEST, made={MODEL: now - 3000})
    look(watch)
    time.sleep(1.1)
    line.release(answers=HONEST, made={MODEL: int(time.time()) - 3000})
    look(watch)
    assert watch.releases.count() == 1
    line.release(answers=HONEST, made={MODEL: now})
    look(watch)
    assert watch.releases.latest("number").noticed_by == Release.By.LIST


def test_answers_that_were_withheld_once_do_not_end_every_look_after(watch, line):
    sentinels = watch.plans.get().plan["design"]["sentinels"]
    # The first turn of the first look is answered, what is kept of it for later is not.
    silent = range(2 * len(sentinels), 10 * len(sentinels))
    line.release(
        answers=HONEST, faults=[{"do": "400", "at": [turn], "times": 9} for turn in silent]
    )
    first = look(watch)
    assert first.state == WatchRun.State.DONE
    line.release(answers=HONEST)
    runs = [look(watch) for _ in range(4)]
    assert {run.state for run in runs} == {WatchRun.State.DONE}, [run.problem for run in runs]
    assert sum(run.p_value is not None for run in runs) >= 2
