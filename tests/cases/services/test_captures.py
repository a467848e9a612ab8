"""Captures are stamped by authorities, and handed in as exhibits with their entry."""

import pytest

from audit.analysis.custody import stamps
from audit.analysis.errors import InsufficientDataError, IntegrityError
from audit.models import CaptureStamp, Source
from audit.services.sources import store
from cases.models import Authority
from cases.services import captures, evidence, exhibits, stamping
from cases.tasks import stamp
from tests import collecting
from tests.provider import provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collection(tmp_path):
    with provider(tmp_path) as playing:
        return collecting.collected(playing, 3)


def test_a_capture_is_stamped_once_by_each_authority(collection, settings):
    assert list(captures.due(9)) == []
    settings.TIMESTAMP_URLS = [stamping.TEST, "http://127.0.0.1:9/nobody"]
    assert list(captures.due(9)) == [collection]
    stamp()
    stamp()
    kept = CaptureStamp.objects.get()
    assert (kept.collection, kept.url, kept.independent) == (collection, stamping.TEST, False)
    message = captures.statement(collection)
    trusted = stamping.trusted_by(stamping.TEST)
    assert stamps.checked(bytes(kept.answer), message, trusted, nonce=None).time == kept.at
    with pytest.raises(IntegrityError):
        stamps.checked(bytes(kept.answer), message + b"x", trusted, nonce=None)
    assert "127.0.0.1" in Authority.objects.get(url="http://127.0.0.1:9/nobody").problem


def test_what_is_stamped_names_plan_and_capture(collection):
    text = captures.statement(collection).decode()
    assert collection.plan_digest in text
    assert collection.capture_sha256 in text


def test_a_capture_is_handed_in_as_any_file_is(collection, matter, alice):
    given = captures.As("control", "suspect-1", "us")
    exhibit = captures.hand_in(collection, matter, given, by=alice)
    exhibits.read(exhibit, by=alice)
    source = Source.objects.get(pk=exhibit.source_id)
    assert source.sha256 == collection.capture_sha256
    assert (source.taken, source.left_out) == (3, 1)
    assert matter.custody.latest("number").facts["taken"] == 3


def test_what_is_not_ended_has_nothing_to_hand_in(tmp_path, matter, alice):
    with provider(tmp_path) as playing:
        begun = collecting.started(playing, 3)
    with pytest.raises(InsufficientDataError, match="has no capture yet: it is running"):
        captures.hand_in(begun, matter, captures.As("control", "m", "us"), by=alice)


def test_the_sweep_looks_after_captures(tmp_path, settings):
    # A store that no other test has left anything in.
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    with provider(tmp_path) as playing:
        collection = collecting.collected(playing, 3)
    assert grave() == []
    store().remove(collection.capture_sha256)
    assert len(grave()) == 1
    assert f"the capture of collection {collection.pk}" in grave()[0]


def grave() -> list[str]:
    found = []
    evidence.check(lambda one: found.append(str(one)) if one.grave else None)
    return found
