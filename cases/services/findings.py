"""Findings: a question sealed as a plan, carried out, and entered into custody."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.asserted import NOTHING, Asserted
from audit.analysis.errors import InsufficientDataError, TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.outlook import Outlook, outlook
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.transcripts import Role
from audit.models import Job, Source
from audit.services import embedding, jobs, runs
from audit.services.matching import matched_prompts, to_put
from cases.models import Exhibit, Finding, Matter
from cases.rules import readiness
from cases.services import custody


class AnotherPlanError(TouchstoneError):
    """What is to be sealed again would be another plan; says why and what to do."""


_ORDER = {role.value: place for place, role in enumerate(Role)}


@transaction.atomic
def ask(
    matter: Matter,
    exhibits: Iterable[Exhibit],
    parameters: Parameters,
    *,
    by: User,
    asserted: Asserted = NOTHING,
) -> Finding:
    """Seal a plan over these exhibits, and what is asserted of them, before any number exists.

    Raises InsufficientDataError, which says what is missing, if they could not carry an answer,
    and WrongSettingError if something is asserted that has no place in the plan.
    """
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
    last = matter.findings.order_by("-number").first()
    finding = Finding.objects.create(
        matter=matter,
        run=runs.seal(plan, identity),
        number=last.number + 1 if last else 1,
        asked_by=by,
    )
    custody.record(matter, "planned", _planned(finding, plan), by=by)
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


def _planned(finding: Finding, plan: Plan) -> dict[str, Any]:
    """Return what enters into custody of a plan that is sealed."""
    return {
        "finding": finding.number,
        "plan": plan.digest,
        "inputs": {one.label: {"sha256": one.sha256, "role": one.role} for one in plan.inputs},
    }


@transaction.atomic
def ask_again(finding: Finding, *, by: User) -> Finding:
    """Seal the same plan anew, to see whether it comes to the same numbers.

    Raises AnotherPlanError if it could not be the same, or the error of `ask`.
    """
    plan = runs.plan_of(finding.run)
    labels = {one.label for one in plan.inputs}
    exhibits = [
        one for one in finding.matter.exhibits.select_related("source") if one.label in labels
    ]
    again = ask(finding.matter, exhibits, plan.parameters, by=by, asserted=plan.asserted)
    if again.run.plan_digest != finding.run.plan_digest:
        raise AnotherPlanError(
            f"The plan of finding {finding.number} cannot be sealed again: the encoder or the "
            "version of the method is another one now. Ask for a new finding instead."
        )
    return again


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
