"""How like a teacher a release is, prompt by prompt, and by which software that is computed."""

from audit.analysis.comparisons import prompt_similarity
from audit.analysis.errors import IntegrityError, TouchstoneError
from audit.analysis.series.ageing import alike
from audit.analysis.statistics.centring import centred_excess
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role
from audit.analysis.version import VERSION
from audit.models import Run
from audit.services import runs
from cases.models import Watch, WatchRun

Likeness = dict[str, dict[str, float]]

_DECIMALS = 6


def likeness_of(run: Run) -> tuple[Likeness, list[str]]:
    """Return the likeness by prompt, for each teacher by its label, and the prompts of no use.

    Of no use are those that every model answers alike.
    """
    plan = runs.plan_of(run)
    material = runs.material(run, plan, set())
    suspect = plan.places(Role.SUSPECT)[0]
    similarity = prompt_similarity(material.vectors)
    prompts = [text_key(one) for one in material.prompts[suspect]]
    cohort = tuple(plan.places(Role.CONTROL))
    found = {
        plan.inputs[place].label: {
            prompt: round(float(value), _DECIMALS)
            for prompt, value in zip(
                prompts, centred_excess(similarity, suspect, place, cohort), strict=True
            )
        }
        for place in plan.places(Role.TEACHER)
    }
    same = [prompt for prompt, is_same in zip(prompts, alike(similarity), strict=True) if is_same]
    return found, same


def computed_by(watch: Watch) -> str:
    """Return the software of a likeness: an earlier one if this one computes the same as it.

    The last audit is computed again where another version of the software made it, so that the
    series goes on if and only if the rule is the same.
    """
    last = last_audit(watch)
    if last is None or last.finding is None:
        return VERSION
    before = software_of(last)
    if last.facts.get("computed_with", before) == VERSION:
        return before
    try:
        again, _ = likeness_of(last.finding.run)
    except TouchstoneError:
        # Not there any more to be held against: the series begins anew, and says so.
        return VERSION
    return before if again == last.likeness else VERSION


def software_of(run: WatchRun) -> str:
    """Return the version of the software whose rule made the likeness of an audit."""
    known: str = run.facts.get("computed_by") or run.plan.plan["design"]["pins"]["software"]
    return known


def note_likeness(run: WatchRun) -> None:
    """Put on an audit how like each teacher the release is, and by which rule."""
    if run.finding is None:
        raise IntegrityError(f"{run} has no finding yet.")
    run.likeness, same = likeness_of(run.finding.run)
    run.facts |= {"computed_by": computed_by(run.watch), "computed_with": VERSION}
    if "battery" in run.facts:
        run.facts["battery"] |= {"alike": same}


def last_audit(watch: Watch) -> WatchRun | None:
    """Return the audit that ended last."""
    done = watch.runs.filter(kind=WatchRun.Kind.AUDIT, state=WatchRun.State.DONE)
    return done.select_related("plan", "finding__run").order_by("-ended_at", "-pk").first()
