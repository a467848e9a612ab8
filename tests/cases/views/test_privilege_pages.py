"""The pages of the privilege log, as an analyst, a viewer and a stranger see them."""

import pytest
from django.urls import reverse

from cases.models import PrivilegeEntry, PrivilegeLog, Redaction
from cases.services import privilege
from tests.browser import serious_violations

pytestmark = pytest.mark.django_db
SAID = {
    "kind": "email", "author": "A. <b>Author", "treatment": "withheld",
    "basis": "attorney-client privilege", "category": "advice",
    "description": "Email asking counsel for advice on the zebra contract.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def kept(settings, tmp_path) -> None:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()


@pytest.fixture
def url(matter) -> str:
    return reverse("privilege", args=[matter.pk])


def page_of(client, user, url: str) -> str:
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, user, url: str, **data):
    client.force_login(user)
    return client.post(url, data, follow=True)


def test_an_entry_is_added_changed_and_taken_off(client, alice, url, matter):
    page = press(client, alice, f"{url}new/", **SAID).content.decode()
    assert "Entry 1 is added" in page
    assert "A. &lt;b&gt;Author" in page
    press(client, alice, f"{url}1/", **SAID | {"author": "B. Other"})
    assert PrivilegeEntry.objects.get().author == "B. Other"
    again = press(client, alice, f"{url}new/", **SAID, another="1")
    assert again.redirect_chain == [(f"{url}new/", 302)]
    page = press(client, alice, f"{url}1/remove/").content.decode()
    assert "Entry 1 is taken off" in page
    client.force_login(alice)
    assert client.get(f"{url}1/").status_code == 404
    timeline = page_of(client, alice, reverse("timeline", args=[matter.pk]))
    assert "Entry 1 of the privilege log removed" in timeline
    assert "zebra" not in timeline


def test_a_claim_without_its_parts_is_refused_with_the_field(client, alice, url):
    answer = press(client, alice, f"{url}new/", **SAID | {"basis": "", "treatment": "x"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This field is required" in page
    assert "x is not one of the available choices" in page
    assert not PrivilegeEntry.objects.exists()


def test_the_working_list_is_for_who_may_act_and_versions_for_who_may_read(
    client, alice, bob, mallory, url
):
    press(client, alice, f"{url}new/", **SAID)
    assert "zebra" not in page_of(client, bob, url)
    page = press(client, alice, f"{url}issue/", mode="itemised").content.decode()
    assert "This is the first version" in page
    press(client, alice, f"{url}1/", **SAID | {"description": "Another zebra."})
    press(client, alice, f"{url}issue/", mode="itemised")
    page = page_of(client, bob, f"{url}versions/2/")
    assert "Entry <bdi>1</bdi> changed" in page
    assert '<ins dir="auto">Another zebra.</ins>' in page
    for name, start in (("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf"), ("json", b"{")):
        answer = client.get(f"{url}versions/1/privilege-log.{name}")
        assert b"".join(answer.streaming_content).startswith(start)
        assert f'"privilege-log-1.{name}"' in answer["Content-Disposition"]
    client.force_login(mallory)
    for one in (url, f"{url}versions/1/", f"{url}versions/1/privilege-log.pdf"):
        assert client.get(one).status_code == 404


ACTS = {
    "new/": SAID,
    "1/": SAID,
    "1/remove/": {},
    "issue/": {"mode": "itemised"},
    "order/": {"order": "x"},
}


@pytest.mark.parametrize(("path", "data"), ACTS.items())
def test_who_may_not_act_changes_nothing(client, alice, bob, mallory, matter, url, path, data):
    privilege.add(matter, SAID, by=alice)
    before = matter.custody.exclude(act="refused").count()
    for person in (bob, mallory):
        assert press(client, person, url + path, **data).status_code == 404
    assert matter.custody.exclude(act="refused").count() == before
    assert not PrivilegeLog.objects.exists()


def test_an_empty_list_and_a_wrong_mode_are_answered_in_words(client, alice, url):
    assert (
        "Add an entry before"
        in press(client, alice, f"{url}issue/", mode="itemised").content.decode()
    )
    assert (
        "choose itemised or categorical"
        in press(client, alice, f"{url}issue/", mode="x").content.decode()
    )
    client.force_login(alice)
    assert client.get(f"{url}versions/7/").status_code == 404


def test_the_order_is_named(client, alice, bob, url):
    press(client, alice, f"{url}order/", order="Order <i>of 3 May")
    assert "Order &lt;i&gt;of 3 May" in page_of(client, bob, url)
    assert "up to 300" in press(client, alice, f"{url}order/", order="x" * 301).content.decode()


def test_a_redacted_version_is_added_with_one_click(client, alice, bob, finding):
    Redaction.objects.create(
        finding=finding, number=1, pages=3, made_by=alice,
        grounds=[{"number": 1, "ground": "Order 7(b)", "places": 2}],
        origin_sha256="a" * 64, origin_results_sha256="b" * 64,
        pdf_sha256="c" * 64, results_sha256="d" * 64,
    )  # fmt: skip
    url = reverse("log_redaction", args=[finding.matter_id, 1, 1])
    page = press(client, alice, url).content.decode()
    assert "Entry 1 of the privilege log" in page
    assert 'value="Order 7(b)"' in page
    press(client, alice, url)
    assert PrivilegeEntry.objects.count() == 1
    assert press(client, bob, url).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["", "new/", "1/", "versions/2/"])
def test_it_is_accessible_and_fits_a_phone(client, alice, matter, url, live_server, page, path):
    one = privilege.add(matter, SAID, by=alice)
    privilege.issue(matter, "itemised", by=alice)
    privilege.change(one, SAID | {"author": "B. Other" * 20}, by=alice)
    privilege.issue(matter, "itemised", by=alice)
    client.force_login(alice)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + url + path)
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
