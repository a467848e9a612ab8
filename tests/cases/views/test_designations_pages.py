"""Designations on the pages: set, shown as a banner, in names of files; raised after issue."""

import io

import pytest
from django.urls import reverse

from cases.models import Bundle, Report
from cases.rules.designations import ATTORNEYS_EYES_ONLY, CONFIDENTIAL, SOURCE_CODE
from cases.services import designations
from cases.views import bundles as bundles_view
from cases.views import charts as charts_view
from cases.views import findings as findings_view
from tests import cast
from tests.filed import finalised

pytestmark = pytest.mark.django_db
BANNER = 'class="designation"'


def page_of(client, user, name, *args) -> str:
    client.force_login(user)
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, user, url, **data):
    client.force_login(user)
    return client.post(url, data, follow=True)


def test_no_page_has_a_banner_before_anything_is_designated(client, bob, finding):
    matter = finding.matter
    for name, args in (("matter", ()), ("exhibit", (1,)), ("finding", (1,)), ("pairs", (1,))):
        assert BANNER not in page_of(client, bob, name, matter.pk, *args)


def test_an_analyst_sets_it_and_every_page_of_what_rests_on_it_says_it(
    client, alice, bob, finding
):
    matter = finding.matter
    url = reverse("designate", args=[matter.pk, 2])
    page = post(client, alice, url, mark=ATTORNEYS_EYES_ONLY, reason="").content.decode()
    assert "This exhibit is designated <strong>HIGHLY CONFIDENTIAL" in page
    for name, args in (("matter", ()), ("exhibit", (2,)), ("finding", (1,)), ("pairs", (1,))):
        page = page_of(client, bob, name, matter.pk, *args)
        assert page.count(BANNER) == 1
        assert "HIGHLY CONFIDENTIAL - ATTORNEYS&#x27; EYES ONLY" in page
    assert BANNER not in page_of(client, bob, "exhibit", matter.pk, 1)
    assert "Exhibit B designated HIGHLY CONFIDENTIAL" in page_of(
        client, bob, "timeline", matter.pk
    )


def test_lowering_without_a_reason_is_answered_in_words(client, alice, exhibits, matter):
    url = reverse("designate", args=[matter.pk, 1])
    post(client, alice, url, mark=SOURCE_CODE)
    page = post(client, alice, url, mark="").content.decode()
    assert "To lower it to no designation, give the reason" in page
    assert designations.of_exhibit(exhibits[0]) == SOURCE_CODE
    page = post(client, alice, url, mark=CONFIDENTIAL, reason="Order <b>5").content.decode()
    assert "Order &lt;b&gt;5" in page
    assert page.count('<th scope="row">') >= 2
    page = post(client, alice, url, mark="TOP SECRET").content.decode()
    assert "choose a mark" in page
    assert designations.of_exhibit(exhibits[0]) == CONFIDENTIAL


def test_who_may_not_act_changes_nothing(client, bob, mallory, exhibits, matter):
    url = reverse("designate", args=[matter.pk, 1])
    for person in (bob, mallory):
        assert post(client, person, url, mark=SOURCE_CODE).status_code == 404
    assert designations.of_exhibit(exhibits[0]) == ""
    assert "Change the designation" not in page_of(client, bob, "exhibit", matter.pk, 1)


def test_a_report_whose_exhibits_were_raised_since_says_so(client, alice, bob, finding):
    cast.issue(finding, by=alice)
    assert "bears a lower mark" not in page_of(client, bob, "finding", finding.matter_id, 1)
    exhibit = finding.matter.exhibits.get(number=1)
    designations.designate(exhibit, CONFIDENTIAL, "", by=alice)
    page = page_of(client, bob, "finding", finding.matter_id, 1)
    assert "bears a lower mark" in page
    assert "Handle every copy as CONFIDENTIAL" in page
    assert Report.objects.get().designation == ""
    designations.designate(exhibit, "", "Order of 3 May", by=alice)
    assert "bears a lower mark" not in page_of(client, bob, "finding", finding.matter_id, 1)


def test_names_of_downloads_carry_the_mark(client, alice, finding, monkeypatch):
    cast.issue(finding, by=alice)
    for view, name in (
        (findings_view.reports, "open_issued"),
        (bundles_view.bundles, "open_made"),
    ):
        monkeypatch.setattr(view, name, lambda *_args, **_named: io.BytesIO(b"x"))
    Bundle.objects.create(matter=finding.matter, number=1, asked_by=alice)
    exhibit = finding.matter.exhibits.get(number=1)
    designations.designate(exhibit, ATTORNEYS_EYES_ONLY, "", by=alice)
    client.force_login(alice)
    found = [
        client.get(url)["Content-Disposition"]
        for url in (
            reverse("download", args=[finding.matter_id, 1, "report.pdf"]),
            reverse("download", args=[finding.matter_id, 1, "results.json"]),
            reverse("bundle", args=[finding.matter_id, 1]),
            reverse("charts", args=[finding.matter_id, 1]),
            reverse("picture", args=[finding.matter_id, 1, first_figure(finding)]),
        )
    ]
    assert [one.partition("filename=")[2] for one in found] == [
        '"AEO-finding-1-report.pdf"',
        '"AEO-finding-1-results.json"',
        f'"AEO-matter-{finding.matter_id}-bundle-1.zip"',
        '"AEO-finding-1-figures.json"',
        f'"AEO-finding-1-{first_figure(finding)}.svg"',
    ]


def first_figure(finding) -> str:
    return next(iter(charts_view.charts_of(finding)))


def test_an_exhibit_is_designated_where_it_is_handed_in(client, alice, matter):
    page = page_of(client, alice, "receive", matter.pk)
    assert 'name="designation"' in page


def test_a_final_filing_whose_exhibits_were_raised_since_says_so(
    client, alice, answered, settings, tmp_path
):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    exhibit = answered.matter.exhibits.get(number=1)
    designations.designate(exhibit, CONFIDENTIAL, "", by=alice)
    filed = finalised(answered, alice)
    page = page_of(client, alice, "filing", answered.matter_id, filed.number)
    assert BANNER in page
    assert "bear a lower mark" not in page
    designations.designate(exhibit, SOURCE_CODE, "", by=alice)
    page = page_of(client, alice, "filing", answered.matter_id, filed.number)
    assert "bear a lower mark" in page
    assert "Handle every copy as SOURCE CODE" in page
    answer = client.get(reverse("filing_paper", args=[answered.matter_id, 1, "report.pdf"]))
    answer.close()
    assert '"SOURCE-CODE-filing-1-report.pdf"' in answer["Content-Disposition"]
