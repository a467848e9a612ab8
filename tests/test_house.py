"""Gates that no linter has: sizes, actors, assertions, and what the project speaks of."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path
    for folder in ("audit", "cases")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_can_be_held_in_the_head(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    too_long = [one.name for one in functions(path) if one.end_lineno - one.lineno + 1 > 36]
    assert too_long == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_asserts(path):
    silent = [
        one.name for one in functions(path) if one.name.startswith("test_") and not _asserts(one)
    ]
    assert silent == []


def _asserts(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and "raises" in ast.unparse(node.func):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
            ("check_", "expect", "assert_")
        ):
            return True
    return False


CHANGES = (
    ("cases.services.matters", {"open_matter", "set_level", "party"}),
    ("cases.services.exhibits", {"receive", "read", "read_again", "withdraw"}),
    ("cases.services.findings", {"ask", "ask_again", "carry_out"}),
    ("cases.services.reports", {"issue", "open_issued"}),
    ("cases.services.bundles", {"ask", "write", "open_made"}),
    ("cases.services.bates", {"choose", "number", "number_all"}),
    ("cases.services.productions", {"ask", "open_made"}),
    ("cases.services.custody", {"record"}),
    ("cases.services.holds", {"issue", "acknowledge", "release"}),
    ("cases.services.erasure", {"erase", "keep_until"}),
    ("cases.services.certifications", {"ask"}),
    ("cases.services.certificates", {"draft"}),
    ("cases.services.designations", {"designate"}),
    (
        "cases.services.privilege",
        {"add", "change", "remove", "add_redaction", "name_order", "issue", "open_issued"},
    ),
    ("cases.services.redactions", {"make", "open_made"}),
    (
        "cases.services.filings",
        {"draft", "write_texts", "write_clause", "remove_clause", "write_elements", "add_element"}
        | {"remove_element", "certify_with", "discard", "ask_review", "review", "ask_finalise"}
        | {"open_paper", "preview"},
    ),
    (
        "cases.services.watches",
        {"open_watch", "change", "renew", "pause", "resume", "tell_where", "acknowledge"}
        | {"look_now", "audit_again", "retime", "close", "enter_release", "enter_event"},
    ),
    ("cases.services.desk", {"hand_in", "audit"}),
)


@pytest.mark.parametrize(("module", "names"), CHANGES)
def test_every_change_in_a_matter_names_its_actor_by_keyword(module, names):
    __import__(module)
    found = vars(sys.modules[module])
    for name in names:
        parameter = inspect.signature(found[name]).parameters["by"]
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


def test_the_analysis_library_runs_without_django_and_celery():
    block = (
        "import sys\n"
        "for name in ('django', 'celery', 'psycopg', 'boto3'): sys.modules[name] = None\n"
        "import audit.analysis.pipeline, audit.analysis.replay, audit.analysis.ingest\n"
        "import audit.analysis.verifying.again, audit.analysis.verifying.reports\n"
        "import audit.analysis.custody.ledger, audit.blobs.folder, cases.rules.access\n"
        "print('ok')"
    )
    done = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout == "ok\n", done.stderr


def test_pages_and_web_processes_do_not_pay_for_torch():
    block = (
        "import django, sys; django.setup(); import cases.urls\n"
        "heavy = {'torch', 'openvino', 'sentence_transformers', 'typst', 'pyhanko'}\n"
        "heavy |= {'vl_convert'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout == "[]\n", done.stderr
