"""Other forms of an issued report: made anew from its results.json, and entered when taken."""

import io
import zipfile

import pytest
from django.urls import reverse

from audit.analysis.digests import sha256_hex
from cases.reports.pdf import PrintingError
from cases.services import designations, press, reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(finding, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return reports.issue(finding, by=alice)


def test_each_form_is_handed_out_under_its_mark_and_entered(client, issued, bob, alice):
    finding = issued.finding
    designations.designate(finding.matter.exhibits.get(number=1), "CONFIDENTIAL", "", by=alice)
    client.force_login(bob)
    page = client.get(reverse("finding", args=[finding.matter_id, 1])).content.decode()
    for name, media in press.FORMS.items():
        url = reverse("form", args=[finding.matter_id, 1, name])
        assert f'href="{url}"' in page
        taken = client.get(url)
        assert taken["Content-Type"] == media
        assert taken["Content-Disposition"] == (
            f'attachment; filename="CONFIDENTIAL-finding-1-{name}"'
        )
        entry = finding.matter.custody.order_by("-number").first()
        assert (entry.act, entry.actor) == ("exported", "bob")
        assert entry.facts == {
            "finding": 1, "file": name, "sha256": sha256_hex(taken.content),
        }  # fmt: skip
        assert reports.form_of(issued, name, by=alice) == taken.content
    packed = zipfile.ZipFile(io.BytesIO(taken.content))
    assert {"README.txt", "manifest-sha256.txt"} <= set(packed.namelist())


def test_a_press_that_gives_up_is_told_and_nothing_is_entered(client, issued, bob, monkeypatch):
    monkeypatch.setattr(press, "SECONDS", 0)
    with pytest.raises(PrintingError, match="took more than 0 s"):
        reports.form_of(issued, "report.html", by=bob)
    client.force_login(bob)
    finding = issued.finding
    url = reverse("form", args=[finding.matter_id, 1, "report.docx"])
    shown = client.get(url, follow=True).content.decode()
    assert "report.docx is not handed out. The report cannot be printed" in shown
    assert not finding.matter.custody.filter(act="exported").exists()


def test_a_stranger_gets_no_form(client, issued, mallory):
    client.force_login(mallory)
    url = reverse("form", args=[issued.finding.matter_id, 1, "tables.zip"])
    assert client.get(url).status_code == 404
