from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.analysis.custody import stamps
from audit.models import Run
from cases.models import Authority, Finding
from cases.services import checkpoints, custody, stamping
from cases.tasks import carry_out, cover, stamp
from tests.making import asked
from tests.stamped import answering, authority, trust
from tests.stamped import stamping as honest

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(settings, tmp_path):
    """Two authorities that answer and are trusted."""
    ones = [authority("First Notary"), authority("Second Notary")]
    with ExitStack() as stack:
        urls = [stack.enter_context(answering(honest(one))) for one in ones]
        trust(settings, tmp_path, urls, *ones)
        yield ones


def test_two_authorities_stamp_a_checkpoint_and_nothing_is_wanting(matter, two):
    checkpoint = checkpoints.cover(matter)
    stamping.stamp(checkpoint)
    state = stamping.state_of(checkpoint)
    names = {one.authority.split("(")[0] for one in state.independent}
    assert names == {"CN=First Notary ", "CN=Second Notary "}
    assert (state.wanting, state.others) == ("", ())
    kept = state.independent[0]
    trusted = [stamps.trusted_from(kept.certificates.encode())[-1]]
    again = stamps.checked(bytes(kept.answer), checkpoint.note.encode(), trusted, nonce=None)
    assert (str(again.serial), again.time) == (kept.serial, kept.at)


def test_one_authority_is_said_to_be_too_few(matter, two, settings):
    settings.TIMESTAMP_URLS = settings.TIMESTAMP_URLS[:1]
    checkpoint = checkpoints.cover(matter)
    stamping.stamp(checkpoint)
    assert stamping.state_of(checkpoint).wanting.startswith("Only 1 independent authority")


def test_the_same_authority_at_two_addresses_counts_once(matter, settings, tmp_path):
    one = authority("First Notary")
    with answering(honest(one)) as first, answering(honest(one)) as second:
        trust(settings, tmp_path, [first, second], one)
        checkpoint = checkpoints.cover(matter)
        stamping.stamp(checkpoint)
    assert checkpoint.stamps.count() == 2
    assert len(stamping.state_of(checkpoint).independent) == 1


def test_the_test_authority_stamps_and_is_not_independent(matter, settings):
    settings.TIMESTAMP_URLS = [stamping.TEST]
    checkpoint = checkpoints.cover(matter)
    stamping.stamp(checkpoint)
    state = stamping.state_of(checkpoint)
    assert [one.independent for one in state.others] == [False]
    assert "UNTRUSTED TEST AUTHORITY" in state.others[0].authority
    assert state.wanting == (
        "No independent time-stamp: this site names no time-stamping authority."
    )
    assert (settings.DATA / "test_authority.pem").stat().st_mode & 0o777 == 0o600


BAD = {
    "another message": (lambda good: lambda _: good(OTHER.body), 200, "not for this message"),
    "no stamp": (lambda _: lambda _: b"<html>", 200, "cannot be read as a time stamp"),
    "an error": (lambda good: good, 503, "answered with the status 503"),
    "too much": (lambda _: lambda _: b"x" * 200_000, 200, "at too great a length"),
}
OTHER = stamps.request_for(b"another message")


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_not_kept_and_said(matter, settings, tmp_path, case):
    make, status, said = BAD[case]
    one = authority("First Notary")
    with answering(make(honest(one)), status) as url:
        trust(settings, tmp_path, [url], one)
        checkpoint = checkpoints.cover(matter)
        stamping.stamp(checkpoint)
    assert said in Authority.objects.get(url=url).problem
    assert not checkpoint.stamps.exists()
    assert "no authority has answered yet" in stamping.state_of(checkpoint).wanting


def test_an_authority_that_nobody_trusts_is_not_kept(matter, two, settings, tmp_path):
    trust(settings, tmp_path, settings.TIMESTAMP_URLS, authority("Third Notary"))
    stamping.stamp(checkpoints.cover(matter))
    said = Authority.objects.values_list("problem", flat=True)
    assert ["is not one of the trusted" in one for one in said] == [True, True]


def test_an_authority_that_was_away_is_asked_again_by_beat(matter, two, settings):
    urls = settings.TIMESTAMP_URLS
    settings.TIMESTAMP_URLS = [urls[0], "http://127.0.0.1:9/"]
    cover()
    stamp()
    checkpoint = checkpoints.latest(matter)
    assert stamping.state_of(checkpoint).wanting
    assert list(stamping.due(9)) == []  # the one that failed is at rest
    Authority.objects.update(tried_at=timezone.now() - timedelta(minutes=2))
    assert list(stamping.due(9)) == [checkpoint]
    Authority.objects.filter(problem__gt="").update(url=urls[1])
    settings.TIMESTAMP_URLS = urls
    stamp()
    assert stamping.state_of(checkpoint).wanting == ""
    assert not Authority.objects.filter(problem__gt="").exists()


def test_only_the_last_checkpoint_of_a_matter_is_due(matter, two):
    checkpoints.cover(matter)
    custody.record(matter, "note", {}, by=matter.opened_by)
    last = checkpoints.cover(matter)
    assert list(stamping.due(9)) == [last]


def test_a_plan_is_stamped_before_anything_is_computed(alice, two):
    finding = asked(alice)
    Run.objects.filter(pk=finding.run_id).update(sharded_at=None)
    carry_out(finding.pk)
    finding = Finding.objects.get(pk=finding.pk)
    state = stamping.state_of(checkpoints.covering(finding))
    assert len(state.independent) == 2
    assert finding.run.result is None


@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.parametrize("table", ["cases_checkpoint", "cases_timestamp", "cases_finding"])
def test_checkpoints_stamps_and_findings_stay(finding, settings, table, change):
    settings.TIMESTAMP_URLS = [stamping.TEST]
    stamping.stamp(checkpoints.cover(finding.matter))
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change.format(table))
    assert Finding.objects.count() == 1
