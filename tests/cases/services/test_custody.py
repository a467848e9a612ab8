from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import InternalError, connection, connections, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from audit.analysis.custody import ledger as rule
from audit.analysis.digests import digest_of
from cases.models import CustodyEntry, Matter
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
    "change",
    [
        "UPDATE cases_custodyentry SET act = 'x'",
        "DELETE FROM cases_custodyentry",
        "TRUNCATE cases_custodyentry",
        "TRUNCATE cases_report",
        "TRUNCATE cases_matter CASCADE",
    ],
)
def test_an_entry_can_be_neither_changed_nor_removed(matter, change):
    connection.check_constraints()  # nothing pending, for which a truncation is refused anyway
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


@pytest.mark.parametrize(
    "table", ["audit_run", "audit_runinput", "audit_nearmatching", "audit_source CASCADE"]
)
def test_what_is_sealed_is_not_emptied(matter, table):
    with pytest.raises(DatabaseError, match="TRUNCATE of what is sealed"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table}" + ("" if " " in table else " CASCADE"))


def test_looking_again_within_the_hour_makes_no_entry(matter, monkeypatch):
    alice, facts = matter.opened_by, {"exhibit": "A"}
    for _ in range(3):
        custody.record_reading(matter, "records", facts, by=alice)
    custody.record_reading(matter, "records", {"exhibit": "B"}, by=alice)
    assert [one.facts["exhibit"] for one in matter.custody.filter(act="records")] == ["A", "B"]
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    custody.record_reading(matter, "records", facts, by=alice)
    assert matter.custody.filter(act="records").count() == 3
    assert custody.problems(matter) == []


def test_a_standby_can_be_looked_at(matter, caplog):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        custody.record_reading(matter, "records", {"exhibit": "A"}, by=matter.opened_by)
        assert "takes no writes" in caplog.text
        with pytest.raises(InternalError), transaction.atomic():
            custody.record(matter, "note", {}, by=matter.opened_by)
    assert [one.act for one in matter.custody.all()] == ["opened"]


def test_an_entry_of_an_earlier_version_still_holds(matter):
    custody.record(matter, "note", {}, by=matter.opened_by)
    first, second = matter.custody.all()
    assert second.way == "command line"
    sealed = {"matter": matter.pk, "number": 3, "actor": "alice", "act": "note", "facts": {}}
    sealed |= {"at": "2026-01-02T03:04:05.000000+00:00", "previous": second.seal}
    CustodyEntry.objects.create(**sealed | {"matter": matter}, seal=digest_of(sealed))
    assert custody.problems(matter) == []
    assert first.seal == second.previous


def write(number: int, shared: Matter, others: list[Matter]) -> None:
    """Write three times into the shared matter and into others, on a connection of its own."""
    try:
        for turn in range(3):
            for one in (shared, others[(number + turn) % len(others)]):
                with transaction.atomic():
                    facts = {"writer": number, "turn": turn}
                    custody.record(one, "note", facts, by=shared.opened_by)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_at_once_make_one_chain_a_matter(matter):
    others = [
        matters.open_matter(f"Other {number}", "Was it?", by=matter.opened_by)
        for number in range(3)
    ]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(partial(write, shared=matter, others=others), range(16)))
    assert [one.number for one in matter.custody.order_by("number")] == list(range(1, 50))
    assert sum(one.custody.count() for one in others) == 3 + 48
    assert [custody.problems(one) for one in (matter, *others)] == [[]] * 4
    written = [(one.facts["writer"], one.facts["turn"]) for one in matter.custody.all()[1:]]
    assert sorted(written) == [(number, turn) for number in range(16) for turn in range(3)]


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
