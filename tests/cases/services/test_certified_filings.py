"""A filing with a certification: two certificates more, which hold nothing of the result."""

import csv
import io
import json
import re

import pikepdf
import pytest
from pypdf import PdfReader

from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.services import embedding
from audit.services.compared import compared
from cases.models import Finding
from cases.reports.blocks import Listing, within
from cases.reports.pointers import resolved
from cases.reports.schedules import schedules_of
from cases.services import bundles, certifications, findings
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.filed import finalised
from tests.making import matter_with_exhibits

pytestmark = pytest.mark.django_db(transaction=True)

CERTIFICATES = ("certificate-902-13.pdf", "certificate-902-14.pdf")


@pytest.fixture
def answered(alice, settings, tmp_path):
    """A finding that may be filed, computed with the shipped encoder."""
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    matter, exhibits = matter_with_exhibits(alice)
    plan = Parameters(bootstrap_rounds=200, pack=default_pack().digest)
    made = findings.ask(matter, exhibits, plan, by=alice)
    embedding.cut_shards(made.run)
    for shard in made.run.shards.all():
        embedding.embed_shard(shard)
    findings.carry_out(made, by=alice)
    return Finding.objects.get(pk=made.pk)


@pytest.fixture
def filed(answered, alice, tmp_path):
    """The folder of the filing in a bundle that was written after it."""
    exhibits = list(answered.matter.exhibits.select_related("source"))
    asked = certifications.ask(
        answered.matter,
        exhibits,
        Certifier("Ann Other", "forensic examiner", "retained by the claimant"),
        by=alice,
        findings=[answered],
    )
    certify(asked.pk)
    finalised(answered, alice, asked)
    bundles.write(answered.matter, tmp_path / "bundle", say=str, by=alice)
    return tmp_path / "bundle/data/filings/1"


def text_of(pdf):
    return " ".join(one.extract_text() for one in PdfReader(pdf).pages)


def test_certificates_and_schedules_of_a_filing_in_its_bundle(filed, answered):
    expect_no_result(filed, answered)
    expect_pointers_that_resolve(filed, answered)


def expect_no_result(filed, answered):
    held = (filed / "certification.json").read_bytes()
    for name in CERTIFICATES:
        with pikepdf.open(filed / name) as opened:
            assert list(opened.attachments) == ["certification.json"]
            attached = opened.attachments["certification.json"].get_file().read_bytes()
        assert attached == held
        text = re.sub(r"\s+", " ", text_of(filed / name))
        assert "Ann Other" in text
        for word in ("likelihood", "rank ", "score", "trained on the teacher"):
            assert word not in text.lower(), (name, word)
        assert figures_of(answered.run.result) & set(re.findall(r"\d+\.\d+", text)) == set()
    values = set(numbers_of(json.loads(held)))
    assert values & set(numbers_of(measured_in(answered.run.result))) == set()
    assert not {"likelihood", "teachers", "outcome"} & keys_of(json.loads(held))


def measured_in(result):
    """What was measured of how alike the exhibits are."""
    return [result["teachers"], result["similarity"], result["nearest_neighbours"]]


def figures_of(result):
    """The figures of likeness to all their places: with fewer, an error rate may look the same."""
    return {f"{one:.6f}" for one in numbers_of(measured_in(result))}


def numbers_of(value):
    """Every fraction in a JSON value, but for those that any document may hold."""
    if isinstance(value, float) and value not in {0.0, 0.5, 0.95, 0.99, 0.999, 1.0}:
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers_of(one)


def keys_of(value):
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set()


def expect_pointers_that_resolve(filed, answered):
    document = json.loads((filed / "results.json").read_bytes())
    with pikepdf.open(filed / "schedules.pdf") as opened:
        table = opened.attachments["schedule-2.csv"].get_file().read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 8 * 32
    texts = {}
    for label in "ABCDEFGH":
        place = filed.parents[1] / f"exhibits/{label}/exchanges.jsonl"
        for one in map(json.loads, place.read_text("utf-8").splitlines()):
            texts[label, str(one["record"])] = one["answer"]
    for row in rows:
        answer = texts[row["exhibit"], row["record"]]
        assert sha256_hex(answer.encode()) == row["sha256"]
    assert digest_of(document["result"]) == document["result_sha256"]
    printed = re.sub(r"\s+", "", text_of(filed / "schedules.pdf"))
    means = means_of(schedules_of(document, compared(answered.run)))
    assert means
    for _, mean, pointer, digest in means:
        assert f"{resolved(document, pointer):.6f}" == mean
        assert pointer in printed
        assert digest in printed


def means_of(made):
    found = [one for section in made.sections for one in within(section.blocks)]
    return [
        row
        for one in found
        if isinstance(one, Listing) and one.key in {"schedule-3a", "schedule-3b"}
        for row in one.rows
    ]
