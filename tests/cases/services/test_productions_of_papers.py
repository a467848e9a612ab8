"""Final papers: numbered on each page, signed as their covers say, and produced."""

import hashlib
import io
import json
import zipfile

import pytest
from pypdf import PdfReader

from audit.models import Job
from audit.services.sources import store
from cases.models import BatesRange
from cases.services import bates, filings, productions
from cases.services.productions import CONCORDANCE, keeping
from cases.tasks import finalise, write_production
from tests.cases.services.test_productions import load_file, opened
from tests.signers import PASSWORD, Issuer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def papers_alone(monkeypatch):
    """The exhibits of the cast have no files to be produced."""
    monkeypatch.setattr(keeping, "SOURCES", (keeping.PAPERS,))


def finalised(reviewed, dave):
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    reviewed.refresh_from_db()
    assert reviewed.state == "final", Job.objects.get(kind=Job.Kind.FINALISE).error
    return reviewed


def bytes_of(paper) -> bytes:
    with store().open(paper.sha256) as stream:
        return stream.read()


def produced(matter, by):
    asked = productions.ask(matter, CONCORDANCE.name, by=by)
    write_production(asked.pk)
    asked.refresh_from_db()
    assert asked.made_at is not None, Job.objects.get(kind=Job.Kind.PRODUCE).error
    return opened(asked)


@pytest.fixture
def numbered(matter, reviewed, alice, dave):
    """A final filing whose report begins at number 11."""
    bates.choose(matter, "LARK", by=alice)
    bates.number(matter, "something before", 10, by=alice)
    return finalised(reviewed, dave)


def test_papers_bear_a_number_on_each_page(numbered):
    report = numbered.papers.get(kind="report")
    assert report.bates_first == "LARK0000011"
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(bytes_of(report))).pages]
    assert len(pages) == report.pages
    for number, text in enumerate(pages, start=11):
        assert f"LARK{number:07}" in text
    given = BatesRange.objects.get(first=11)
    assert given.last == 10 + report.pages
    assert given.paper.startswith("filing 1, report (of document ")


def test_papers_are_produced_with_the_numbers_that_they_bear(matter, numbered, dave, papers_alone):
    report = numbered.papers.get(kind="report")
    given = BatesRange.objects.get(first=11)
    packed = produced(matter, dave)
    by_kind = {one["DOCTYPE"]: one for one in load_file(packed)}
    row = by_kind["report"]
    assert (row["BEGBATES"], row["ENDBATES"]) == ("LARK0000011", f"LARK{given.last:07}")
    assert row["AUTHORTYPE"] == "software"
    native = packed.read(row["NATIVELINK"].replace("\\", "/"))
    assert hashlib.sha256(native).hexdigest() == row["SHA256"] == report.sha256
    text = packed.read(row["TEXTLINK"].replace("\\", "/")).decode()
    assert text.count("\f") == report.pages
    assert "LARK0000011" in text
    assert by_kind["document"]["BEGBATES"] == f"LARK{given.last + 1:07}"
    frozen = packed.read(by_kind["document"]["TEXTLINK"].replace("\\", "/"))
    assert json.loads(frozen)["filing"]["number"] == 1


def test_papers_without_numbers_get_one_each_when_they_are_produced(
    matter, reviewed, alice, dave, papers_alone
):
    filing = finalised(reviewed, dave)
    assert set(filing.papers.values_list("bates_first", flat=True)) == {""}
    bates.choose(matter, "LARK", by=alice)
    rows = load_file(produced(matter, dave))
    assert sorted(one["BEGBATES"] for one in rows) == ["LARK0000001", "LARK0000002"]
    assert load_file(produced(matter, dave)) == rows


def test_numbers_of_papers_and_exhibits_may_alternate(
    matter, reviewed, alice, dave, papers_alone, monkeypatch
):
    bates.choose(matter, "LARK", by=alice)
    bates.number(matter, matter.exhibits.get(number=1), 1, by=alice)
    finalised(reviewed, dave)
    bates.number(matter, matter.exhibits.get(number=2), 1, by=alice)

    class Empty:
        def open(self, sha256):
            return store().open(sha256) if store().has(sha256) else io.BytesIO(b"")

    monkeypatch.setattr(keeping, "SOURCES", (keeping.EXHIBITS, keeping.PAPERS))
    monkeypatch.setattr("cases.services.productions.volume.store", Empty)
    monkeypatch.setattr("cases.services.productions.quality.Quality.native", _counted)
    rows = load_file(produced(matter, dave))
    numbers = [one["BEGBATES"] for one in rows]
    assert numbers == sorted(numbers)
    assert [one["DOCTYPE"] for one in rows][:3] == [
        "transcripts of a model",
        "report",
        "transcripts of a model",
    ]


def _counted(self, _number, _found, _due):
    self.counts["natives"] += 1


def test_final_papers_are_signed_and_drafts_are_not(
    matter, reviewed, alice, dave, settings, tmp_path
):
    settings.REPORT_SIGNING_P12 = Issuer().signer().keep(tmp_path)
    settings.REPORT_SIGNING_P12_PASSWORD = PASSWORD
    draft = PdfReader(io.BytesIO(filings.preview(reviewed, by=alice)))
    assert "None: this document is not signed." in draft.pages[0].extract_text()
    filing = finalised(reviewed, dave)
    report = filing.papers.get(kind="report")
    assert report.signed
    assert b"/ETSI.CAdES.detached" in bytes_of(report)
    frozen = json.loads(bytes_of(filing.papers.get(kind="document")))
    assert frozen["signature"]["subject"] == "CN=Notary of the test\\, Ltd"
    assert not filing.papers.get(kind="document").signed


def test_the_zip_of_papers_reads_whole(matter, reviewed, alice, dave, papers_alone):
    bates.choose(matter, "LARK", by=alice)
    finalised(reviewed, dave)
    packed = produced(matter, dave)
    assert isinstance(packed, zipfile.ZipFile)
    found = json.loads(packed.read("QC.json"))
    assert found["documents_in_the_matter"] == {"papers of filings": 2}
    assert found["without_text"] == []
