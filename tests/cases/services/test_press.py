"""Printing in a process of its own."""

import json
import subprocess
import sys

import pytest

from cases.reports import pdf
from cases.reports.__main__ import CANNOT
from cases.reports.report import report_of
from cases.services import press
from tests.cases.reports.specimen import Specimen, document_of
from tests.processes import ROOT


@pytest.fixture(scope="module")
def artefact():
    return report_of(document_of(Specimen()))


def test_it_prints_what_the_press_prints_here(artefact):
    assert press.printed(artefact) == pdf.render(artefact)


@pytest.mark.parametrize(("name", "value"), [("SECONDS", 0), ("MOST_BYTES", 40 * 1024**2)])
def test_one_that_takes_too_much_is_ended_and_told(artefact, monkeypatch, name, value):
    monkeypatch.setattr(press, name, value)
    with pytest.raises(pdf.PrintingError, match="took more than"):
        press.printed(artefact)


def test_one_that_waits_for_ever_is_ended(artefact, monkeypatch):
    monkeypatch.setattr(press, "PATIENCE", 0.01)
    with pytest.raises(pdf.PrintingError, match="took more than"):
        press.printed(artefact)


def test_what_the_press_says_is_told(artefact):
    broken = pdf.sheet(artefact, None)
    broken["sections"][0]["blocks"] = [{"kind": "no such kind"}]
    words = [sys.executable, "-m", "cases.reports", "pdf", "100", str(press.MOST_BYTES)]
    done = subprocess.run(
        words, input=json.dumps(broken).encode(), capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == CANNOT
    assert "no such block: no such kind" in done.stderr.decode()
    assert done.stdout == b""


def test_no_secret_of_the_site_reaches_it(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:secret@b/c")
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(press._environment())


def test_it_has_no_network_where_the_system_lets_us():
    if not press._without_network():
        pytest.skip("unshare makes no network of its own here")
    code = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    words = [*press._without_network(), sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, check=False)
    assert "Network is unreachable" in done.stderr.decode()
