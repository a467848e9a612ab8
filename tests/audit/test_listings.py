"""Lists of models are kept as they came, page by page, whatever came."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from audit.analysis.digests import digest_of, sha256_hex
from audit.models import ListedBody, Listing
from audit.services import collections
from tests import collecting
from tests.hostile import sending, whole
from tests.provider import provider

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    {"models": [{"name": "models/a", "version": "1"}], "nextPageToken": "t"},
    {"models": [{"name": "models/b", "version": "2"}]},
)


def asked(origin: str, kind: str = "generate_content"):
    return collections.endpoint(kind, origin, "a", prices=collecting.PRICES)


def test_every_page_of_a_list_is_kept_with_headers_and_bytes():
    replies = iter([whole(json.dumps(page).encode(), "X-Page: 1") for page in PAGES])
    with sending(lambda: [next(replies)]) as origin:
        endpoint = asked(origin)
        found = collections.look(endpoint)
    assert [one.name for one in found.models] == ["a", "b"]
    kept = Listing.objects.get(digest=found.digest)
    assert kept.digest == digest_of({"endpoint": str(endpoint), "exchanges": kept.exchanges})
    bodies = [one["response"]["body_sha256"] for one in kept.exchanges]
    assert [json.loads(bytes(ListedBody.objects.get(sha256=one).body)) for one in bodies] == list(
        PAGES
    )
    first, second = kept.exchanges
    assert ["X-Page", "1"] in first["response"]["headers"]
    assert second["request"]["url"].endswith("?pageSize=1000&pageToken=t")
    assert first["connection"]["address"] == origin.removeprefix("http://")
    assert first["began"]["utc"] < second["began"]["utc"]


def test_a_list_that_fails_is_kept_too_and_the_same_page_once(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB", "sk-wrong-0123456789")
    with provider(tmp_path, key="sk-right-0123456789") as playing:
        endpoint = collecting.asked(playing, "LAB")
        found = collections.look(endpoint)
        collections.look(endpoint)
    assert "cannot be listed: HTTP 401" in found.problem
    assert found.models == ()
    assert Listing.objects.count() == 2
    body = ListedBody.objects.get()
    assert body.sha256 == sha256_hex(bytes(body.body))
    assert b"sk-wrong" not in bytes(body.body)
    assert "sk-wrong" not in json.dumps(Listing.objects.first().exchanges)
    gone = collections.look(endpoint)
    assert "ConnectError" in gone.problem
    assert Listing.objects.get(digest=gone.digest).exchanges[0]["response"]["status"] is None


def test_a_list_without_end_is_told():
    page = json.dumps({"models": [{"name": "models/a"}], "nextPageToken": "t"}).encode()
    with sending(lambda: [whole(page)]) as origin:
        found = collections.look(asked(origin))
    assert "it has more than 50 pages" in found.problem
    assert len(Listing.objects.get().exchanges) == 50
    assert ListedBody.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_listing",
        "UPDATE audit_listing SET digest = repeat('a', 64)",
        "UPDATE audit_listedbody SET body = ''",
        "TRUNCATE audit_listedbody",
    ],
)
def test_what_was_listed_stays(statement):
    with sending(lambda: [whole(json.dumps(PAGES[1]).encode())]) as origin:
        collections.look(asked(origin))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
