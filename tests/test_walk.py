"""From sign-in to the PDF as a person walks it: real browser, real worker, real encoder."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from audit.analysis.digests import sha256_hex
from audit.models import Embedding
from cases import samples
from cases.models import Exhibit, Finding
from cases.services import custody
from tests.browser import serious_violations
from tests.processes import ROOT, Worker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SHARED = ROOT.parent / "shared" / "transcripts" / "alpaca_eval"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared transcripts are absent")
CONTROLS = [
    "claude-2",
    "llama-2-70b-chat-hf",
    "gemini-pro",
    "cohere",
    "guanaco-65b",
    "oasst-rlhf-llama-33b",
    "falcon-7b-instruct",
    "Mixtral-8x7B-Instruct-v0.1",
]
LONGEST = 480_000


def sign_in(page: Page, base: str) -> None:
    page.goto(base)
    assert serious_violations(page) == []
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Matters").wait_for()


def open_matter(page: Page, name: str) -> None:
    assert serious_violations(page) == []
    page.get_by_role("link", name="Open a matter").first.click()
    page.get_by_label("Name of the matter").fill(name)
    assert serious_violations(page) == []
    page.get_by_role("button", name="Open").click()
    page.get_by_role("link", name="Add exhibit").click()


def hand_in(page: Page, role: str, model: str, path: Path, *, last: bool = False) -> None:
    page.get_by_label("Role").select_option(role)
    page.get_by_label("Model").fill(model)
    page.get_by_label("Handed in by").fill("the claimant")
    page.get_by_label("File").set_input_files(path)
    button = page.get_by_role("button", name="Add" if last else "Add another", exact=True)
    with page.expect_navigation():
        button.click()


def ask(page: Page, base: str) -> None:
    exhibit = Exhibit.objects.order_by("-pk").first()
    page.get_by_role("heading", name="What is asserted").wait_for()
    assert serious_violations(page) == []
    page.goto(f"{base}/matters/{exhibit.matter_id}/")
    page.locator("#exhibits:not([hx-trigger])").wait_for(timeout=LONGEST)
    assert serious_violations(page) == []
    page.get_by_role("link", name="Ask for a finding").click()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Seal the plan and start").click()


def wait_for_report(page: Page, tmp_path: Path) -> tuple[Finding, Path]:
    page.locator("#progress").wait_for()
    assert serious_violations(page) == []
    link = page.get_by_role("link", name="report.pdf")
    link.wait_for(timeout=LONGEST)
    assert serious_violations(page) == []
    with page.expect_download() as download:
        link.click()
    target = tmp_path / "report.pdf"
    download.value.save_as(target)
    finding = Finding.objects.select_related("run", "report", "matter").latest("pk")
    return finding, target


def check_report(finding: Finding, pdf: Path) -> str:
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF-")
    assert sha256_hex(data) == finding.report.pdf_sha256
    assert custody.problems(finding.matter) == []
    text = "".join(one.extract_text() for one in PdfReader(pdf).pages)
    assert finding.run.plan_digest in text.replace("\n", "").replace(" ", "")
    return text


def check_the_pages_behind(page: Page, matter: str) -> None:
    """Look at the pages that the walk has not come by."""
    page.goto(f"{matter}/custody/")
    page.get_by_text("taken away").first.wait_for()
    assert serious_violations(page) == []
    page.goto(f"{matter}/people/")
    assert serious_violations(page) == []


def test_the_samples_from_sign_in_to_the_pdf(
    live_server, django_user_model, worker: Worker, page: Page, tmp_path
):
    django_user_model.objects.create_user("alice", password="a long pass phrase")
    sign_in(page, live_server.url)
    open_matter(page, "The samples")
    assert serious_violations(page) == []
    given = [samples.IMITATOR, *samples.TEACHERS, *samples.CONTROLS]
    for number, one in enumerate(given, start=1):
        path = samples.folder() / one.file
        hand_in(page, one.role, one.model, path, last=number == len(given))
    ask(page, live_server.url)
    finding, pdf = wait_for_report(page, tmp_path)
    assert finding.run.result["outcome"]["code"] == "limited"
    assert "Quarry-2" in check_report(finding, pdf)
    page.get_by_role("link", name="pairs").first.click()
    page.locator("mark").first.wait_for()
    assert serious_violations(page) == []
    check_the_pages_behind(page, f"{live_server.url}/matters/{finding.matter_id}")
    assert worker.process.poll() is None


@needs_shared
@pytest.mark.shared
def test_real_transcripts_from_upload_to_the_pdf(
    live_server, django_user_model, worker: Worker, page: Page, tmp_path
):
    django_user_model.objects.create_user("alice", password="a long pass phrase")
    sign_in(page, live_server.url)
    ask_of_real_transcripts(page, live_server.url, "alpaca-7b")
    finding, pdf = wait_for_report(page, tmp_path)
    check_real_report(finding, pdf, {"limited"})
    embedded = Embedding.objects.count()
    # Another matter on files that are known by now: only what the first did not need is embedded.
    page.goto(live_server.url)
    ask_of_real_transcripts(page, live_server.url, "guanaco-65b")
    finding, pdf = wait_for_report(page, tmp_path)
    check_real_report(finding, pdf, {"not_shown", "abstains"})
    assert Embedding.objects.count() < 1.1 * embedded
    assert worker.process.poll() is None


def ask_of_real_transcripts(page: Page, base: str, suspect: str) -> None:
    open_matter(page, "Real transcripts")
    controls = [name for name in CONTROLS if name != suspect]
    given = [("suspect", suspect), ("teacher", "text_davinci_003")]
    given += [("control", name) for name in controls]
    for number, (role, name) in enumerate(given, start=1):
        hand_in(page, role, name, SHARED / f"{name}.json.gz", last=number == len(given))
    ask(page, base)


def check_real_report(finding: Finding, pdf: Path, expected: set[str]) -> None:
    assert finding.run.result["outcome"]["code"] in expected
    assert finding.run.result["matched_prompts"] > 790
    check_report(finding, pdf)
    assert json.dumps(finding.run.result["teachers"])
