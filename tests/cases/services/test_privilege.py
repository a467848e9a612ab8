"""The privilege log: a working list, versions of it, and what the ledger is told."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from audit.services.sources import store
from cases.models import Matter, PrivilegeEntry, PrivilegeLog, Redaction
from cases.rules.designations import ATTORNEYS_EYES_ONLY
from cases.services import custody, designations, evidence, privilege
from cases.services.privilege import PrivilegeLogError

pytestmark = pytest.mark.django_db
SAID = {
    "date": "2026-05-03", "kind": "email", "author": "A. Author", "recipients": "R. One",
    "custodian": "C. Keeper", "pages": "X00001-X00002", "treatment": "withheld",
    "basis": "attorney-client privilege", "category": "advice",
    "description": "Email asking counsel for advice on the zebra contract.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def kept(settings, tmp_path) -> None:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()


def add(matter, by, **changes) -> PrivilegeEntry:
    return privilege.add(matter, SAID | changes, by=by)


def read(sha256: str) -> bytes:
    with store().open(sha256) as stream:
        return stream.read()


def test_the_list_is_written_and_the_ledger_is_told_that_and_never_what(matter, alice, bob):
    one = add(matter, alice)
    privilege.change(one, SAID | {"author": "B. Other"}, by=alice)
    privilege.change(one, SAID | {"author": "B. Other"}, by=alice)
    privilege.remove(one, by=alice)
    privilege.remove(one, by=alice)
    told = list(matter.custody.filter(act="log entry").order_by("number"))
    assert [row.facts for row in told] == [
        {"entry": 1, "change": "added"},
        {"entry": 1, "change": "changed"},
        {"entry": 1, "change": "removed"},
    ]
    assert "zebra" not in json.dumps(list(matter.custody.values_list("facts", flat=True)))
    assert not privilege.entries_of(matter).exists()
    assert add(matter, alice).number == 2
    with pytest.raises(PrivilegeLogError, match="taken off meanwhile"):
        privilege.change(one, SAID, by=alice)
    assert custody.problems(matter) == []


def test_versions_stay_and_tell_what_changed(matter, alice):
    first, second, third = (add(matter, alice, pages=f"X{number}") for number in range(3))
    one = privilege.issue(matter, "itemised", by=alice)
    before = read(one.json_sha256), read(one.pdf_sha256), read(one.csv_sha256)
    privilege.change(second, SAID | {"pages": "X1", "basis": "work product"}, by=alice)
    privilege.remove(third, by=alice)
    add(matter, alice, kind="memorandum")
    two = privilege.issue(matter, "itemised", by=alice)
    assert privilege.changes(one) is None
    found = {(change.what, change.name): change for change in privilege.changes(two)}
    assert set(found) == {("added", "4"), ("removed", "3"), ("changed", "2")}
    assert found["changed", "2"].fields == [("Basis", SAID["basis"], "work product")]
    assert ("Type", "memorandum") in found["added", "4"].row
    assert (read(one.json_sha256), read(one.pdf_sha256), read(one.csv_sha256)) == before
    entry = matter.custody.last()
    assert entry.act == "log issued"
    assert entry.facts == {
        "log": 2, "entries": 3, "pdf": two.pdf_sha256, "json": two.json_sha256,
        "csv": two.csv_sha256,
    }  # fmt: skip
    assert first.number == 1


def test_another_mode_is_not_held_against_the_one_before(matter, alice):
    add(matter, alice)
    privilege.issue(matter, "itemised", by=alice)
    two = privilege.issue(matter, "categorical", by=alice)
    assert privilege.changes(two) is None
    add(matter, alice)
    three = privilege.issue(matter, "categorical", by=alice)
    (changed,) = privilege.changes(three)
    assert (changed.what, changed.name, changed.fields) == (
        "changed",
        "advice",
        [("Documents", "1", "2")],
    )


def test_an_empty_list_and_one_without_categories_are_refused_in_words(matter, alice):
    with pytest.raises(PrivilegeLogError, match="Add an entry"):
        privilege.issue(matter, "itemised", by=alice)
    add(matter, alice, category="")
    with pytest.raises(PrivilegeLogError, match="Entry 1 has no category"):
        privilege.issue(matter, "categorical", by=alice)
    assert not PrivilegeLog.objects.exists()


def test_a_full_list_is_refused(matter, alice, monkeypatch):
    monkeypatch.setattr(privilege, "MOST", 1)
    add(matter, alice)
    with pytest.raises(PrivilegeLogError, match="as many as it can"):
        add(matter, alice)


def test_the_order_stands_on_the_versions_after_it(matter, alice):
    privilege.name_order(matter, "Order of 3 May 2026", by=alice)
    privilege.name_order(matter, "Order of 3 May 2026", by=alice)
    assert matter.custody.filter(act="order").count() == 1
    assert Matter.objects.get(pk=matter.pk).order_502d == "Order of 3 May 2026"
    add(matter, alice)
    issued = privilege.issue(matter, "itemised", by=alice)
    said = json.loads(read(issued.json_sha256))["matter"]["order_502d"]
    assert said == "Order of 3 May 2026"


def redaction(finding, by) -> Redaction:
    return Redaction.objects.create(
        finding=finding, number=1, pages=3, made_by=by,
        grounds=[{"number": 1, "ground": "Order 7(b)", "places": 2}],
        origin_sha256="a" * 64, origin_results_sha256="b" * 64,
        pdf_sha256="c" * 64, results_sha256="d" * 64,
    )  # fmt: skip


def test_a_redacted_report_is_added_once_and_gives_the_log_its_mark(finding, exhibits, alice):
    made = redaction(finding, alice)
    added = privilege.add_redaction(made, by=alice)
    assert privilege.add_redaction(made, by=alice) == added
    assert (added.treatment, added.basis, added.redaction) == ("redacted", "Order 7(b)", made)
    designations.designate(exhibits[0], ATTORNEYS_EYES_ONLY, "", by=alice)
    issued = privilege.issue(finding.matter, "itemised", by=alice)
    assert issued.designation == ATTORNEYS_EYES_ONLY


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE cases_privilegelog SET mode = 'categorical'", "refused"),
        ("UPDATE cases_privilegelog SET pdf_sha256 = repeat('0', 64)", "refused"),
        ("DELETE FROM cases_privilegelog", "refused"),
        ("TRUNCATE cases_privilegelog", "refused"),
        ("DELETE FROM cases_privilegeentry", "refused"),
        ("TRUNCATE cases_privilegeentry", "refused"),
        ("UPDATE cases_privilegeentry SET number = 9", "refused"),
        ("UPDATE cases_privilegeentry SET basis = ''", "makes_its_claim"),
        ("UPDATE cases_privilegeentry SET treatment = 'hidden'", "withheld_or_redacted"),
    ],
)
def test_the_database_itself_keeps_versions_and_numbers(matter, alice, change, said):
    add(matter, alice)
    privilege.issue(matter, "itemised", by=alice)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        connection.cursor().execute(change)


def test_the_sweep_misses_a_version_that_is_gone(matter, alice):
    add(matter, alice)
    issued = privilege.issue(matter, "itemised", by=alice)
    store().remove(issued.csv_sha256)
    found = []
    evidence.check(found.append)
    assert [one for one in map(str, found) if "the table of privilege log 1" in one] != []
    assert [one for one in map(str, found) if issued.pdf_sha256 in one] == []
