"""The matched pairs that a report shows: drawn by seed, never picked."""

from dataclasses import asdict
from typing import Any

import numpy as np

from audit.analysis.comparisons import shared_passages
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.transcripts import Role

# A pair is shown whole up to this many characters; what is cut is said beside it.
MOST_SHOWN = 4000
# Keeps the draw apart from the streams of the bootstrap.
_DRAW_STREAM = 10_000


def draw_pairs(plan: Plan, material: Material) -> list[dict[str, Any]]:
    """Return `pairs_shown` prompts drawn without replacement, each with every teacher's answer."""
    rng = np.random.default_rng((plan.parameters.seed, _DRAW_STREAM))
    count = min(plan.parameters.pairs_shown, material.questions)
    drawn = np.sort(rng.choice(material.questions, size=count, replace=False))
    return [
        _pair(plan, material, teacher, int(position))
        for teacher in plan.places(Role.TEACHER)
        for position in drawn
    ]


def _pair(plan: Plan, material: Material, teacher: int, position: int) -> dict[str, Any]:
    """Return one matched pair with its records, its cosine and the passages both share."""
    suspect = plan.places(Role.SUSPECT)[0]
    left, right = (material.answers[one][position] for one in (suspect, teacher))
    asked, otherwise = (material.prompts[one][position] for one in (suspect, teacher))
    passages = shared_passages(
        left[:MOST_SHOWN],
        right[:MOST_SHOWN],
        prompt=asked if otherwise == asked else f"{asked}\n{otherwise}",
        least_words=plan.parameters.least_shared_words,
    )
    vectors = material.vectors[:, position].astype(np.float64)
    return {
        "prompt": asked[:MOST_SHOWN],
        "teacher_prompt": "" if otherwise == asked else otherwise[:MOST_SHOWN],
        "teacher_label": plan.inputs[teacher].label,
        "suspect_record": material.records[suspect][position],
        "teacher_record": material.records[teacher][position],
        "cosine": float(vectors[suspect] @ vectors[teacher]),
        "suspect_answer": left[:MOST_SHOWN],
        "teacher_answer": right[:MOST_SHOWN],
        "suspect_characters": len(left),
        "teacher_characters": len(right),
        "passages": [asdict(passage) for passage in passages],
    }
