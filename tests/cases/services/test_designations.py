"""Designations of exhibits, and of everything that rests on them."""

import io
import json
from pathlib import Path

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from audit.services.sources import store
from cases.models import Designation
from cases.rules.designations import ATTORNEYS_EYES_ONLY, CONFIDENTIAL, NONE, ORDER, SOURCE_CODE
from cases.services import bundles, custody, designations, evidence, exhibits, reports
from cases.services.designations import DesignationRefusedError
from cases.services.exhibits import Deposit
from tests import cast
from tests.cases.reports import specimen
from tests.making import alpaca, past_the_triggers

pytestmark = pytest.mark.django_db


def designate(exhibit, mark, reason="", *, by):
    designations.designate(exhibit, mark, reason, by=by)


def test_nobody_designated_an_exhibit_until_somebody_did(exhibits, alice):
    assert designations.of_exhibit(exhibits[0]) == NONE
    designate(exhibits[0], NONE, by=alice)
    assert not Designation.objects.exists()
    designate(exhibits[0], CONFIDENTIAL, by=alice)
    designate(exhibits[0], CONFIDENTIAL, "again", by=alice)
    assert Designation.objects.get().number == 1
    assert designations.of_exhibit(exhibits[0]) == CONFIDENTIAL
    assert designations.of_exhibit(exhibits[1]) == NONE


def test_raising_is_free_and_lowering_says_why_in_the_ledger(matter, exhibits, alice):
    one = exhibits[0]
    designate(one, SOURCE_CODE, by=alice)
    for reason in ("", "  "):
        with pytest.raises(DesignationRefusedError, match=r"Exhibit A is SOURCE CODE.*the reason"):
            designate(one, CONFIDENTIAL, reason, by=alice)
    designate(one, CONFIDENTIAL, "Stipulation of 3 May", by=alice)
    last = matter.custody.last()
    assert (last.act, last.facts["reason"]) == ("lowered", "Stipulation of 3 May")
    assert (last.facts["mark"], last.facts["mark_before"]) == (CONFIDENTIAL, SOURCE_CODE)
    assert [row.mark for row in one.designations.all()] == [CONFIDENTIAL, SOURCE_CODE]
    assert custody.problems(matter) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE cases_designation SET mark = ''", "refused"),
        ("UPDATE cases_designation SET reason = 'x'", "refused"),
        ("DELETE FROM cases_designation", "refused"),
        ("TRUNCATE cases_designation", "refused"),
        ("{} VALUES (%(exhibit)s, 2, 'SECRET', 'x', now(), %(by)s)", "one_of_the_list"),
        ("{} VALUES (%(exhibit)s, 2, 'confidential', 'x', now(), %(by)s)", "one_of_the_list"),
        ("{} VALUES (%(exhibit)s, 2, NULL, 'x', now(), %(by)s)", "null"),
        ("{} VALUES (%(exhibit)s, 2, 'CONFIDENTIAL', '', now(), %(by)s)", "without a reason"),
        ("{} VALUES (%(exhibit)s, 2, '', '  ', now(), %(by)s)", "without a reason"),
        ("{} VALUES (%(exhibit)s, 1, 'CONFIDENTIAL', 'x', now(), %(by)s)", "does not follow"),
        ("{} VALUES (%(exhibit)s, 9, 'SOURCE CODE', '', now(), %(by)s)", "does not follow"),
        ("{} VALUES (%(exhibit)s, 0, 'CONFIDENTIAL', 'x', now(), %(by)s)", "does not follow"),
    ],
)
def test_the_database_itself_keeps_the_list_and_the_history(exhibits, alice, statement, said):
    designate(exhibits[0], ATTORNEYS_EYES_ONLY, by=alice)
    insert = "INSERT INTO cases_designation (exhibit_id, number, mark, reason, at, by_id)"
    named = {"exhibit": exhibits[0].pk, "by": alice.pk}
    connection.check_constraints()
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        connection.cursor().execute(statement.format(insert), named)
    assert designations.of_exhibit(exhibits[0]) == ATTORNEYS_EYES_ONLY


def test_the_sweep_finds_a_history_that_was_cut_or_lengthened(matter, exhibits, alice):
    designate(exhibits[0], CONFIDENTIAL, by=alice)
    designate(exhibits[0], SOURCE_CODE, by=alice)
    assert of_designations() == []
    with past_the_triggers():
        Designation.objects.filter(number=2).delete()
        Designation.objects.filter(number=1).update(mark="")
        Designation.objects.create(exhibit=exhibits[1], number=1, mark=SOURCE_CODE, by=alice)
    assert of_designations() == [
        "designation 1 of exhibit A: Its mark is not what was entered into the ledger.",
        "designation 1 of exhibit B: There is no entry in the ledger for it.",
        "designation 2 of exhibit A: It was entered into the ledger and its row is gone.",
    ]


def of_designations() -> list[str]:
    found = []
    evidence.check(found.append)
    said = [f"{one.where.partition(', ')[2]}: {one.what}" for one in found]
    return sorted(one for one in said if one.startswith("designation"))


def test_no_table_of_a_session_stands_before_the_history(exhibits, alice):
    designate(exhibits[0], SOURCE_CODE, by=alice)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE cases_designation (LIKE public.cases_designation)")
        with pytest.raises(DatabaseError, match="without a reason"), transaction.atomic():
            cursor.execute(
                "INSERT INTO public.cases_designation"
                " (exhibit_id, number, mark, reason, at, by_id) VALUES (%s, 2, '', '', now(), %s)",
                [exhibits[0].pk, alice.pk],
            )
        cursor.execute("DROP TABLE pg_temp.cases_designation")
    assert designations.of_exhibit(exhibits[0]) == SOURCE_CODE


def test_a_finding_bears_the_highest_mark_of_its_plan_whenever_it_is_asked(
    finding, exhibits, alice
):
    assert designations.of_finding(finding) == NONE
    for exhibit, mark in zip(exhibits[2:], ORDER[1:], strict=False):
        designate(exhibit, mark, by=alice)
        assert designations.of_finding(finding) == mark
    designate(exhibits[4], NONE, "Order of 3 May", by=alice)
    assert designations.of_finding(finding) == ATTORNEYS_EYES_ONLY


def test_what_is_not_in_the_plan_and_what_is_in_another_matter_does_not_count(
    finding, exhibits, alice, mallory
):
    other = cast.hand_in(finding.matter, "control", "osier-8", ["x"], by=alice)
    designate(other, SOURCE_CODE, by=alice)
    theirs = cast.fill(mallory.memberships.get().matter, by=mallory)
    designate(theirs[0], SOURCE_CODE, by=mallory)
    assert designations.of_finding(finding) == NONE
    assert designations.of_matter(finding.matter) == SOURCE_CODE


def test_a_withdrawn_exhibit_of_the_plan_still_counts(finding, exhibits, alice):
    designate(exhibits[1], CONFIDENTIAL, by=alice)
    withdrawn = finding.matter.exhibits.select_related("source", "matter").get(number=2)
    withdraw(withdrawn, by=alice)
    assert designations.of_finding(finding) == CONFIDENTIAL


def withdraw(exhibit, *, by):
    exhibits.withdraw(exhibit, "wrong file", by=by)


def test_an_exhibit_is_designated_as_it_is_received(matter, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    deposit = Deposit("a.json", "control", "osier", "the claimant", ATTORNEYS_EYES_ONLY)
    received = exhibits.receive(matter, [alpaca([("a?", "yes")])], deposit, by=alice)
    assert designations.of_exhibit(received) == ATTORNEYS_EYES_ONLY
    assert [one.act for one in matter.custody.order_by("-number")[:2]] == [
        "designated",
        "received",
    ]


@pytest.fixture
def kept(settings, tmp_path: Path) -> None:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()


def test_report_and_results_bear_the_mark_on_every_page(kept, finding, exhibits, alice):
    finding.run.environment = specimen._environment()
    designate(exhibits[3], ATTORNEYS_EYES_ONLY, by=alice)
    report = reports.issue(finding, by=alice)
    with store().open(report.results_sha256) as stream:
        document = json.load(stream)
    assert document["designation"] == report.designation == ATTORNEYS_EYES_ONLY
    assert len(document["salt"]) == 32
    with store().open(report.pdf_sha256) as stream:
        pages = pypdf.PdfReader(io.BytesIO(stream.read())).pages
    read = ["".join(one.extract_text().split()) for one in pages]
    stamp = "HIGHLYCONFIDENTIAL-ATTORNEYS"
    assert [one for one in read if stamp not in one] == []


@pytest.mark.django_db(transaction=True)
def test_a_bundle_says_the_mark_in_its_index_its_readme_and_of_each_exhibit(
    kept, matter, alice, tmp_path
):
    deposit = Deposit("a.json", "control", "osier", "the claimant", CONFIDENTIAL)
    received = exhibits.receive(matter, [alpaca([("a?", "yes")])], deposit, by=alice)
    exhibits.read(received, by=alice)
    place = bundles.write(matter, tmp_path / "bundle", say=str, by=alice).place
    assert json.loads((place / "data/bundle.json").read_text())["designation"] == CONFIDENTIAL
    assert "designated CONFIDENTIAL: handle the whole folder" in (place / "README.txt").read_text()
    told = json.loads((place / "data/exhibits/A/exhibit.json").read_text())["designations"]
    assert [(one["number"], one["mark"], one["by"]) for one in told] == [
        (1, CONFIDENTIAL, "alice")
    ]
