"""Draft certificates from real ceremonies: what they say, and when there is none."""

import io
import re

import pikepdf
import pypdf
import pytest

from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.errors import InsufficientDataError
from audit.blobs.stored import place_of
from audit.services.sources import store
from cases.reports import certificates
from cases.reports.blocks import texts
from cases.services import certifications, designations
from cases.services.certificates import document_of, draft, offers
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.cases.likelihood import likelihood_for
from tests.making import alpaca, hand_in

pytestmark = pytest.mark.django_db
ANN = Certifier("Ann Other", "forensic examiner, ten years", "retained by the claimant")


@pytest.fixture
def exhibits(matter, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return [
        hand_in(matter, name, "control", alpaca([("a?", name)]), alice)
        for name in ("osier", "larch", "alder")
    ]


def change(exhibit, data):
    path = store().root / place_of(exhibit.source.sha256)
    path.chmod(0o600)
    if data:
        path.write_bytes(data)
    else:
        path.unlink()


def carried_out(matter, exhibits, by, found=()):
    asked = certifications.ask(matter, exhibits, ANN, by=by, findings=found)
    certify(asked.pk)
    return asked


def words(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_a_certificate_of_copied_data_has_every_field_in_order(matter, alice, exhibits):
    asked = carried_out(matter, exhibits, alice)
    pdf = draft(asked, "14", by=alice)
    text = words(pdf)
    order = (
        *("Who certifies", "forensic examiner, ten years", "retained by"),
        *("The items", "Source and acquisition", "The digests", "Statement of identity"),
        *("Custody from receipt", "Time-stamps and checkpoint", "Notice", "Limits", "1746"),
    )
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    for one in exhibits:
        # At receipt, as recomputed, and both again in the statement.
        assert text.replace(" ", "").count(one.source.sha256) == 4
        assert f"Item {one.label}: on " in text
    assert "authenticity only" in text
    assert "under the laws of the United States of America" in text
    entry = matter.custody.get(act="certificate drafted")
    assert entry.facts == {"certification": 1, "rule": "14", "sha256": sha256_hex(pdf)}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["certification.json"]


def test_a_certificate_bears_the_highest_mark_of_what_was_read(matter, alice, exhibits):
    designations.designate(exhibits[2], "CONFIDENTIAL", "", by=alice)
    marked = carried_out(matter, exhibits, alice)
    other = carried_out(matter, exhibits[:2], alice)
    assert document_of(marked, by=alice)["designation"] == "CONFIDENTIAL"
    assert document_of(other, by=alice)["designation"] == ""
    assert "CONFIDENTIAL" in words(draft(marked, "14", by=alice))


def test_what_differs_or_is_missing_is_listed_and_not_stated(matter, alice, exhibits):
    change(exhibits[0], b"other bytes")
    change(exhibits[1], b"")
    asked = carried_out(matter, exhibits, alice)
    text = words(draft(asked, "14", by=alice))
    assert "For these items the statement is not made" in text
    assert "Item A: the recomputed digest differs" in text
    assert "Item B: its bytes could not be read" in text
    stated = re.findall(r"Item (\w): on", text)
    assert stated == ["C"]


def test_no_certificate_where_nothing_is_identical(matter, alice, exhibits):
    for one in exhibits:
        change(one, b"x")
    asked = carried_out(matter, exhibits, alice)
    assert offers(asked) == {
        "14": "None of the recomputed digests is identical to the one on record.",
        "13": "No finding was certified, only exhibits.",
    }
    with pytest.raises(InsufficientDataError, match="no certificate under Rule 902"):
        draft(asked, "14", by=alice)
    assert not matter.custody.filter(act="certificate drafted").exists()


def test_a_certificate_of_a_process_describes_it_and_holds_no_result(computed, alice):
    asked = carried_out(computed.matter, [], alice, [computed])
    assert offers(asked)["13"] == ""
    pdf = draft(asked, "13", by=alice)
    text = words(pdf)
    for one in (
        *("The process", "Self-test", "Recomputation", "How errors are handled"),
        *("SHA-256 of the text abc", "The two are identical", "least cosine", "authenticity only"),
    ):
        assert one in text
    assert text.replace(" ", "").count(computed.run.result_digest) == 3
    _expect_no_result(computed, text)


def _expect_no_result(computed, text):
    result = computed.run.result
    view = result["teachers"][0]["views"]["embedding"]
    for number in (view["lead"]["estimate"], view["candidates"][0]["mean_similarity"]):
        assert f"{number:.3f}" not in text
    assert result["outcome"]["answer"] not in text
    for word in ("likelihood", "rank ", "trained on the teacher", "proof", "proves that"):
        assert word not in text.lower()


def test_a_result_within_the_tolerance_is_certified_with_its_number(computed, alice):
    document = _with(computed, alice, identical=False, computed="d" * 64, difference=0.000512)
    text = _printed(document)
    assert "The number that differs most does so by 0.000512" in text
    assert "tolerance of 0.002" in text
    assert "identical: every" not in text


def test_a_result_beyond_the_tolerance_is_not_stated(computed, alice):
    document = _with(computed, alice, holds=False, identical=False, beyond=3)
    with pytest.raises(InsufficientDataError, match="3 of its values differ by more"):
        certificates.certificate_13(document)


def _with(finding, by, **values):
    document = document_of(carried_out(finding.matter, [], by, [finding]), by=by)
    document["certification"]["findings"][0] |= values
    return document


def _printed(document):
    return " ".join(
        one.text
        for section in certificates.certificate_13(document).sections
        for one in texts(section)
    )


def test_the_frozen_facts_are_plain_values(computed, alice):
    exhibits = list(computed.matter.exhibits.select_related("source"))[:2]
    asked = carried_out(computed.matter, exhibits, alice, [computed])
    document = document_of(asked, by=alice, bates={"A": "ABC000001"})
    assert document["certification"]["exhibits"][0]["bates"] == "ABC000001"
    assert len(digest_of(document)) == 64


def test_accuracy_is_that_of_the_calibration_with_its_error_rates(computed, alice):
    accuracy = {
        "pack": {"name": "default", "digest": "e" * 64, "population": {"models": 95}},
        "size": {"prompts": 32, "controls": 6, "calibrated_at": 100},
        "validation": likelihood_for([])["validation"],
    }
    text = _printed(_with(computed, alice, accuracy=accuracy))
    assert "7 of 96" in text
    assert "e" * 64 in text
    assert "Nothing of this matter is among these figures" in text
    assert "Pairs under H2 with a ratio of 10 or more" in text
    assert " LR " not in text
