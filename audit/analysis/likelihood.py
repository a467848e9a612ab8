"""A plan's matched answers as a case for the calibration pack that the plan names."""

from functools import cache
from typing import Any

import numpy as np

from audit.analysis.errors import IntegrityError
from audit.analysis.fusion.pack import DEFAULT, Pack, load
from audit.analysis.fusion.weighing import Candidate, Case, weigh
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.signals.cohort import Cohort
from audit.analysis.transcripts import Role


@cache
def default_pack() -> Pack:
    """Return the pack that is shipped, read once."""
    return load(DEFAULT)


def likelihood(plan: Plan, material: Material) -> dict[str, Any] | None:
    """Return the likelihood ratio of every teacher of the plan; None for a plan without a pack.

    Each file counts as a line of its own: the plan asserts that controls are independent.
    """
    if plan.parameters.pack is None:
        return None
    pack = _named(plan.parameters.pack)
    suspect = plan.places(Role.SUSPECT)[0]
    answers = tuple(tuple(one.strip() or None for one in row) for row in material.answers)
    cohort = Cohort(material.prompts[suspect], answers, np.arange(len(plan.inputs)))
    teachers = tuple(
        Candidate((place,), plan.inputs[place].label, plan.inputs[place].model)
        for place in plan.places(Role.TEACHER)
    )
    names = tuple(one.model for one in plan.inputs)
    case = Case(suspect, teachers, plan.places(Role.CONTROL), names, plan.parameters.seed)
    return weigh(pack, cohort, case)


def _named(digest: str) -> Pack:
    pack = default_pack()
    if pack.digest != digest:
        raise IntegrityError(
            f"The plan names the calibration pack {digest}, and this version carries "
            f"{pack.digest}. Carry the plan out with the version that sealed it, or make a new "
            "plan."
        )
    return pack
