from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Embedding, Exchange, Source
from audit.services.sources import store
from cases.models import Erasure, Exhibit, ExhibitKey, Finding
from cases.services import custody, erasure, evidence, exhibits, findings, holds, trees
from cases.tasks import retain, tidy
from tests.making import QUICK, alpaca, hand_in, matter_with_exhibits

pytestmark = pytest.mark.django_db
DATA = alpaca([("a?", "yes"), ("b?", ""), ("c?", "no")])


@pytest.fixture
def exhibit(matter, alice, settings, tmp_path) -> Exhibit:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return hand_in(matter, "osier", "control", DATA, alice)


def acts(matter) -> list[str]:
    return list(matter.custody.order_by("number").values_list("act", flat=True))


def test_a_hold_is_issued_acknowledged_and_released_in_the_ledger(matter, alice, bob):
    hold = holds.issue(matter, "Letter of 3 May", by=alice)
    holds.acknowledge(hold, by=bob)
    holds.acknowledge(hold, by=bob)
    assert list(holds.standing(matter)) == [hold]
    holds.release(hold, "Settled", by=alice)
    holds.release(hold, "Settled twice", by=alice)
    assert acts(matter)[-3:] == ["held", "acknowledged", "released"]
    assert not holds.standing(matter).exists()
    assert custody.problems(matter) == []


def test_under_a_hold_nothing_is_withdrawn_or_erased(matter, alice, exhibit):
    hold = holds.issue(matter, "Letter of 3 May", by=alice)
    with pytest.raises(holds.HeldError, match="legal hold 1"):
        exhibits.withdraw(exhibit, "wrong", by=alice)
    with pytest.raises(holds.HeldError, match="erased"):
        erasure.erase(exhibit, "asked for", by=alice)
    holds.release(hold, "Settled", by=alice)
    erasure.erase(exhibit, "asked for", by=alice)
    assert acts(matter)[-3:] == ["released", "withdrawn", "erased"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_exhibit SET withdrawn_at = now()",
        "INSERT INTO cases_erasure (exhibit_id, reason, at, by_id) "  # noqa: ISC004 - one statement
        "SELECT id, 'x', now(), received_by_id FROM cases_exhibit",
        "DELETE FROM cases_exhibitkey",
        "DELETE FROM audit_exchange",
        "DELETE FROM audit_leftoutrecord",
        "UPDATE cases_hold SET reason = 'x'",
        "DELETE FROM cases_hold",
        "TRUNCATE cases_hold CASCADE",
    ],
)
def test_the_database_itself_refuses_under_a_hold(matter, alice, exhibit, change):
    holds.issue(matter, "Letter of 3 May", by=alice)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match=r"refused"), transaction.atomic():
        connection.cursor().execute(change)
    assert Exchange.objects.count() == 2


def test_a_vector_is_not_evicted_while_its_text_stands(matter, alice, exhibit):
    one = exhibit.source.exchanges.first()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_encoder (digest, identity) VALUES ('d', '{}')")
        cursor.execute("INSERT INTO audit_encodingway (digest, way) VALUES ('d', '{}')")
        cursor.execute(
            "INSERT INTO audit_embedding (encoder_id, text_key, vector, way_id)"
            " SELECT e.id, %s, '', w.id FROM audit_encoder e, audit_encodingway w",
            [one.answer_key],
        )
    with pytest.raises(DatabaseError, match="stands in an exhibit"), transaction.atomic():
        Embedding.objects.all().delete()
    erasure.erase(exhibit, "asked for", by=alice)
    assert not Embedding.objects.exists()


def test_erasure_destroys_key_bytes_and_texts_and_leaves_chain_and_root(matter, alice, exhibit):
    root, sha256 = exhibit.tree.root, exhibit.source.sha256
    erasure.erase(exhibit, "asked for by a person", by=alice)
    erasure.erase(exhibit, "asked for again", by=alice)
    assert not ExhibitKey.objects.exists()
    assert not Exchange.objects.exists()
    assert not store().has(sha256)
    exhibit.refresh_from_db()
    assert (exhibit.tree.root, exhibit.source.sha256) == (root, sha256)
    assert (exhibit.source.state, exhibit.source.taken) == (Source.State.ERASED, 2)
    assert exhibit.withdrawn_at is not None
    assert acts(matter).count("erased") == 1
    assert custody.problems(matter) == []


def test_what_another_matter_has_too_stays_until_it_is_erased_there(
    matter, mallory, alice, exhibit
):
    other = hand_in(mallory.memberships.get().matter, "osier", "control", DATA, mallory)
    hold = holds.issue(other.matter, "Letter of 3 May", by=mallory)
    erasure.erase(exhibit, "asked for", by=alice)
    assert store().has(exhibit.source.sha256)
    assert len(list(trees.leaves_of(other.source, trees.key_of(other)))) == 2
    holds.release(hold, "Settled", by=mallory)
    erasure.erase(other, "asked for", by=mallory)
    assert not store().has(exhibit.source.sha256)


def test_an_erased_file_that_is_handed_in_again_is_another_exhibit(matter, alice, exhibit):
    erasure.erase(exhibit, "asked for", by=alice)
    again = hand_in(matter, "osier", "control", DATA, alice)
    assert (again.label, again.source.state, again.tree.size) == ("B", Source.State.READ, 2)
    assert not ExhibitKey.objects.filter(exhibit=exhibit).exists()


def test_an_exhibit_of_an_unfinished_finding_is_not_erased(alice):
    matter, found = matter_with_exhibits(alice)
    findings.ask(matter, found, QUICK, by=alice)
    with pytest.raises(erasure.NotErasableError, match="Finding 1 over exhibit A"):
        erasure.erase(found[0], "asked for", by=alice)
    assert not Erasure.objects.exists()


def test_an_eviction_that_was_killed_is_taken_up(matter, alice, exhibit, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(erasure, "evict", lambda _source: None)
        erasure.erase(exhibit, "asked for", by=alice)
    assert list(erasure.due(9)) == [exhibit.source]
    store().remove(exhibit.source.sha256)
    assert evidence.check(lambda _found: None).problems == 0
    tidy()
    assert not store().has(exhibit.source.sha256)
    assert not erasure.due(9).exists()


@pytest.mark.parametrize(("on", "days", "left"), [(False, 9, 1), (True, 9, 0), (True, -1, 1)])
def test_retention_erases_past_the_day_and_only_where_it_is_on(
    matter, alice, exhibit, settings, on, days, left
):
    settings.RETENTION = on
    erasure.keep_until(matter, timezone.now().date() - timedelta(days=days), by=alice)
    retain()
    assert ExhibitKey.objects.count() == left


def test_a_hold_overrides_retention(matter, alice, exhibit, settings):
    settings.RETENTION = True
    erasure.keep_until(matter, date(2020, 1, 1), by=alice)
    holds.issue(matter, "Letter of 3 May", by=alice)
    retain()
    assert ExhibitKey.objects.count() == 1
    assert acts(matter)[-2:] == ["retention", "held"]


def test_a_withdrawn_exhibit_is_not_put_back_nor_another_made_of_it(matter, alice, exhibit):
    exhibits.withdraw(exhibit, "wrong", by=alice)
    for change in ({"withdrawn_at": None}, {"role": "teacher"}, {"model_name": "x"}):
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            Exhibit.objects.update(**change)
    assert Finding.objects.count() == 0
