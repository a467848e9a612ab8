"""What was asked goes with its exhibit, whole and by rule; what is left says that it was there."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.analysis.bundling import layout
from audit.analysis.digests import sha256_hex
from audit.analysis.verifying import Effort, Trust, verify
from audit.models import Call, Collection
from audit.services.collections.forgetting import forget
from audit.services.sources import store
from cases.models import AnswersErasure, Exhibit, Notice, NoticeDelivery, Release, WatchRun
from cases.services import answers_erased, bundles, captures, erasure, evidence, holds, matters
from cases.services import exhibits as service
from cases.services.holds import HeldError
from cases.services.watches import notices
from cases.tasks import retain, tidy
from tests import collecting
from tests.provider import provider
from tests.watching import quiet_watch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collection(tmp_path, settings):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    with provider(tmp_path) as playing:
        return collecting.collected(playing, 3)


@pytest.fixture
def exhibit(collection, matter, alice):
    found = captures.hand_in(collection, matter, captures.As("control", "m", "us"), by=alice)
    service.read(found, by=alice)
    return Exhibit.objects.get(pk=found.pk)


def grave():
    found = []
    evidence.check(lambda one: found.append(str(one)) if one.grave else None)
    return found


def refused(statement, *values):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def test_calls_behind_an_exhibit_go_with_it_and_leave_their_digests(
    exhibit, collection, matter, alice, tmp_path
):
    before = {one.pk: (bytes(one.request), bytes(one.response)) for one in collection.calls.all()}
    erasure.erase(exhibit, "asked for", by=alice)
    for call in collection.calls.all():
        sent, came = before[call.pk]
        assert (bytes(call.request), call.response) == (b"", None)
        assert (call.request_sha256, call.response_sha256) == (sha256_hex(sent), sha256_hex(came))
        assert call.tokens > 0
    collection.refresh_from_db()
    assert collection.erased_at is not None
    assert not store().has(collection.capture_sha256)
    assert grave() == []
    erasure.erase(exhibit, "asked for", by=alice)
    assert matter.custody.filter(act="erased").count() == 1
    bundles.write(matter, tmp_path / "b", say=str, by=alice)
    assert verify(tmp_path / "b", Trust(), Effort.LOOKING).failed == ()
    assert not (tmp_path / "b" / layout.capture(collection.pk, layout.CALLS)).exists()


def test_a_kill_in_between_is_taken_up_by_the_tidying(exhibit, collection, alice, monkeypatch):
    monkeypatch.setattr(answers_erased, "evict", lambda _one: None)
    erasure.erase(exhibit, "asked for", by=alice)
    assert collection.calls.exclude(request=b"").count() == 3
    monkeypatch.undo()
    tidy()
    tidy()
    assert collection.calls.exclude(request=b"").count() == 0
    assert list(answers_erased.due()) == []


def test_nothing_that_was_asked_goes_by_itself_in_part_or_under_a_hold(
    exhibit, collection, matter, alice
):
    with pytest.raises(DatabaseError), transaction.atomic():
        forget(collection)
    hold = holds.issue(matter, "a dispute", by=alice)
    with pytest.raises(HeldError):
        erasure.erase(exhibit, "asked for", by=alice)
    holds.release(hold, "it is over", by=alice)
    erasure.erase(exhibit, "asked for", by=alice)
    refused("UPDATE audit_call SET request = 'anew' WHERE collection_id = %s", collection.pk)
    refused("UPDATE audit_call SET request_sha256 = '' WHERE collection_id = %s", collection.pk)
    refused("UPDATE audit_collection SET erased_at = NULL WHERE id = %s", collection.pk)
    assert Call.objects.filter(collection=collection, request=b"").count() == 3


def test_a_file_that_stands_elsewhere_keeps_its_calls(exhibit, collection, alice, bob):
    matter = matters.open_matter("Elsewhere", "Was it?", by=bob)
    again = captures.hand_in(collection, matter, captures.As("control", "m", "us"), by=bob)
    service.read(again, by=bob)
    erasure.erase(exhibit, "asked for", by=alice)
    assert collection.calls.exclude(request=b"").count() == 3
    erasure.erase(Exhibit.objects.get(pk=again.pk), "asked for", by=bob)
    assert collection.calls.exclude(request=b"").count() == 0


def put_look(watch, collection):
    return WatchRun.objects.create(
        watch=watch,
        plan=watch.plans.get(),
        kind="look",
        due_at=timezone.now(),
        collection=collection,
        facts={"chunks": 1},
    )


@pytest.fixture
def audited(exhibit, exhibits, matter, alice, tmp_path):
    """The audit that handed the exhibit in, and a look at the same release."""
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    with provider(tmp_path) as playing:
        run = put_look(watch, collecting.collected(playing, 2))
    release = Release.objects.create(
        watch=watch,
        number=1,
        endpoint=run.collection.endpoint,
        noticed_by="first",
        why="It is the first look.",
        first_look=run,
    )
    WatchRun.objects.filter(pk=run.pk).update(
        state="done", ended_at=timezone.now(), release=release
    )
    audit = WatchRun.objects.create(
        watch=watch,
        plan=watch.plans.get(),
        kind="audit",
        due_at=run.due_at,
        release=release,
        exhibit=exhibit,
    )
    return run, audit


def end(run):
    now = timezone.now()
    WatchRun.objects.filter(pk=run.pk).update(state="failed", problem="cut off", ended_at=now)


def test_with_the_exhibit_of_an_audit_go_the_looks_at_the_same_release(
    audited, exhibit, matter, alice
):
    run, audit = audited
    with pytest.raises(erasure.NotErasableError, match="A run of watch 1"):
        erasure.erase(exhibit, "asked for", by=alice)
    end(audit)
    erasure.erase(exhibit, "asked for", by=alice)
    asked = Collection.objects.get(pk=run.collection_id)
    assert asked.erased_at is not None
    assert asked.calls.exclude(request=b"").count() == 0
    assert not store().has(asked.capture_sha256)
    entry = matter.custody.get(act="answers erased")
    assert (entry.facts["runs"], entry.facts["captures"]) == (1, [asked.capture_sha256])
    assert not any(asked.capture_sha256 in one for one in grave())
    refused("UPDATE cases_answerserasure SET reason = 'another'")
    refused("DELETE FROM cases_answerserasure")
    refused("TRUNCATE cases_answerserasure CASCADE")


def test_answers_of_a_run_stay_under_a_hold_and_while_it_is_under_way(audited, matter, alice):
    run, audit = audited
    for one in (audit, run):
        if one is run:
            holds.issue(matter, "a dispute", by=alice)
        with pytest.raises(DatabaseError), transaction.atomic():
            AnswersErasure.objects.create(run=one, reason="no reason", by=alice)
    assert not AnswersErasure.objects.exists()


def test_past_the_day_of_a_matter_answers_go_that_are_no_exhibit(audited, matter, alice, settings):
    run, audit = audited
    end(audit)
    settings.RETENTION = True
    erasure.keep_until(matter, timezone.now().date() - timedelta(days=1), by=alice)
    retain()
    tidy()
    assert run.collection.calls.exclude(request=b"").count() == 0
    assert Collection.objects.filter(erased_at__isnull=True).count() == 0


def test_what_a_watch_did_and_told_is_never_changed_or_removed(audited):
    run, audit = audited
    told = notices.tell(run.watch, Notice.Kind.CHANGE, "release 2", "It was noticed.")
    sent = NoticeDelivery.objects.create(
        notice=told, channel="email", not_before=timezone.now(), sent_at=timezone.now()
    )
    refused("UPDATE cases_watchplan SET plan = '{}'")
    refused("UPDATE cases_release SET why = 'another'")
    refused("UPDATE cases_watchrun SET p_value = 1 WHERE id = %s", run.pk)
    refused("UPDATE cases_watchrun SET release_id = NULL WHERE id = %s", audit.pk)
    refused("UPDATE cases_watchrun SET asked_at = now() WHERE id = %s", audit.pk)
    refused("UPDATE cases_watchrun SET ordinary_course = false WHERE id = %s", audit.pk)
    refused("UPDATE cases_notice SET text = 'All is well.'")
    refused("UPDATE cases_noticedelivery SET sent_at = NULL WHERE id = %s", sent.pk)
    for table in ("watch", "watchplan", "watchrun", "release", "notice", "noticedelivery"):
        refused(f"DELETE FROM cases_{table}")  # noqa: S608 - names from above
        refused(f"TRUNCATE cases_{table} CASCADE")
    assert WatchRun.objects.count() == 2


def test_the_page_says_that_calls_and_looks_go_too(audited, exhibit, matter, collection, client):
    client.force_login(matter.opened_by)
    page = client.get(reverse("erase", args=(matter.pk, exhibit.number))).content.decode()
    assert (
        f"the raw requests and answers that it was made of here: collection {collection.pk}."
        in page
    )
    assert "what was answered in 1 look of the watch at the same release" in page
    assert "digests of what was sent and came back" in page
