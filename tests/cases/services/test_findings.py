from dataclasses import replace

import pytest

from audit.analysis.errors import InsufficientDataError
from audit.models import Encoder, Job
from audit.services import embedding, runs
from cases.models import Finding, Report
from cases.services import custody, exhibits, findings, reports
from cases.services.findings import AnotherPlanError
from tests.making import QUICK, asked, matter_with_exhibits

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(django_user_model):
    return django_user_model.objects.create_user("alice")


def carry_out(finding: Finding, by) -> Finding:
    embedding.cut_shards(finding.run)
    for shard in finding.run.shards.all():
        embedding.embed_shard(shard)
    findings.carry_out(finding, by=by)
    return Finding.objects.select_related("run", "matter").get(pk=finding.pk)


def test_the_plan_is_in_custody_before_any_number_exists(alice):
    finding = asked(alice)
    planned = finding.matter.custody.get(act="planned")
    assert planned.facts["plan"] == finding.run.plan_digest
    assert planned.facts["inputs"]["A"] == {
        "sha256": finding.run.plan["inputs"][0]["sha256"],
        "role": "suspect",
    }
    assert finding.run.result is None
    assert finding.run.plan["encoder"]["weights_sha256"]


def test_a_copied_suspect_ranks_its_teacher_first_and_is_told_the_limit(alice):
    finding = carry_out(asked(alice), alice)
    outcome = finding.run.result["outcome"]
    assert outcome["code"] == "limited"
    assert "With 6 controls no p-value below 1/7 = 0.143 can come out" in outcome["limits"][0]
    view = finding.run.result["teachers"][0]["views"]["embedding"]
    assert (view["rank"], view["of"], view["p_value"]) == (1, 7, pytest.approx(1 / 7, abs=1e-6))
    found = finding.matter.custody.get(act="found")
    assert found.facts["result"] == finding.run.result_digest
    assert Job.objects.get(kind=Job.Kind.PRINT).subject == finding.pk


def test_an_independent_suspect_does_not_come_out_as_evidence(alice):
    finding = carry_out(asked(alice, copied=False), alice)
    assert finding.run.result["outcome"]["code"] in {"not_shown", "abstains"}


def test_the_same_plan_again_comes_to_the_same_numbers(alice):
    first = carry_out(asked(alice), alice)
    second = carry_out(findings.ask_again(first, by=alice), alice)
    assert second.run_id != first.run_id
    assert second.run.plan_digest == first.run.plan_digest
    assert second.run.result_digest == first.run.result_digest
    assert first.matter.custody.filter(act="found").last().facts["findings_that_differ"] == []


def test_a_result_is_kept_once(alice):
    finding = carry_out(asked(alice), alice)
    findings.carry_out(finding, by=alice)
    assert not runs.keep(finding.run, runs.compute(finding.run))
    assert finding.matter.custody.filter(act="found").count() == 1


def test_exhibits_that_are_not_ready_are_refused_by_name(alice):
    matter, found = matter_with_exhibits(alice)
    exhibits.withdraw(found[3], "wrong file", by=alice)
    found[3].refresh_from_db()
    with pytest.raises(
        InsufficientDataError, match=r"Exhibit D \(control-1\.json\) was withdrawn"
    ):
        findings.ask(matter, found, QUICK, by=alice)
    assert not Finding.objects.exists()


def test_a_report_is_issued_once_and_its_files_are_the_digests_on_record(alice):
    finding = carry_out(asked(alice), alice)
    first = reports.issue(finding, by=alice)
    second = reports.issue(finding, by=alice)
    assert first == second
    assert Report.objects.count() == 1
    issued = finding.matter.custody.get(act="issued")
    assert issued.facts["pdf"] == first.pdf_sha256
    with reports.open_issued(first, first.pdf_sha256, by=alice) as stream:
        assert stream.read(5) == b"%PDF-"
    assert finding.matter.custody.filter(act="exported").count() == 1
    assert custody.problems(finding.matter) == []


def test_the_same_plan_is_not_run_again_without_an_exhibit_of_it(alice):
    finding = asked(alice)
    exhibits.withdraw(finding.matter.exhibits.last(), "wrong file", by=alice)
    with pytest.raises(InsufficientDataError, match=r"Exhibit H .* was withdrawn"):
        findings.ask_again(finding, by=alice)
    assert finding.matter.findings.count() == 1


def test_the_same_plan_is_not_run_again_with_another_encoder(alice, monkeypatch):
    finding = asked(alice)
    identity = embedding.current_identity()
    other = replace(identity, name="another-encoder")
    monkeypatch.setattr(embedding, "current_identity", lambda: other)
    with pytest.raises(AnotherPlanError, match="the encoder or the version of the method"):
        findings.ask_again(finding, by=alice)
    assert finding.matter.findings.count() == 1
    assert Encoder.objects.count() == 1
