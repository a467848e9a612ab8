"""Pages of checkpoints, holds, retention, erasure, certification and the state of the site."""

import pytest
from django.urls import reverse

from cases.models import Exhibit
from cases.services import certifications, checkpoints, erasure, evidence, holds
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.making import alpaca, hand_in, past_the_triggers

pytestmark = pytest.mark.django_db
READ = ("checkpoints", "keeping", "certifications")
DATA = alpaca([("a?", "yes"), ("b?", "no")])


@pytest.fixture
def exhibit(matter, alice, settings, tmp_path) -> Exhibit:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return hand_in(matter, "osier", "control", DATA, alice)


def open_page(client, user, url: str) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def press(client, user, url: str, data: dict | None = None):
    client.force_login(user)
    return client.post(url, data or {}, follow=True)


@pytest.mark.parametrize("name", READ)
def test_who_may_read_opens_the_page_and_a_stranger_is_not_told_of_it(
    client, alice, bob, mallory, matter, exhibit, name
):
    checkpoints.cover(matter)
    url = reverse(name, args=[matter.pk])
    for person in (alice, bob):
        page = open_page(client, person, url)
        assert page.count("<h1") == 1
    client.force_login(mallory)
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url)["Location"] == f"/login/?next={url}"


ACTS = {
    "keeping/holds/": {"reason": "x"},
    "keeping/holds/1/release/": {"reason": "x"},
    "keeping/until/": {"day": "2031-01-01"},
    "certifications/": {"name": "x", "capacity": "y", "relation": "z"},
    "exhibits/1/erase/": {"reason": "x", "label": "A"},
}


@pytest.mark.parametrize(("path", "data"), ACTS.items())
def test_who_may_not_act_changes_nothing(client, alice, bob, mallory, matter, exhibit, path, data):
    holds.issue(matter, "Letter of 3 May", by=alice)
    before = matter.custody.exclude(act="refused").count()
    for person in (bob, mallory):
        answer = press(client, person, f"/matters/{matter.pk}/{path}", data)
        assert answer.status_code == 404
    assert matter.custody.exclude(act="refused").count() == before
    assert matter.custody.filter(act="refused").count() == 2


def test_a_hold_is_issued_seen_acknowledged_by_a_viewer_and_released(
    client, alice, bob, matter, exhibit
):
    url = f"/matters/{matter.pk}/keeping/"
    page = press(client, alice, f"{url}holds/", {"reason": "Letter <b>of 3 May"}).content.decode()
    assert "Hold 1, standing" in page
    assert "Letter &lt;b&gt;of 3 May" in page
    assert "Legal hold 1" in open_page(client, bob, f"/matters/{matter.pk}/")
    assert "Withdraw this" not in open_page(client, alice, f"/matters/{matter.pk}/exhibits/1/")
    press(client, bob, f"{url}holds/1/acknowledge/")
    answer = press(client, alice, f"/matters/{matter.pk}/exhibits/1/withdraw/", {"reason": "x"})
    assert "under legal hold 1: nothing in it can be withdrawn" in answer.content.decode()
    page = press(client, alice, f"{url}holds/1/release/", {"reason": "Settled"}).content.decode()
    assert "Hold 1, released" in page
    acts = matter.custody.exclude(act="records").order_by("number").values_list("act", "actor")
    assert list(acts)[-3:] == [("held", "alice"), ("acknowledged", "bob"), ("released", "alice")]


def test_a_hold_without_a_reason_is_answered_in_words(client, alice, matter):
    answer = press(client, alice, f"/matters/{matter.pk}/keeping/holds/", {"reason": " "})
    assert "No hold was issued: give a reason" in answer.content.decode()
    assert not matter.holds.exists()
    assert (
        press(client, alice, f"/matters/{matter.pk}/keeping/holds/9/release/").status_code != 500
    )


def test_the_day_of_retention_is_set_and_said(client, alice, matter):
    url = f"/matters/{matter.pk}/keeping/until/"
    page = press(client, alice, url, {"day": "2031-12-31"}).content.decode()
    assert "kept until the end of 2031-12-31" in page
    assert "the setting <code>RETENTION</code> is off" in page
    assert "give a day" in press(client, alice, url, {"day": "soon"}).content.decode()


def test_an_erasure_says_what_goes_and_what_stays_and_asks_for_the_label(
    client, alice, bob, matter, exhibit
):
    url = f"/matters/{matter.pk}/exhibits/1/erase/"
    assert "the bytes of the file" in open_page(client, alice, url)
    wrong = press(client, alice, url, {"reason": "asked for", "label": "B"})
    assert wrong.status_code == 422
    assert "This is exhibit A." in wrong.content.decode()
    page = press(client, alice, url, {"reason": "asked for", "label": "a"}).content.decode()
    assert "Its bytes and texts are gone" in page
    assert "All were erased." in page
    assert "<td>erased" in open_page(client, bob, f"/matters/{matter.pk}/")
    assert open_page(client, bob, f"/matters/{matter.pk}/custody/").count("asked for") == 1


def test_an_erasure_under_a_hold_is_refused_in_words(client, alice, matter, exhibit):
    holds.issue(matter, "Letter of 3 May", by=alice)
    url = f"/matters/{matter.pk}/exhibits/1/erase/"
    answer = press(client, alice, url, {"reason": "asked for", "label": "A"})
    assert (answer.status_code, exhibit.source.exchanges.count()) == (422, 2)
    page = answer.content.decode()
    assert "Nothing in this matter can be withdrawn or erased" in page
    assert "for good" not in page


def test_a_certification_is_asked_for_and_its_record_shows_both_digests(
    client, alice, bob, mallory, matter, exhibit
):
    url = f"/matters/{matter.pk}/certifications/"
    given = {"name": "Ann Other", "capacity": "Examiner", "relation": "none"}
    given |= {"exhibits": [exhibit.pk]}
    page = press(client, alice, url, given).content.decode()
    assert "The bytes are being read" in page
    asked = matter.certifications.get()
    certify(asked.pk)
    page = open_page(client, bob, f"{url}1/")
    assert "Every recomputed digest is identical" in page
    assert page.count(exhibit.source.sha256) == 2
    assert "hx-get" not in page
    client.force_login(mallory)
    assert client.get(f"{url}1/").status_code == 404
    timeline = open_page(client, bob, f"/matters/{matter.pk}/custody/")
    assert "Certification 1 carried out" in timeline
    assert "Exhibit A, recomputed" in timeline


def test_a_digest_that_differs_is_said_first(client, alice, matter, exhibit):
    asked = certifications.ask(matter, [exhibit], Certifier("Ann", "Examiner"), by=alice)
    certify(asked.pk)
    with past_the_triggers():
        asked.exhibits.update(recorded="a" * 64)
    page = open_page(client, alice, f"/matters/{matter.pk}/certifications/1/")
    assert "1 of the exhibits is missing, or not what was received" in page
    client.force_login(alice)
    assert client.get(f"/matters/{matter.pk}/certifications/9/").status_code == 404


def test_the_state_of_the_site_is_for_its_staff(client, alice, bob, matter, exhibit, settings):
    client.force_login(bob)
    assert client.get("/status/").status_code == 404
    client.logout()
    assert client.get("/status/")["Location"] == "/login/?next=/status/"
    alice.is_staff = True
    alice.save()
    page = open_page(client, alice, "/status/")
    assert "have not been looked through yet" in page
    assert "<strong>None is named.</strong>" in page
    settings.TIMESTAMP_URLS = ["https://stamps.example/"]
    erasure.erase(exhibit, "asked for", by=alice)
    with past_the_triggers():
        matter.custody.filter(number=2).update(actor="bob")
    evidence.check(lambda _found: None)
    page = open_page(client, alice, "/status/")
    assert "1 thing is not as it was left" in page
    assert "Entry 2 is not what was sealed." in page
    assert "https://stamps.example/" in page


def test_a_matter_says_that_nobody_outside_vouches_for_it(client, alice, matter, settings):
    said = "No independent time-stamp"
    for path in ("", "checkpoints/"):
        assert said in open_page(client, alice, f"/matters/{matter.pk}/{path}")


def test_another_plan_asks_which_it_follows_and_why(client, alice, finding):
    url = f"/matters/{finding.matter_id}/findings/new/"
    page = open_page(client, alice, url)
    assert "Which plan does this one follow?" in page
    chosen = {role: [] for role in ("teacher", "control")}
    for one in finding.matter.exhibits.exclude(role="suspect"):
        chosen[one.role].append(one.pk)
    data = {
        "suspect": finding.matter.exhibits.get(role="suspect").pk,
        "seed": 2,
        "prompts": "same",
    }
    data |= {"teachers": chosen["teacher"], "controls": chosen["control"]}
    assert press(client, alice, url, data).status_code == 422
    data |= {"follows": finding.pk, "why": "another seed was asked for"}
    page = press(client, alice, url, data).content.decode()
    assert "It follows the plan of" in page
    assert "another seed was asked for" in page
    entry = finding.matter.custody.filter(act="planned").last()
    assert (entry.facts["follows"], entry.facts["plan_before"]) == (1, finding.run.plan_digest)
