"""A likelihood ratio for the tests: made-up models, figures as a calibration gives them."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("likelihood.json")


def likelihood_for(teachers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a likelihood ratio for up to two teachers: the first gets one, the second none."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    found["teachers"] = [
        one | {"label": teacher["label"], "model": teacher["model"]}
        for one, teacher in zip(found["teachers"], teachers, strict=False)
    ]
    return found


def refused_for(teachers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the same for material that has too few prompts."""
    return likelihood_for([]) | {
        "size": {"prompts": 36, "controls": 5, "calibrated_at": None},
        "refused": "No likelihood ratio can be given: 36 prompts are matched, and the calibration "
        f"needs at least 50. Put 14 more of the same prompts to all {1 + len(teachers)} models.",
        "domain": None,
        "teachers": [],
        "validation": None,
    }
