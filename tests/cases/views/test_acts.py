"""What the buttons do, and for whom."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Exhibit
from cases.services import matters
from cases.tasks import read_exhibit
from tests import cast
from tests.making import alpaca, hand_in, matter_with_exhibits

pytestmark = pytest.mark.django_db
BUTTONS = {
    "exhibits/new/": {"role": "control", "model_name": "x", "party": "y"},
    "exhibits/1/withdraw/": {"reason": "z"},
    "exhibits/1/again/": {},
    "findings/new/": {"seed": 1},
    "findings/1/again/": {},
    "bundles/": {},
    "productions/": {"bates_prefix": "LARK", "digits": 7, "profile": "x"},
    "people/": {"person": "mallory", "level": "analyst"},
}


def press(client, user, matter, path, data):
    client.force_login(user)
    return client.post(f"/matters/{matter.pk}/{path}", data)


def words(response) -> str:
    return " ".join(str(one) for one in get_messages(response.wsgi_request))


@pytest.mark.parametrize(("path", "data"), BUTTONS.items())
def test_who_may_not_act_changes_nothing(client, bob, mallory, finding, path, data):
    before = finding.matter.custody.count()
    for person in (bob, mallory):
        assert press(client, person, finding.matter, path, data).status_code == 404
    client.logout()
    url = f"/matters/{finding.matter_id}/{path}"
    assert client.post(url, data)["Location"] == f"/login/?next={url}"
    new = finding.matter.custody.filter(number__gt=before).order_by("number")
    assert [(one.actor, one.act, one.facts) for one in new] == [
        ("bob", "refused", {"path": url}),
        ("mallory", "refused", {"path": url}),
    ]


@pytest.mark.parametrize("path", ["exhibits/1/withdraw/", "findings/1/again/"])
def test_a_link_cannot_press_a_button(client, alice, finding, path):
    client.force_login(alice)
    assert client.get(f"/matters/{finding.matter_id}/{path}").status_code == 405


def test_an_exhibit_of_another_matter_cannot_be_put_into_a_plan(client, mallory, exhibits):
    matter, own = matter_with_exhibits(mallory)
    data = {"suspect": exhibits[0].pk, "teachers": [exhibits[1].pk], "seed": 1}
    data |= {"controls": [one.pk for one in own[2:]]}
    response = press(client, mallory, matter, "findings/new/", data)
    assert response.status_code == 422
    assert exhibits[0].model_name not in response.content.decode()
    assert not matter.findings.exists()


def test_a_plan_that_cannot_be_sealed_again_is_answered_in_words(client, alice, finding):
    Exhibit.objects.filter(matter=finding.matter, number=8).update(withdrawn_at=finding.asked_at)
    response = press(client, alice, finding.matter, "findings/1/again/", {})
    assert response.status_code == 302
    assert "Exhibit H (drumlin-6.json) was withdrawn" in words(response)


def test_a_withdrawal_without_a_reason_is_answered_in_words(client, alice, matter, exhibits):
    response = press(client, alice, matter, "exhibits/1/withdraw/", {"reason": " "})
    assert "give a reason" in words(response)
    assert Exhibit.objects.get(pk=exhibits[0].pk).withdrawn_at is None


def test_an_issued_file_that_is_missing_is_answered_in_words(client, alice, finding):
    cast.issue(finding, by=alice)
    client.force_login(alice)
    response = client.get(f"/matters/{finding.matter_id}/findings/1/report.pdf")
    assert response.status_code == 302
    assert "report.pdf is not handed out. The stored file aaaa" in words(response)
    assert not finding.matter.custody.filter(act="exported").exists()


def test_a_page_shows_long_texts_cut_and_says_so(client, alice, matter):
    hand_in(
        matter, "osier", "control", alpaca([(f"{n}?", "y" * 300_000) for n in range(9)]), alice
    )
    client.force_login(alice)
    page = client.get(f"/matters/{matter.pk}/exhibits/1/").content.decode()
    assert len(page) < 250_000
    assert page.count("the whole answer has 300,000 characters") == 9


@pytest.mark.django_db(transaction=True)
def test_an_upload_stands_though_the_broker_is_away(client, django_user_model, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(read_exhibit, "delay", away)
    alice = django_user_model.objects.create_user("alice")
    matter = matters.open_matter("Orchard v. Harbour", "Was it?", by=alice)
    file = SimpleUploadedFile("osier.json", alpaca([("a?", "b")]))
    response = press(
        client, alice, matter, "exhibits/new/", BUTTONS["exhibits/new/"] | {"file": file}
    )
    assert response.status_code == 302
    assert Exhibit.objects.get().filename == "osier.json"


@pytest.mark.parametrize("page", ["", "custody/", "people/", "findings/1/"])
def test_no_page_of_a_matter_is_kept_by_a_cache(client, matter, finding, alice, page):
    client.force_login(alice)
    answer = client.get(f"/matters/{matter.pk}/{page}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
