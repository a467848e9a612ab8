"""What a plan's material can and cannot show, said before the plan is sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit.analysis.asserted import Tie
from audit.analysis.fusion.pack import Fit, Pack
from audit.analysis.pipeline import shortfalls
from audit.analysis.plan import Plan
from audit.analysis.statistics.rank import controls_needed
from audit.analysis.transcripts import Role


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be shown, what cannot, and what more prompts or controls would do, in sentences.

    `size` says what there is. `missing` counts the prompts of the battery that not every file
    answers.
    """

    size: str
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    more: tuple[str, ...]
    missing: int

    def __str__(self) -> str:
        """Return all of it, a line each."""
        parts = (
            ("can show", self.can),
            ("cannot show", self.cannot),
            ("more would do", self.more),
        )
        lines = [f"  {name}: {one}" for name, said in parts for one in said]
        return "\n".join([f"This material: {self.size}", *lines])


def outlook(plan: Plan, shared: int, missing: int, pack: Pack) -> Outlook:
    """Return the outlook of a plan whose files share so many prompts, and lack some to put.

    `missing` are the prompts of the battery that not every file answers. Figures are those of the
    pack's reference pairs at the largest size that the material reaches. If the plan also matches
    nearly equal prompts, there may be more than are shared.
    """
    case = _Case.of(plan, shared, pack)
    return Outlook(
        size=case.size,
        can=() if shortfalls(plan, shared) else tuple(_can(case)),
        cannot=tuple(_cannot(plan, case)),
        more=(*_more(case), _to_put(missing)),
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    plan: Plan
    pack: Pack
    prompts: int
    controls: int
    families: int
    family: bool

    @classmethod
    def of(cls, plan: Plan, prompts: int, pack: Pack) -> "_Case":
        versions = {one.label for one in plan.asserted.declared if one.tie is Tie.VERSION}
        places = plan.places(Role.CONTROL)
        kept = [one for one in places if plan.inputs[one].label not in versions]
        lines = np.array(plan.lines)
        teachers = [plan.lines[one] for one in plan.places(Role.TEACHER)]
        family = bool(teachers) and all(teachers.count(one) > 1 for one in teachers)
        return cls(plan, pack, prompts, len(places), len(set(lines[kept])), family)

    @property
    def size(self) -> str:
        near = " the same text" * (self.plan.parameters.near_prompt is not None)
        families = f" of {self.families} families" * (self.families != self.controls)
        return f"{self.prompts:,}{near} prompts in every file, {self.controls} controls{families}."

    @property
    def fit(self) -> Fit | None:
        return self.pack.fit_for(self.prompts, self.families, family=self.family)


def _can(case: _Case) -> Iterator[str]:
    if case.fit is not None:
        highest, lowest = (
            f"{10**one:.2g}" for one in (case.fit.bounds.upper, case.fit.bounds.lower)
        )
        yield (
            f"a likelihood ratio for each teacher, between {lowest} and {highest}. On "
            f"reference pairs of this size (from {case.fit.prompts} prompts and "
            f"{case.fit.controls} controls up), {_power(case.fit)}"
        )
    if case.controls:
        yield (
            f"a rank among the controls with a p-value of {1 / (case.controls + 1):.3f} at the "
            "least."
        )


def _power(fit: Fit) -> str:
    """Return how often pairs of documented truth got a ratio above 1.

    The share that is found at a given error rate is not told: where many ratios lie at the bound,
    as with much material, it is 0 although the truth is told well.
    """
    misleading: dict[str, Any] = fit.figures["rates"]["misleading"]
    below, above, high = (
        misleading[name] for name in ("h1_below_1", "h2_above_1", "h2_at_least_10")
    )
    return (
        f"{1 - below['value']:.0%} ({1 - below['high']:.0%} to {1 - below['low']:.0%}) of "
        "the models that were trained on the teacher's outputs got a ratio above 1, and of those "
        f"that were not {above['value']:.0%} ({above['low']:.0%} to {above['high']:.0%}) "
        f"did; {high['value']:.1%} of all that were not got 10 or more."
    )


def _cannot(plan: Plan, case: _Case) -> Iterator[str]:
    yield from shortfalls(plan, None if plan.parameters.near_prompt else case.prompts)
    if case.fit is None:
        fits = case.pack.fits_of(family=case.family)
        prompts, controls = (min(getattr(one, name) for one in fits) for name in _SIZES)
        yield (
            f"a likelihood ratio: that needs {prompts} prompts in every file and {controls} "
            "controls, of which those of one family count as one."
        )
    teachers, alpha = len(plan.places(Role.TEACHER)), plan.parameters.alpha
    needed = controls_needed(alpha, max(1, teachers))
    if case.controls < needed:
        yield f"by rank, anything at the plan's level of {alpha:g}: that needs {needed} controls."
    if not plan.asserted.second_runs:
        yield "whether the suspect is the teacher itself: that needs a second run of the teacher."
    if not plan.asserted.tied(Tie.SAME_BASE):
        yield (
            "whether both are tuned from one base model: that needs a control that is declared "
            "to be tuned from the suspect's."
        )
    yield "in which direction anything was copied, or a source that is not among the files."


_SIZES = ("prompts", "controls")


def _more(case: _Case) -> Iterator[str]:
    """Yield what the next larger numbers of prompts and of controls would do."""
    fits = case.pack.fits_of(family=case.family)
    for name, other, here in (
        ("prompts", case.families, case.prompts),
        ("controls", case.prompts, case.families),
    ):
        larger = sorted({getattr(one, name) for one in fits if getattr(one, name) > here})
        for count in larger[:2]:
            sizes = (count, other) if name == "prompts" else (other, count)
            if (fit := case.pack.fit_for(*sizes, family=case.family)) is not None:
                yield f"with {count:,} {name}, {_power(fit)}"
    whole = case.pack.fit_for(case.prompts, case.families, family=True)
    if whole is not None and not case.family:
        yield (
            f"with further files of the teacher's family, declared versions of it, {_power(whole)}"
        )


def _to_put(missing: int) -> str:
    return (
        f"{missing} prompts of the battery are not answered in every file; put them, with the "
        "same settings, to every model."
    )
