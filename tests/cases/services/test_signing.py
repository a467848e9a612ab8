"""Signed PDFs, held against tools that are not ours: pdfsig, qpdf, openssl, pdfua."""

import io
import json
import re
import subprocess
from pathlib import Path

import asn1crypto.x509
import pdfua
import pikepdf
import pypdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from audit.analysis.errors import WrongSettingError
from audit.analysis.verifying import reports as verifying
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle
from audit.models import Job, Run
from audit.services import jobs
from audit.services.sources import store
from cases.reports.printed import press
from cases.reports.signing import Level, SigningError
from cases.services import reports, signing, stamping
from cases.tasks import print_report
from tests.cases.reports.specimen import Specimen, document_of
from tests.making import past_the_triggers
from tests.signers import PASSWORD, Issuer, Own, listing, printed
from tests.stamped import answering, authority, trust
from tests.stamped import stamping as honest

PAPER = printed()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


def use(settings, folder: Path, own: Own, level: str = "") -> Own:
    settings.REPORT_SIGNING_P12 = own.keep(folder)
    settings.REPORT_SIGNING_P12_PASSWORD = PASSWORD
    settings.REPORT_SIGNING_LEVEL = level
    settings.TIMESTAMP_URLS = []
    return own


@pytest.fixture
def own(settings, tmp_path, issuer) -> Own:
    """A signer under a root of the test's making; no authority is named."""
    return use(settings, tmp_path, issuer.signer())


def sign(pdf: bytes = PAPER) -> signing.Signed:
    return signing.sign(pdf, signing.signer_facts())


def told(pdf: bytes, folder: Path, *words: str) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([*words, path], capture_output=True, text=True, cwd=folder, check=False)
    return done.stdout + done.stderr


def openssl(folder: Path, words: str) -> str:
    done = subprocess.run(
        ["openssl", *words.split()], capture_output=True, text=True, cwd=folder, check=False
    )
    return done.stdout + done.stderr


def contents(pdf: bytes, which: int = 0) -> tuple[bytes, bytes]:
    """A signature (CMS) and the bytes that it covers, without pyHanko."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        field = opened.Root.AcroForm.Fields[which]
        a, b, c, d = (int(one) for one in field.V.ByteRange)
        cms = bytes(field.V.Contents)
    return cms, pdf[a : a + b] + pdf[c : c + d]


def check_still_archival(pdf: bytes, folder: Path) -> None:
    """Tags, attachment, metadata and syntax are as printed; the field is off the page."""
    assert pdf.startswith(PAPER)
    assert "No syntax or stream encoding errors" in told(pdf, folder, "qpdf", "--check")
    before, after = (pdfua.validate(io.BytesIO(one)) for one in (PAPER, pdf))
    assert [one.rule_id for one in after.findings] == [one.rule_id for one in before.findings]
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments["results.json"] == [b'{"a": 1}']
    with pikepdf.open(io.BytesIO(pdf)) as opened, pikepdf.open(io.BytesIO(PAPER)) as old:
        assert opened.Root.Metadata.read_bytes() == old.Root.Metadata.read_bytes()
        assert opened.Root.StructTreeRoot.objgen == old.Root.StructTreeRoot.objgen
        assert "/NeedAppearances" not in opened.Root.AcroForm
        for page in opened.pages:
            assert page.get("/Tabs") == "/S" or "/Annots" not in page
        for field in opened.Root.AcroForm.Fields:
            # Printed and not hidden (PDF/A-3, 6.3.2), named, and outside the page's box.
            assert int(field.F) & 0b100111 == 0b100
            assert str(field.TU) != ""
            left, bottom, right, top = (float(one) for one in field.Rect)
            assert (right, top) == (left, bottom)
            assert max(right, top) < 0


def test_a_key_alone_makes_a_signature_that_others_find_valid(own, tmp_path):
    signed = sign()
    assert (signed.level, signed.authority, signed.stamped_at) == (Level.B_B, "", "")
    said = told(signed.pdf, tmp_path, "pdfsig", "-nocert")
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    check_still_archival(signed.pdf, tmp_path)


def test_a_whole_report_is_signed_and_stays_accessible(own, tmp_path):
    report = press(document_of(Specimen()))
    signed = sign(report).pdf
    assert signed.startswith(report)
    assert "Signature is Valid." in told(signed, tmp_path, "pdfsig", "-nocert")
    assert "No syntax or stream encoding errors" in told(signed, tmp_path, "qpdf", "--check")
    assert [one.rule_id for one in pdfua.validate(io.BytesIO(signed)).findings] == [
        one.rule_id for one in pdfua.validate(io.BytesIO(report)).findings
    ]
    kept = pypdf.PdfReader(io.BytesIO(report)).attachments
    assert kept.keys() >= {"results.json"}
    assert pypdf.PdfReader(io.BytesIO(signed)).attachments == kept


def test_openssl_finds_the_signature_good_under_the_root(own, tmp_path):
    cms, covered = contents(sign().pdf)
    (tmp_path / "signature").write_bytes(cms)
    (tmp_path / "covered").write_bytes(covered)
    (tmp_path / "root.pem").write_bytes(own.root.public_bytes(Encoding.PEM))
    said = openssl(
        tmp_path,
        "cms -verify -binary -inform DER -in signature -content covered -CAfile root.pem"
        " -purpose any -out /dev/null",
    )
    assert "Verification successful" in said


def test_every_changed_byte_of_the_print_is_detected(own, tmp_path):
    signed = sign().pdf
    at = len(PAPER) // 2
    bad = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert "Digest Mismatch" in told(bad, tmp_path, "pdfsig", "-nocert")
    reader = PdfFileReader(io.BytesIO(bad), strict=False)
    root = asn1crypto.x509.Certificate.load(own.root.public_bytes(Encoding.DER))
    trusted = ValidationContext(trust_roots=[root])
    status = validate_pdf_signature(reader.embedded_signatures[0], trusted, skip_diff=True)
    assert not status.intact


def test_the_cover_can_name_the_certificate_before_there_is_a_signature(own):
    facts = signing.signer_facts()
    assert facts.subject == "CN=Notary of the test\\, Ltd"
    assert facts.issuer == "CN=Root of the test"
    assert int(facts.serial, 16) == own.certificate.serial_number
    assert facts.sha256 == own.certificate.fingerprint(hashes.SHA256()).hex()
    assert (facts.kept, facts.level) == ("a file", Level.B_B)


def test_nothing_is_signed_and_no_facts_are_told_without_a_key(settings):
    assert signing.signer_facts() is None


def test_another_certificate_than_the_one_on_the_cover_signs_nothing(
    own, settings, tmp_path, issuer
):
    promised = signing.signer_facts()
    use(settings, tmp_path, issuer.signer())
    with pytest.raises(SigningError, match=r"Print the document again"):
        signing.sign(PAPER, promised)
    settings.REPORT_SIGNING_P12 = ""
    with pytest.raises(SigningError, match="no signing key is set any more"):
        signing.sign(PAPER, promised)


def test_a_stamp_of_an_authority_makes_it_a_signature_of_a_known_time(own, settings, tmp_path):
    notary = authority("First Notary")
    with answering(honest(notary)) as url:
        trust(settings, tmp_path, [url], notary)
        signed = sign()
    assert (signed.level, signed.authority) == (Level.B_T, url)
    check_still_archival(signed.pdf, tmp_path)
    assert "Signature is Valid." in told(signed.pdf, tmp_path, "pdfsig", "-nocert")
    token = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures[0]
    kept = token.signer_info["unsigned_attrs"][0]
    assert kept["type"].native == "signature_time_stamp_token"
    (tmp_path / "token").write_bytes(kept["values"][0].dump())
    (tmp_path / "signature").write_bytes(token.signer_info["signature"].native)
    said = openssl(tmp_path, "ts -verify -in token -token_in -data signature -CAfile roots.pem")
    assert "Verification: OK" in said


def test_our_own_authority_stamps_signatures_too(own, settings):
    settings.TIMESTAMP_URLS = [stamping.TEST]
    signed = sign()
    assert (signed.level, signed.authority) == (Level.B_T, stamping.TEST)
    assert re.match(r"20\d\d-\d\d-\d\dT", signed.stamped_at)


BAD = {
    "does not answer": (b"", 503, "answered with the status 503"),
    "answers nonsense": (b"<html>", 200, "its answer cannot be read"),
}


@pytest.mark.parametrize(("answer", "status", "words"), BAD.values(), ids=BAD.keys())
def test_no_lesser_signature_is_made_where_an_authority(
    answer, status, words, own, settings, tmp_path
):
    with answering(lambda _: answer, status) as url:
        trust(settings, tmp_path, [url], authority("Unheard Notary"))
        with pytest.raises(SigningError, match=words) as refused:
            sign()
    assert "Nothing was signed. Try again when one answers" in str(refused.value)
    assert url in str(refused.value)


def test_an_authority_that_nobody_trusts_signs_nothing(own, settings, tmp_path):
    with answering(honest(authority("Forger"))) as url:
        trust(settings, tmp_path, [url], authority("First Notary"))
        with pytest.raises(SigningError, match="does not hold"):
            sign()


def test_the_next_authority_is_asked_where_one_is_silent(own, settings, tmp_path):
    notary = authority("Second Notary")
    with answering(lambda _: b"", 500) as silent, answering(honest(notary)) as url:
        trust(settings, tmp_path, [silent, url], notary)
        assert sign().authority == url


def test_a_site_may_say_that_it_wants_no_stamps_on_signatures(own, settings):
    settings.TIMESTAMP_URLS, settings.REPORT_SIGNING_LEVEL = ["http://127.0.0.1:9/"], "B-B"
    assert sign().level is Level.B_B


def test_what_shows_that_a_certificate_was_good_is_kept_in_the_file(settings, tmp_path, issuer):
    notary = authority("First Notary")
    with listing(issuer) as crl, answering(honest(notary)) as url:
        use(settings, tmp_path, issuer.signer(crl), "B-LTA")
        trust(settings, tmp_path, [url], notary)
        signed = sign()
    assert signed.level is Level.B_LTA
    check_still_archival(signed.pdf, tmp_path)
    with pikepdf.open(io.BytesIO(signed.pdf)) as opened:
        assert opened.Root.DSS.CRLs[0].read_bytes()[:1] == b"0"
        kept = {one.read_bytes() for one in opened.Root.DSS.Certs}
        assert issuer.root.public_bytes(Encoding.DER) in kept
        assert notary.certificate.public_bytes(Encoding.DER) in kept
    # This version of pdfsig cannot read the second, which is a time-stamp over the whole file.
    assert "Signature is Valid." in told(signed.pdf, tmp_path, "pdfsig", "-nocert")
    token, covered = contents(signed.pdf, 1)
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "covered").write_bytes(covered)
    said = openssl(tmp_path, "ts -verify -in token -token_in -data covered -CAfile roots.pem")
    assert "Verification: OK" in said
    assert len(covered) + 2 * len(token) + 2 == len(signed.pdf)


def test_a_revoked_certificate_makes_no_long_term_signature(settings, tmp_path):
    issuer, notary = Issuer(), authority("First Notary")
    with listing(issuer) as crl, answering(honest(notary)) as url:
        own = use(settings, tmp_path, issuer.signer(crl), "B-LTA")
        issuer.revoked.append(own.certificate.serial_number)
        trust(settings, tmp_path, [url], notary)
        with pytest.raises(SigningError, match="revoked"):
            sign()


def test_a_list_of_revoked_that_cannot_be_had_is_said(settings, tmp_path, issuer):
    notary = authority("First Notary")
    with answering(honest(notary)) as url:
        use(settings, tmp_path, issuer.signer("http://127.0.0.1:9/list.crl"), "B-LTA")
        trust(settings, tmp_path, [url], notary)
        with pytest.raises(SigningError, match=r"revoked cannot be asked.*Nothing was signed"):
            sign()


def test_a_certificate_that_names_no_such_list_gets_no_long_term_signature(
    own, settings, tmp_path
):
    settings.REPORT_SIGNING_LEVEL = "B-LTA"
    with pytest.raises(WrongSettingError, match="names no address where"):
        signing.signer_facts()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"REPORT_SIGNING_P12_PASSWORD": "another"}, "REPORT_SIGNING_P12_PASSWORD"),
        ({"REPORT_SIGNING_P12": "/nowhere.p12"}, "set REPORT_SIGNING_P12"),
    ],
)
def test_a_key_that_cannot_be_opened_is_said_with_its_setting(own, settings, change, words):
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(WrongSettingError, match=words) as refused:
        signing.signer_facts()
    assert PASSWORD not in str(refused.value)


def test_a_certificate_that_is_not_valid_any_more_signs_nothing(settings, tmp_path, issuer):
    use(settings, tmp_path, issuer.signer(days=-1))
    with pytest.raises(WrongSettingError, match="was valid until"):
        signing.signer_facts()


def test_a_certificate_for_something_else_signs_nothing(settings, tmp_path, issuer):
    use(settings, tmp_path, issuer.signer(for_signing=False))
    with pytest.raises(WrongSettingError, match="not for signing"):
        signing.signer_facts()


@pytest.fixture
def found(finding):
    """The finding, and on what its numbers were computed."""
    with past_the_triggers():
        environment = document_of(Specimen())["software"]["environment"]
        Run.objects.filter(pk=finding.run_id).update(environment=environment)
    finding.run.refresh_from_db()
    return finding


def issued(finding, folder: Path) -> tuple[Path, dict]:
    """A report issued now, laid out as in a bundle, and its results.json."""
    report = reports.issue(finding, by=finding.asked_by)
    place = folder / f"data/reports/{finding.number}"
    place.mkdir(parents=True)
    for name, sha256 in (
        ("report.pdf", report.pdf_sha256),
        ("results.json", report.results_sha256),
    ):
        with store().open(sha256) as stream:
            (place / name).write_bytes(stream.read())
    return place / "report.pdf", json.loads((place / "results.json").read_bytes())


def printed_again(folder: Path) -> Found:
    found = Found()
    verifying.printed_again(Bundle(folder), found)
    return found


@pytest.mark.django_db
def test_what_is_issued_is_signed_says_so_and_prints_again(own, found, settings, tmp_path):
    settings.TIMESTAMP_URLS = [stamping.TEST]
    path, results = issued(found, tmp_path)
    assert results["signature"]["level"] == "B-T"
    cover = pypdf.PdfReader(path).pages[0].extract_text().replace("\n", " ")
    assert "PAdES B-T, by the certificate of CN=Notary of the test" in cover
    every = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    assert "no electronic signature" not in every
    assert own.certificate.fingerprint(hashes.SHA256()).hex() in cover.replace(" ", "")
    assert "Signature is Valid." in told(path.read_bytes(), tmp_path, "pdfsig", "-nocert")
    (tmp_path / "signed.pdf").unlink()
    outcome = printed_again(tmp_path)
    assert outcome.remarks == ["report 1: the same bytes, and a signature behind them"]
    assert "is for pdfsig or a PDF reader to say" in outcome.limits[0]


@pytest.mark.django_db
def test_what_is_issued_without_a_key_says_that_nobody_signed_it(found, tmp_path):
    path, results = issued(found, tmp_path)
    assert results["signature"] is None
    assert "None: this document is not signed." in pypdf.PdfReader(path).pages[0].extract_text()
    assert printed_again(tmp_path).remarks == ["report 1: the same bytes"]


@pytest.mark.django_db
def test_nothing_may_stand_behind_a_report_that_nobody_signed(found, tmp_path):
    path, _ = issued(found, tmp_path)
    path.write_bytes(path.read_bytes() + b"% more")
    with pytest.raises(NotCheckedError, match="the same words and other bytes"):
        printed_again(tmp_path)


@pytest.mark.django_db
def test_a_report_waits_for_the_authority_and_the_job_says_so(own, found, settings, tmp_path):
    trust(settings, tmp_path, ["http://127.0.0.1:9/"], authority("First Notary"))
    print_report(found.pk)
    job = Job.objects.get(kind=Job.Kind.PRINT, subject=found.pk)
    assert job.state == Job.State.FAILED
    assert "No time-stamping authority gave a time-stamp" in job.error
    assert reports.report_of(found) is None
    settings.TIMESTAMP_URLS = [stamping.TEST]
    jobs.ask(Job.Kind.PRINT, found.pk)
    print_report(found.pk)
    assert reports.report_of(found) is not None
