"""Asking for findings to be certified, and taking draft certificates away."""

import pytest
from django.contrib.messages import get_messages

from cases.services import certifications
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.browser import serious_violations
from tests.making import alpaca, hand_in, past_the_triggers

ANN = {"name": "Ann Other", "capacity": "Examiner", "relation": "none"}


@pytest.fixture
def exhibit(matter, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return hand_in(matter, "osier", "control", alpaca([("a?", "b")]), alice)


def done(matter, exhibits, by):
    asked = certifications.ask(matter, exhibits, Certifier(*ANN.values()), by=by)
    certify(asked.pk)
    return asked


@pytest.mark.django_db
def test_a_finding_is_chosen_beside_exhibits(client, alice, finding):
    client.force_login(alice)
    url = f"/matters/{finding.matter_id}/certifications/"
    assert "Finding 1" in client.get(url).content.decode()
    nothing = client.post(url, ANN)
    assert (nothing.status_code, finding.matter.certifications.count()) == (422, 0)
    assert "Nothing is chosen. Choose an exhibit or a finding." in nothing.content.decode()
    client.post(url, ANN | {"findings": [finding.pk]})
    asked = finding.matter.certifications.get()
    assert (asked.relation, asked.findings.get().recorded) == ("none", finding.run.result_digest)
    entry = finding.matter.custody.get(act="certifying")
    assert (entry.facts["exhibits"], entry.facts["findings"]) == ([], [1])
    certify(asked.pk)
    page = client.get(f"{url}1/").content.decode()
    assert "1 of the results did not come out again" in page
    assert "None is offered: No exhibit was certified, only findings." in page
    assert "draft-902-13.pdf" not in page


@pytest.mark.django_db
def test_a_draft_is_handed_to_who_may_act_and_entered(client, alice, bob, mallory, exhibit):
    matter = exhibit.matter
    done(matter, [exhibit], alice)
    url = f"/matters/{matter.pk}/certifications/1/"
    client.force_login(alice)
    assert "draft-902-14.pdf" in client.get(url).content.decode()
    answer = client.get(f"{url}draft-902-14.pdf")
    assert answer.content[:5] == b"%PDF-"
    assert "certification-1-draft-902-14.pdf" in answer["Content-Disposition"]
    assert matter.custody.filter(act="certificate drafted").count() == 1
    timeline = client.get(f"/matters/{matter.pk}/custody/").content.decode()
    assert "Draft under Rule 902(14) of certification 1 made" in timeline
    for person in (bob, mallory):
        client.force_login(person)
        assert client.get(f"{url}draft-902-14.pdf").status_code == 404
    client.force_login(bob)
    assert "can be drafted by who may act" in client.get(url).content.decode()
    assert matter.custody.filter(act="certificate drafted").count() == 1


@pytest.mark.django_db
def test_what_is_not_offered_is_answered_in_words(client, alice, exhibit):
    asked = done(exhibit.matter, [exhibit], alice)
    with past_the_triggers():
        asked.exhibits.update(recorded="a" * 64)
    client.force_login(alice)
    url = f"/matters/{exhibit.matter_id}/certifications/1/"
    answer = client.get(f"{url}draft-902-14.pdf")
    said = " ".join(str(one) for one in get_messages(answer.wsgi_request))
    assert "None of the recomputed digests is identical" in said
    assert "None is offered: None of the recomputed" in client.get(url).content.decode()
    assert client.get(f"{url}draft-902-11.pdf").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_read_by_keyboard_and_on_a_phone(page, live_server, client, alice, exhibit):
    done(exhibit.matter, [exhibit], alice)
    client.force_login(alice)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([cookie | {"url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "1/"):
        page.goto(f"{live_server.url}/matters/{exhibit.matter_id}/certifications/{path}")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as found:
        page.get_by_role("link", name="Draft certificate (PDF)").press("Enter")
    assert found.value.suggested_filename == "certification-1-draft-902-14.pdf"
