import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from cases.models import CustodyEntry
from cases.rules import custody as rule
from cases.services import custody, matters

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(django_user_model):
    alice = django_user_model.objects.create_user("alice")
    return matters.open_matter("Orchard v. Harbour", "Was it?", by=alice)


def test_the_chain_holds_over_every_act(matter):
    alice = matter.opened_by
    for number in range(5):
        custody.record(matter, "note", {"n": number, "text": "naïve 例"}, by=alice)
    entries = list(matter.custody.order_by("number"))
    assert [one.number for one in entries] == [1, 2, 3, 4, 5, 6]
    assert [one.previous for one in entries[1:]] == [one.seal for one in entries[:-1]]
    assert entries[0].previous == rule.START
    assert custody.problems(matter) == []


@pytest.mark.parametrize(
    "change", ["UPDATE cases_custodyentry SET act = 'x'", "DELETE FROM cases_custodyentry"]
)
def test_an_entry_can_be_neither_changed_nor_removed(matter, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)
    assert matter.custody.count() == 1


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE cases_custodyentry SET actor = 'bob' WHERE number = 2",
            "Entry 2 is not what was sealed.",
        ),
        ("DELETE FROM cases_custodyentry WHERE number = 2", "Entry 2 is missing"),
        (
            "UPDATE cases_custodyentry SET previous = repeat('a', 64) WHERE number = 3",
            "Entry 3 is not sealed onto",
        ),
    ],
)
def test_whoever_gets_past_the_trigger_is_found_out(matter, change, found):
    for number in range(3):
        custody.record(matter, "note", {"n": number}, by=matter.opened_by)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute(change)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
    assert any(found in problem for problem in custody.problems(matter))


def test_an_act_that_fails_leaves_no_entry(matter, monkeypatch):
    monkeypatch.setattr(custody, "record", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        matters.party(matter, "the claimant", by=matter.opened_by)
    assert not matter.parties.exists()
    assert matter.custody.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_at_once_make_one_chain(matter):
    alice = matter.opened_by
    errors = []

    def write(number):
        try:
            for turn in range(3):
                with transaction.atomic():
                    custody.record(matter, "note", {"writer": number, "turn": turn}, by=alice)
        except DatabaseError as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert CustodyEntry.objects.filter(matter=matter).count() == 49
    assert custody.problems(matter) == []


def test_a_piece_of_the_chain_can_be_checked_alone(matter):
    for number in range(5):
        custody.record(matter, "note", {"n": number}, by=matter.opened_by)
    assert custody.problems_from(matter, 3, 5) == []
    assert custody.problems_from(matter, 1, 2) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute("UPDATE cases_custodyentry SET actor = 'bob' WHERE number = 4")
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
    assert custody.problems_from(matter, 1, 3) == []
    assert custody.problems_from(matter, 4, 4) == ["Entry 4 is not what was sealed."]
