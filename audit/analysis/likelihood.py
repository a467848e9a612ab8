"""A plan's matched answers as a case for the calibration pack that the plan names."""

from functools import cache
from typing import Any

import numpy as np

from audit.analysis import sameness
from audit.analysis.asserted import Tie
from audit.analysis.calibration.verbal import verbal
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

    Teachers that are declared to be versions of one model are one family, which gets one ratio:
    `files` holds their labels. A control that is declared to be a version of a teacher is none
    here, as no model of the teacher's line is one in the calibration; `set_aside` names these.
    """
    if plan.parameters.pack is None:
        return None
    pack = _named(plan.parameters.pack)
    suspect = plan.places(Role.SUSPECT)[0]
    answers = tuple(tuple(one.strip() or None for one in row) for row in material.answers)
    cohort = Cohort(material.prompts[suspect], answers, np.array(plan.lines))
    names = tuple(one.model for one in plan.inputs)
    teachers, controls = _teachers(plan), _controls(plan)
    case = Case(suspect, teachers, controls, names, plan.parameters.seed)
    found = weigh(pack, cohort, case)
    for one, teacher in zip(found["teachers"], teachers, strict=False):
        one["files"] = [plan.inputs[place].label for place in teacher.places]
        one.update(_unless_one_model(plan, material, suspect, teacher))
    aside = sorted(set(plan.places(Role.CONTROL)).difference(controls))
    found["size"]["control_files"] = len(controls)
    return found | {"set_aside": [names[place] for place in aside]}


def _unless_one_model(
    plan: Plan, material: Material, suspect: int, teacher: Candidate
) -> dict[str, Any]:
    """Return that no ratio is given, if a teacher's file has the suspect's words; else nothing.

    No pair of the calibration is one model under two names, and the ratio is not of that question.
    """
    for place in teacher.places:
        same = sameness.of_two(material, suspect, place)
        if sameness.is_one_model(same):
            why = (
                f"No likelihood ratio is given: {plan.inputs[place].model} gives the same answer "
                f"as the suspect, word for word, to {same['count']} of {same['of']} prompts, as "
                "one model under two names or one file handed in twice does."
            )
            return {"log10_lr": None, "abstains": why, "verbal": f"What was found {verbal(0.0)}."}
    return {}


def _teachers(plan: Plan) -> tuple[Candidate, ...]:
    """Return the candidates: the files of each line of teachers together, in the plan's order."""
    lines: dict[str, list[int]] = {}
    for place in plan.places(Role.TEACHER):
        lines.setdefault(plan.asserted.line_of(plan.inputs[place].label), []).append(place)
    return tuple(
        Candidate(
            tuple(places),
            "+".join(plan.inputs[place].label for place in places),
            ", ".join(plan.inputs[place].model for place in places),
        )
        for places in lines.values()
    )


def _controls(plan: Plan) -> tuple[int, ...]:
    """Return the controls that are not declared to be versions of a teacher."""
    return tuple(
        place
        for place in plan.places(Role.CONTROL)
        if plan.asserted.of(plan.inputs[place].label).tie is not Tie.VERSION
    )


def _named(digest: str) -> Pack:
    pack = default_pack()
    if pack.digest != digest:
        raise IntegrityError(
            f"The plan names the calibration pack {digest}, and this version carries "
            f"{pack.digest}. Carry the plan out with the version that sealed it, or make a new "
            "plan."
        )
    return pack
