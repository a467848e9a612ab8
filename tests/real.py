"""Real transcripts beside the project, for the tests that have them: a teacher, a student, others.

Each model stands under a neutral name; which file it is, is said here alone.
"""

import gzip
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from cases.models import Exhibit, Matter
from cases.services import desk, matters
from tests.processes import ROOT

SHARED = ROOT.parent / "shared" / "transcripts" / "alpaca_eval"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared transcripts are absent")
TEACHER, CONTROL = "Teacher", "Control"
_TEACHER, _STUDENT, _OTHER = "gpt-3.5-turbo-0301", "vicuna-13b", "Mixtral-8x7B-Instruct-v0.1"
_CONTROLS = (
    "claude-2",
    "llama-2-70b-chat-hf",
    "gemini-pro",
    "cohere",
    "guanaco-65b",
    "oasst-rlhf-llama-33b",
)
_PROMPTS = 60


def student() -> dict[str, str]:
    """Answers of a model that was trained on the teacher's outputs, by prompt."""
    return _answers(_STUDENT)


def other() -> dict[str, str]:
    """Answers of a model that was not, as far as its makers tell, by prompt."""
    return _answers(_OTHER)


def matter_with_exhibits(folder: Path, by: User) -> tuple[Matter, list[Exhibit]]:
    """A matter with the teacher and the controls, their answers to the same prompts alone."""
    matter = matters.open_matter("Real transcripts", "Was a release trained on them?", by=by)
    given = [("teacher", TEACHER, _TEACHER)]
    given += [("control", f"{CONTROL} {n}", one) for n, one in enumerate(_CONTROLS, start=1)]
    exhibits = []
    for role, name, model in given:
        known, path = _rows(model), folder / f"{name}.json"
        path.write_text(json.dumps([known[one] for one in _prompts()]))
        handed = desk.Given(role, name, path)
        exhibits.append(desk.hand_in(matter, handed, say=lambda _: None, by=by))
    return matter, exhibits


def _prompts() -> list[str]:
    everything = sorted(_rows(_TEACHER))
    return everything[:: len(everything) // _PROMPTS][:_PROMPTS]


def _answers(model: str) -> dict[str, str]:
    known = _rows(model)
    return {one: known[one]["output"] for one in _prompts()}


def _rows(model: str) -> dict[str, dict[str, str]]:
    rows = json.loads(gzip.decompress((SHARED / f"{model}.json.gz").read_bytes()))
    return {row["instruction"]: row for row in rows}
