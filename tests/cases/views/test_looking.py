"""What is only looked at, or refused, stands in the ledger of its matter too."""

import pytest

from audit.analysis.errors import TouchstoneError
from audit.models import Job
from audit.services import jobs
from cases.models import CustodyEntry
from cases.services import custody, findings
from tests.making import matter_with_exhibits

pytestmark = pytest.mark.django_db


def get(client, user, path):
    client.force_login(user)
    return client.get(path)


def acts(matter, *wanted):
    entries = matter.custody.filter(act__in=wanted).order_by("number")
    return [(one.actor, one.act, one.facts) for one in entries]


def test_records_and_pairs_are_entered_with_who_saw_them_and_how(client, bob, finding):
    matter = finding.matter
    for page in ("exhibits/1/", "exhibits/1/?taken=2", "exhibits/2/", "findings/1/pairs/"):
        assert get(client, bob, f"/matters/{matter.pk}/{page}").status_code == 200
    assert acts(matter, "records", "pairs") == [
        ("bob", "records", {"exhibit": "A"}),
        ("bob", "records", {"exhibit": "B"}),
        ("bob", "pairs", {"finding": 1, "teacher": "B"}),
    ]
    assert {one.way for one in matter.custody.filter(actor="bob")} == {"page"}


def test_a_stranger_gets_404_and_an_entry_a_minute_at_most(client, mallory, finding, bob):
    matter = finding.matter
    for page in ("", "custody/", "exhibits/1/", "findings/1/results.json", "no/such/page"):
        assert get(client, mallory, f"/matters/{matter.pk}/{page}").status_code == 404
    assert get(client, bob, f"/matters/{matter.pk}/exhibits/99/").status_code == 404
    assert acts(matter, "refused") == [("mallory", "refused", {"path": f"/matters/{matter.pk}/"})]
    assert get(client, mallory, "/matters/999999/").status_code == 404
    assert CustodyEntry.objects.filter(act="refused").count() == 1
    assert custody.problems(matter) == []


def test_the_timeline_says_in_words_what_was_looked_at(client, alice, mallory, finding):
    matter = finding.matter
    for page in ("exhibits/1/", "findings/1/pairs/"):
        get(client, alice, f"/matters/{matter.pk}/{page}")
    get(client, mallory, f"/matters/{matter.pk}/people/")
    page = get(client, alice, f"/matters/{matter.pk}/custody/").content.decode()
    for words in (
        "Records of exhibit A looked at",
        "Matched pairs of finding 1 with exhibit B looked at",
        "Access refused",
        f"/matters/{matter.pk}/people/",
        "on a page",
        "The chain holds",
    ):
        assert words in page


def test_the_timeline_asks_the_database_equally_often_however_long(
    client, alice, matter, django_assert_max_num_queries
):
    for number in range(60):
        custody.record(matter, "note", {"n": number}, by=alice)
    client.force_login(alice)
    with django_assert_max_num_queries(9):
        assert client.get(f"/matters/{matter.pk}/custody/").status_code == 200


def test_a_step_that_fails_is_entered_with_its_reason(alice):
    matter, exhibits = matter_with_exhibits(alice)
    finding = findings.ask(matter, exhibits, findings.Parameters(), by=alice)
    told = findings.tell_failure(finding, Job.Kind.AUDIT, by=alice)
    job = jobs.claim(Job.Kind.AUDIT, finding.pk, told)
    with pytest.raises(TouchstoneError), jobs.held(job, told):
        raise TouchstoneError("The vectors are gone.")
    facts = {"finding": 1, "step": "computing the statistics", "problem": "The vectors are gone."}
    assert acts(matter, "failed") == [("alice", "failed", facts)]
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
