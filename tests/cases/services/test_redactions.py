"""Redacted versions of issued reports: made, checked, kept apart from their origin."""

import io
import json

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from audit.services.sources import store
from cases.models import Redaction, Report
from cases.reports import leaks
from cases.reports.covering import RedactionError
from cases.reports.redaction import Passage
from cases.rules.designations import CONFIDENTIAL
from cases.services import custody, designations, evidence, redactions, reports
from tests.cases.reports import specimen
from tests.filed import finalised
from tests.signers import PASSWORD, Issuer

pytestmark = pytest.mark.django_db
SECRET = "larkspur-7"


@pytest.fixture
def report(finding, alice, settings, tmp_path) -> Report:
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    finding.run.environment = specimen._environment()
    return reports.issue(finding, by=alice)


def made(report, by, *passages: Passage) -> Redaction:
    asked = passages or (Passage("Protective Order 7(b)", SECRET),)
    return redactions.make(redactions.of_report(report), asked, by=by)


def read(sha256: str) -> bytes:
    with store().open(sha256) as stream:
        return stream.read()


def everything_kept() -> bytes:
    """All that the database holds of the matter, and all that is in the store but the origin."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        said = []
        for name in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM public."{name}" t')  # noqa: S608 - ours
            said += [row for (row,) in cursor.fetchall()]
    return "\n".join(said).encode()


def test_a_redacted_version_names_its_origin_and_leaves_it_as_it_is(report, alice):
    before = read(report.pdf_sha256), read(report.results_sha256)
    new = made(report, alice)
    assert (new.origin_sha256, new.origin_results_sha256) == (
        report.pdf_sha256,
        report.results_sha256,
    )
    assert (read(report.pdf_sha256), read(report.results_sha256)) == before
    document = json.loads(read(new.results_sha256))
    assert document["redaction"]["origin"]["report_sha256"] == report.pdf_sha256
    (attached,) = pypdf.PdfReader(io.BytesIO(read(new.pdf_sha256))).attachment_list
    assert attached.content == read(new.results_sha256)
    assert SECRET.encode() not in read(new.results_sha256)
    assert new.grounds[0]["ground"] == "Protective Order 7(b)"
    assert new.grounds[0]["places"] > 5


def test_a_redacted_version_is_signed_as_it_says_whatever_its_origin_was(
    report, alice, settings, tmp_path
):
    assert json.loads(read(made(report, alice).results_sha256))["signature"] is None
    settings.REPORT_SIGNING_P12 = Issuer().signer().keep(tmp_path)
    settings.REPORT_SIGNING_P12_PASSWORD = PASSWORD
    new = made(report, alice)
    assert json.loads(read(new.results_sha256))["signature"]["level"] == "B-B"
    reader = pypdf.PdfReader(io.BytesIO(read(new.pdf_sha256)))
    assert "PAdES B-B" in reader.pages[0].extract_text()
    assert reader.get_fields()["Signature"]["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_ledger_has_digests_and_counts_and_nothing_has_the_passage(report, alice):
    phrase = "finds its way into the ground"
    before = everything_kept().decode().count(phrase)
    new = made(report, alice, Passage("Order 7(b)", phrase), Passage("x", path="exhibits.0.party"))
    entry = report.finding.matter.custody.last()
    assert entry.act == "redacted"
    assert entry.facts == {
        "finding": 1, "redaction": 1, "passages": 2,
        "origin": report.pdf_sha256, "origin_results": report.results_sha256,
        "pdf": new.pdf_sha256, "results": new.results_sha256,
        "places": sum(one["places"] for one in new.grounds),
    }  # fmt: skip
    assert everything_kept().decode().count(phrase) == before
    assert custody.problems(report.finding.matter) == []


def test_what_fails_its_check_is_never_kept(report, alice, monkeypatch):
    stored = list(store().digests())
    monkeypatch.setattr(leaks, "check", lambda _pdf, _passages: ["Passage 1 still stands in x."])
    with pytest.raises(RedactionError, match=r"Nothing was kept.*Passage 1 still stands in x"):
        made(report, alice)
    assert list(store().digests()) == stored
    assert not Redaction.objects.exists()
    assert not report.finding.matter.custody.filter(act="redacted").exists()


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ("Alternative explanations", "stands nowhere in the report"),
        ("the suspect", "can still be read"),
        ("nobody wrote this", "stands nowhere"),
        ("+00:00", "cannot be printed without"),
    ],
)
def test_what_cannot_be_taken_out_is_refused_in_words(report, alice, passage, said):
    with pytest.raises(RedactionError, match=said) as refused:
        made(report, alice, Passage("x", passage))
    assert passage not in str(refused.value)
    assert refused.value.__cause__ is None
    assert not Redaction.objects.exists()


def test_versions_are_numbered_and_bear_the_mark_of_their_day(report, alice):
    assert (made(report, alice).number, made(report, alice).number) == (1, 2)
    exhibit = report.finding.matter.exhibits.get(number=1)
    designations.designate(exhibit, CONFIDENTIAL, "", by=alice)
    third = made(report, alice)
    assert (third.number, third.designation) == (3, CONFIDENTIAL)
    page = pypdf.PdfReader(io.BytesIO(read(third.pdf_sha256))).pages[-1].extract_text()
    assert "CONFIDENTIAL \u00b7 REDACTED" in page


def test_the_sweep_knows_its_files_and_misses_them(report, alice):
    new = made(report, alice)
    assert [str(one) for one in _found() if new.pdf_sha256 in str(one)] == []
    store().remove(new.pdf_sha256)
    (missing,) = [str(one) for one in _found() if new.pdf_sha256 in str(one)]
    assert "report.pdf of redacted version 1 of finding 1" in missing


def _found():
    found = []
    evidence.check(found.append)
    return found


def test_the_report_of_a_final_filing_is_redacted_too(answered, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    assert redactions.origins_of(answered) == {}
    filed = finalised(answered, alice)
    (origin,) = redactions.origins_of(answered).values()
    assert (origin.name, origin.results_sha256) == ("filing 1", filed.document_sha256)
    new = redactions.make(origin, [Passage("Order 7(b)", "compare them")], by=alice)
    document = json.loads(read(new.results_sha256))
    assert (new.made_from, document["filing"]["texts"]["scope"]) == ("filing 1", "[redacted 1].")
    text = "".join(
        "".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(read(new.pdf_sha256))).pages
    )
    assert "madefromthereportoffiling1" in text
    assert "comparethem" not in text.lower()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_redaction SET pdf_sha256 = repeat('a', 64)",
        "UPDATE cases_redaction SET grounds = '[]'",
        "DELETE FROM cases_redaction",
        "TRUNCATE cases_redaction CASCADE",
    ],
)
def test_the_database_itself_keeps_redactions(report, alice, change):
    made(report, alice)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(change)


def test_a_redaction_is_never_its_origin(report, alice):
    with pytest.raises(DatabaseError, match="another_file"), transaction.atomic():
        Redaction.objects.create(
            finding=report.finding, number=1, grounds=[], pages=1, made_by=alice,
            origin_sha256="a" * 64, origin_results_sha256="b" * 64,
            pdf_sha256="a" * 64, results_sha256="c" * 64,
        )  # fmt: skip
