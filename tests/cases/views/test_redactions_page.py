"""The page of redacted versions, as an analyst, a viewer and a stranger see it."""

import re

import pytest
from django.urls import reverse

from cases.models import Redaction
from cases.services import reports
from tests.browser import serious_violations
from tests.cases.reports import specimen

pytestmark = pytest.mark.django_db
SECRET = "saltmarsh-5"


@pytest.fixture
def url(finding, alice, settings, tmp_path) -> str:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    finding.run.environment = specimen._environment()
    reports.issue(finding, by=alice)
    return reverse("redactions", args=[finding.matter_id, 1])


def rows(*given: dict[str, str], total: int = 4) -> dict[str, str]:
    data = {"form-TOTAL_FORMS": str(total), "form-INITIAL_FORMS": "0"}
    for place, one in enumerate(given):
        data |= {f"form-{place}-{name}": text for name, text in one.items()}
    return data


def test_an_analyst_makes_one_and_a_viewer_takes_it_away(
    client, alice, bob, mallory, url, finding
):
    client.force_login(alice)
    asked = rows({"text": SECRET, "ground": "Order <b>7"})
    page = client.post(url, asked, follow=True).content.decode()
    assert "Redacted version 1 is made" in page
    assert "Order &lt;b&gt;7" in page
    assert SECRET not in page.partition("Made so far")[2]
    client.force_login(bob)
    page = client.get(url).content.decode()
    assert "Make one" not in page
    answer = client.get(f"{url}1/report.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert 'filename="finding-1-redacted-1-report.pdf"' in answer["Content-Disposition"]
    last = finding.matter.custody.last()
    assert (last.act, last.facts["version"], last.actor) == ("exported", 1, "bob")
    assert client.post(url, asked).status_code == 404
    client.force_login(mallory)
    for one in (url, f"{url}1/report.pdf"):
        assert client.get(one).status_code == 404
    assert Redaction.objects.count() == 1


def test_no_log_has_a_passage(client, alice, url, caplog, capfd):
    client.force_login(alice)
    for text in (SECRET, "zz-nobody-wrote-this", "+00:00"):
        client.post(url, rows({"text": text, "ground": "Order 7"}))
    printed = "".join(capfd.readouterr())
    for said in (caplog.text, printed):
        assert "nobody-wrote" not in said
        assert SECRET not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{}], "submit at least 1"),
        ([{"text": "abc"}], "This field is required"),
        ([{"ground": "x"}], "Give a text, or the path of a field."),
        ([{"text": "abc", "path": "matter.name", "ground": "x"}], "Give a text, or the path"),
        ([{"text": "ab", "ground": "x"}], "fewer than 3 characters"),
        ([{"path": "exhibits.77.party", "ground": "x"}], "no text at exhibits.77.party"),
        ([{"text": "x" * 5001, "ground": "x"}], "at most 5000 characters"),
    ],
)
def test_bad_input_is_answered_with_what_would_mend_it(client, alice, url, given, said):
    client.force_login(alice)
    answer = client.post(url, rows(*given))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Redaction.objects.exists()


def test_more_rows_keep_what_was_written(client, alice, url):
    client.force_login(alice)
    page = client.get(url).content.decode()
    assert page.count("<legend>Passage") == 4
    asked = [{"text": f"passage {one}", "ground": "x"} for one in range(4)]
    page = client.post(url, rows(*asked) | {"more": "1"}).content.decode()
    assert page.count("<legend>Passage") == 7
    assert [one in page for one in ("passage 0", "passage 3")] == [True, True]
    assert not Redaction.objects.exists()


def test_a_forged_number_of_rows_is_refused(client, alice, url):
    client.force_login(alice)
    asked = rows({"text": SECRET, "ground": "x"}, total=100_000)
    assert client.post(url, asked).status_code == 422
    assert client.post(url, {"x": "1"}).status_code == 422


def test_there_is_no_page_before_there_is_a_report(client, alice, finding):
    client.force_login(alice)
    assert client.get(reverse("redactions", args=[finding.matter_id, 1])).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_is_accessible_and_fits_a_phone(client, alice, url, live_server, page):
    client.force_login(alice)
    client.post(url, rows({"text": SECRET, "ground": "Order 7"}))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + url)
    assert re.match("Redacted versions", page.title())
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
