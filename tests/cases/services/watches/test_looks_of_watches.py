"""Looks: what tells of a new release, what does not, and what a look is held against."""

import pytest

from audit.models import Listing
from cases import samples
from cases.models import Notice, Release, WatchRun
from cases.services import custody, watches
from tests.provider import MODEL
from tests.watching import answers_of, look, matter_with_exhibits, opened

pytestmark = pytest.mark.django_db(transaction=True)
HONEST = answers_of(samples.HONEST)
IMITATOR = answers_of(samples.IMITATOR)


@pytest.fixture
def watch(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    return opened(matter, exhibits, line, by=alice)


def releases(watch):
    return list(watch.releases.values_list("number", "noticed_by"))


def test_the_first_look_enters_the_first_release_and_asks_for_its_audit(watch):
    run = look(watch)
    assert (run.state, run.problem) == (WatchRun.State.DONE, "")
    assert releases(watch) == [(1, Release.By.FIRST)]
    audit = watch.runs.get(kind=WatchRun.Kind.AUDIT)
    assert (audit.release.number, audit.state) == (1, WatchRun.State.OPEN)
    assert run.cost > 0
    assert run.tokens > 0
    listing = run.facts["listing"]
    assert Listing.objects.get(digest=listing["digest"]).endpoint == audit.release.endpoint
    assert [one["name"] for one in listing["asked"]] == [MODEL]
    assert custody.problems(watch.matter) == []
    assert not Notice.objects.exists()


def test_the_same_model_is_one_release_however_often_it_is_looked_at(watch):
    for _ in range(5):
        run = look(watch)
        assert run.state == WatchRun.State.DONE, run.problem
    assert releases(watch) == [(1, Release.By.FIRST)]
    p_values = watch.runs.filter(kind="look").order_by("pk").values_list("p_value", flat=True)
    assert list(p_values) == [None, 1.0, 1.0, 1.0, 1.0]


def test_a_silent_swap_is_noticed_by_what_it_answers(watch, line):
    look(watch)
    look(watch)
    line.release(answers=IMITATOR)
    run = look(watch)
    assert releases(watch) == [(1, Release.By.FIRST), (2, Release.By.BEHAVIOUR)]
    assert run.p_value < 0.001
    assert run.release.number == 2
    assert "sentinel prompts are not as before" in Notice.objects.get().text
    run = look(watch)
    assert len(releases(watch)) == 2, "the detector begins anew"


def test_a_fingerprint_tells_of_a_release_and_one_of_several_does_not(watch, line):
    line.release(answers=HONEST, fingerprints=["fp_1", "fp_2"])
    look(watch)
    line.release(answers=HONEST, fingerprints=["fp_2"])
    look(watch)
    assert len(releases(watch)) == 1
    line.release(answers=HONEST, fingerprints=["fp_3"])
    look(watch)
    assert releases(watch)[1:] == [(2, Release.By.FINGERPRINT)]


def test_a_new_name_of_the_line_is_a_release_that_is_asked_under_its_name(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice, line="suspect-")
    look(watch)
    line.release(answers=HONEST, models=["suspect-1", "other-7", "suspect-2"])
    look(watch)
    assert releases(watch)[1:] == [(2, Release.By.LIST)]
    release = watch.releases.get(number=2)
    assert release.endpoint.model == "suspect-2"
    assert "given for every model of the line" in release.endpoint.authorisations.get().basis


def test_answers_are_compared_once(watch):
    for _ in range(6):
        look(watch)
    used = watch.runs.filter(compared_with__isnull=False).values_list("compared_with", "chunk")
    assert len(used) == len(set(used)) == 5


def audits(watch):
    found = watch.runs.filter(kind=WatchRun.Kind.AUDIT).order_by("release__number")
    return list(found.values_list("release__number", "release__endpoint__model"))


def test_several_new_names_are_releases_in_the_order_of_time_each_audited_once(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice, line="suspect-")
    look(watch)
    names = ["suspect-c", "suspect-a", "suspect-1", "suspect-b"]
    made = {"suspect-a": 30, "suspect-b": 200, "suspect-c": 1000}
    line.release(answers=HONEST, models=names, made=made)
    run = look(watch)
    assert audits(watch) == [
        (1, "suspect-1"),
        (2, "suspect-a"),
        (3, "suspect-b"),
        (4, "suspect-c"),
    ]
    assert run.release.number == 4
    assert run.collection.endpoint.model == "suspect-c"
    assert [one.first_look_id for one in watch.releases.filter(number__gt=1)] == [run.pk] * 3
    assert {one.why for one in watch.releases.filter(number=3)} == {
        "The provider lists suspect-b, which it did not before."
    }
    assert Notice.objects.filter(kind=Notice.Kind.CHANGE).count() == 3
    look(watch)
    assert len(audits(watch)) == 4
    assert custody.problems(matter) == []


def test_more_new_names_than_one_look_enters_wait_and_that_is_told(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice, line="suspect-")
    look(watch)
    names = ["suspect-1", *(f"suspect-{number}" for number in range(10, 23))]
    line.release(answers=HONEST, models=names)
    look(watch)
    assert [name for _, name in audits(watch)] == names[:11]
    (waiting,) = Notice.objects.filter(text__contains="wait for the next looks")
    assert "3 more wait" in waiting.text
    look(watch)
    assert [name for _, name in audits(watch)] == names
    assert Notice.objects.filter(text__contains="wait for the next looks").count() == 1


def test_a_look_that_is_rung_twice_enters_its_releases_once(alice, line):
    matter, exhibits = matter_with_exhibits(alice)
    watch = opened(matter, exhibits, line, by=alice, line="suspect-")
    look(watch)
    line.release(answers=HONEST, models=["suspect-1", "suspect-2", "suspect-3"])
    run = look(watch)
    assert watches.take_on(run.pk).runs == []
    assert [number for number, _ in audits(watch)] == [1, 2, 3]
