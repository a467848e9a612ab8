"""Findings: a question sealed as a plan, carried out, and entered into custody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.asserted import NOTHING, Asserted
from audit.analysis.errors import InsufficientDataError, TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.outlook import Outlook, outlook
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.transcripts import Role
from audit.models import Job, Run, Source
from audit.services import embedding, jobs, runs
from audit.services.matching import matched_prompts, to_put
from cases.models import Exhibit, Finding, Matter
from cases.rules import readiness
from cases.services import checkpoints, custody

AGAIN = "the same plan again, to see whether it comes to the same numbers"


class AnotherPlanError(TouchstoneError):
    """A plan is not the same as before, or does not say why it is another; says what to do."""


_ORDER = {role.value: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Change:
    """Which plan of the matter another one follows, and why there is another."""

    of: Finding
    why: str


def ask(
    matter: Matter,
    exhibits: Iterable[Exhibit],
    parameters: Parameters,
    *,
    by: User,
    asserted: Asserted = NOTHING,
    change: Change | None = None,
) -> Finding:
    """Seal a plan over these exhibits, and what is asserted of them, before any number exists.

    A checkpoint is made over it at once. Raises InsufficientDataError, which says what is
    missing, if they could not carry an answer, WrongSettingError if something is asserted that
    has no place in the plan, and AnotherPlanError if it is another plan and does not say why.
    """
    with transaction.atomic():
        finding = _ask(matter, exhibits, parameters, by=by, asserted=asserted, change=change)
    checkpoints.cover(matter)
    return finding


def _ask(
    matter: Matter,
    exhibits: Iterable[Exhibit],
    parameters: Parameters,
    *,
    by: User,
    asserted: Asserted,
    change: Change | None,
) -> Finding:
    Matter.objects.select_for_update().get(pk=matter.pk)
    chosen = sorted(exhibits, key=lambda exhibit: (_ORDER[exhibit.role], exhibit.number))
    _require_ready(chosen)
    identity = embedding.current_identity()
    plan = Plan(
        inputs=tuple(_plan_input(exhibit) for exhibit in chosen),
        encoder=identity.as_dict(),
        encoder_digest=identity.digest,
        parameters=parameters,
        question=matter.question,
        asserted=asserted,
    )
    return _sealed(matter, runs.seal(plan, identity), plan, change, by=by)


def _sealed(matter: Matter, run: Run, plan: Plan, change: Change | None, *, by: User) -> Finding:
    """Enter a sealed plan as the next finding of its matter, to be carried out."""
    last = matter.findings.order_by("-number").first()
    if last is not None and change is None:
        raise AnotherPlanError(
            f"A plan was sealed in this matter before, for finding {last.number}. Name the plan "
            "that this one follows and say why there is another."
        )
    number = last.number + 1 if last else 1
    facts = {
        "finding": number,
        "plan": plan.digest,
        "inputs": {one.label: {"sha256": one.sha256, "role": one.role} for one in plan.inputs},
    }
    entry = custody.record(matter, "planned", facts | _said_of(change), by=by)
    finding = Finding.objects.create(
        matter=matter,
        run=run,
        number=number,
        plan_entry=entry.number,
        follows=change.of if change else None,
        why=change.why if change else "",
        asked_by=by,
    )
    jobs.ask(Job.Kind.AUDIT, finding.pk)
    return finding


def look_ahead(
    exhibits: Iterable[Exhibit], parameters: Parameters, *, asserted: Asserted = NOTHING
) -> Outlook:
    """Return what these exhibits can show, without sealing anything.

    Raises InsufficientDataError for an exhibit that no plan can rest on, and WrongSettingError if
    something is asserted that would have no place in the plan.
    """
    chosen = sorted(exhibits, key=lambda exhibit: (_ORDER[exhibit.role], exhibit.number))
    _require_ready(chosen)
    plan = Plan(tuple(map(_plan_input, chosen)), {}, "", parameters, asserted=asserted)
    sources = [exhibit.source for exhibit in chosen]
    shared = len(matched_prompts(sources, parameters))
    return outlook(plan, shared, len(to_put(sources)), default_pack())


def _said_of(change: Change | None) -> dict[str, Any]:
    """Return what enters into custody of the plan that another one follows, and why."""
    if change is None:
        return {}
    return {
        "follows": change.of.number,
        "plan_before": change.of.run.plan_digest,
        "why": change.why,
    }


def ask_again(finding: Finding, *, by: User) -> Finding:
    """Seal the same plan anew, to see whether it comes to the same numbers.

    Raises AnotherPlanError if it could not be the same, or the error of `ask`.
    """
    plan = runs.plan_of(finding.run)
    labels = {one.label for one in plan.inputs}
    exhibits = [
        one for one in finding.matter.exhibits.select_related("source") if one.label in labels
    ]
    again = Change(finding, AGAIN)
    with transaction.atomic():
        found = _ask(
            finding.matter,
            exhibits,
            plan.parameters,
            by=by,
            asserted=plan.asserted,
            change=again,
        )
        if found.run.plan_digest != finding.run.plan_digest:
            raise AnotherPlanError(
                f"The plan of finding {finding.number} cannot be sealed again: the encoder or "
                "the version of the method is another one now. Ask for a new finding instead."
            )
    checkpoints.cover(finding.matter)
    return found


def _differing(finding: Finding, computed: runs.Computed) -> list[int]:
    """Return the numbers of this matter's findings with the same plan and another result."""
    others = finding.matter.findings.filter(run__in=runs.differing(finding.run, computed))
    return list(others.order_by("number").values_list("number", flat=True))


def _plan_input(exhibit: Exhibit) -> PlanInput:
    return PlanInput(exhibit.label, Role(exhibit.role), exhibit.model_name, exhibit.source.sha256)


def _require_ready(exhibits: list[Exhibit]) -> None:
    """Refuse a plan over files that are not read, unreadable or withdrawn."""
    problems = readiness.problems(
        readiness.Candidate(
            label=exhibit.label,
            filename=exhibit.filename,
            read=exhibit.source.state == Source.State.READ and exhibit.disposed_at is not None,
            problem=exhibit.problem,
            withdrawn=exhibit.withdrawn_at is not None,
        )
        for exhibit in exhibits
    )
    if problems:
        raise InsufficientDataError(" ".join(problems))


def tell_failure(finding: Finding, kind: Job.Kind, *, by: User) -> jobs.Told:
    """Return what enters into custody that a step of a finding has failed, once told why."""

    def told(problem: str) -> None:
        facts = {"finding": finding.number, "step": kind.label, "problem": problem}
        custody.record(finding.matter, "failed", facts, by=by)

    return told


def carry_out(finding: Finding, *, by: User) -> None:
    """Compute the finding's result and enter it; done twice, the second changes nothing."""
    if finding.run.result is not None:
        return
    checkpoints.require(finding)
    computed = runs.compute(finding.run)
    with transaction.atomic():
        if not runs.keep(finding.run, computed):
            return
        facts = {
            "finding": finding.number,
            "plan": finding.run.plan_digest,
            "result": computed.digest,
            "outcome": computed.values["outcome"]["code"],
            "findings_that_differ": _differing(finding, computed),
        }
        custody.record(finding.matter, "found", facts, by=by)
        jobs.ask(Job.Kind.PRINT, finding.pk)
