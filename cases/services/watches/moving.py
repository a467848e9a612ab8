"""A run of a watch from one step to the next; whoever rings, each step is done once.

A look puts its questions, and is weighed when they are settled; an audit puts its battery, hands
the capture in, seals a plan over it, and ends with the result. Between two steps it waits for a
collection or a finding, and nobody is busy with it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.models import Collection, Job
from audit.services import collections, jobs
from cases.models import Exhibit, Finding, Notice, Watch, WatchRun
from cases.reports.courses import of_many
from cases.services import custody, exhibits
from cases.services.courses import levels_up_to
from cases.services.watches import auditing, due, entering, looking, notices, on_record
from cases.services.watches.design import Design
from cases.services.watches.likeness import note_likeness
from cases.services.watches.looking import latest, put
from cases.services.watches.series import ageing_up_to, series_up_to

Kind, State = WatchRun.Kind, WatchRun.State
_RELATED = (
    "watch__matter",
    "watch__opened_by",
    "watch__schedule__crontab",
    "watch__schedule__interval",
    "plan",
    "release__endpoint",
    "collection__endpoint",
    "exhibit__source",
    "finding__run",
)
_SETTLED = (*Collection.ENDED, Collection.State.PAUSED)


@dataclass(slots=True)
class Bells:
    """Whom to ring after a step: collections, findings, and runs of watches."""

    collections: list[int] = field(default_factory=list)
    findings: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)


def ready() -> QuerySet[WatchRun]:
    """Return the runs that can be taken a step on now."""
    settled = Q(collection__state__in=_SETTLED)
    written = ~Q(collection__capture_sha256="")
    paused = Q(collection__in=collections.stalled())
    failed = Job.objects.filter(kind=Job.Kind.AUDIT, state=Job.State.FAILED).values("subject")
    answered = Q(finding__run__finished_at__isnull=False) | Q(finding__in=failed)
    return WatchRun.objects.filter(state=State.OPEN).filter(
        Q(collection__isnull=True)
        | (Q(finding__isnull=True) & settled & (written | paused))
        | answered
    )


def waiting_for(finding: Finding) -> list[int]:
    """Return the runs that wait for a finding."""
    runs = WatchRun.objects.filter(finding=finding, state=State.OPEN)
    return list(runs.values_list("pk", flat=True))


def take_on(run_id: int) -> Bells:
    """Take a run one step on, if it is at one; a failure ends it, in words, and is told of."""
    bells = Bells()
    if _found(run_id) is None:
        # Its last step may be done by a process that ended before it said so.
        jobs.close_lost(Job.Kind.WATCH, run_id)
        return bells
    told = _tells(run_id)
    jobs.ask_again(Job.Kind.WATCH, run_id)
    job = jobs.claim(Job.Kind.WATCH, run_id, told)
    if job is None:
        return bells
    with jobs.carried_out(job, told):
        # Read again: another may have taken the step before the claim.
        run = _found(run_id)
        if run is not None:
            _step(run, bells)
    return bells


def _found(run_id: int) -> WatchRun | None:
    return ready().select_related(*_RELATED).filter(pk=run_id).first()


def _step(run: WatchRun, bells: Bells) -> None:
    design = Design.from_dict(run.plan.plan["design"])
    if run.collection is None:
        begin = looking.begin if run.kind == Kind.LOOK else auditing.begin
        bells.collections.append(begin(run, design).pk)
    elif run.collection.state == Collection.State.PAUSED:
        _go_on(run, run.collection)
        bells.collections.append(run.collection.pk)
    elif run.kind == Kind.LOOK:
        _weigh(run, design, bells)
    elif run.finding is None:
        _seal(run, design, bells)
    else:
        _conclude(run, design)


def _go_on(run: WatchRun, collection: Collection) -> None:
    """Have a collection that came to a halt go on while it gets anywhere; else close it so."""
    settled = collection.calls.filter(final=True).count()
    if settled > run.facts.get("settled", 0):
        run.facts["settled"] = settled
        run.save(update_fields=["facts"])
        collections.resume(collection)
    else:
        collections.stop(collection, collection.problem)


def _weigh(run: WatchRun, design: Design, bells: Bells) -> None:
    """End a look; new releases are entered, and their audits asked for."""
    noticed = looking.weigh(run, design)
    with transaction.atomic():
        Watch.objects.select_for_update().get(pk=run.watch_id)
        entered = [entering.enter(run, one) for one in noticed]
        run.release = latest(run.watch)
        _end(run, State.DONE)
        on_record.looked(run)
        Watch.objects.filter(pk=run.watch_id).update(failed_in_a_row=0)
        _tell_budget(run)
        entering.tell_waiting(run)
        bells.runs.extend(entering.audit_of(run, one).pk for one in entered)


def _seal(run: WatchRun, design: Design, bells: Bells) -> None:
    """Hand the capture in and seal a plan over it."""
    by = run.watch.opened_by
    auditing.note_calls(run)
    run.exhibit = run.exhibit or auditing.hand_in(run)
    run.save(update_fields=["exhibit", "facts"])
    if not exhibits.read(run.exhibit, by=by):
        # Another reads it, and the sweep rings again; or nobody can.
        _require_hope(run.exhibit)
        return
    run.exhibit.source.refresh_from_db()
    run.finding = auditing.ask(run, design)
    with transaction.atomic():
        run.save(update_fields=["finding"])
        facts = {
            "watch": run.watch.number,
            "release": auditing.release_of(run).number,
            "exhibit": run.exhibit.label,
            "finding": run.finding.number,
            "prompts_missing": run.facts["missing_count"],
            "record": on_record.course_of(run),
        }
        custody.record(run.watch.matter, "watch audits", facts, by=by)
    bells.findings.append(run.finding.pk)


def _require_hope(exhibit: Exhibit) -> None:
    failed = Job.objects.filter(
        kind=Job.Kind.READ, subject=exhibit.source_id, state=Job.State.FAILED
    ).first()
    if failed is not None:
        raise TouchstoneError(f"The capture could not be read: {failed.error}")


def _conclude(run: WatchRun, design: Design) -> None:
    """End an audit with the result of its finding; tell of one that is over the threshold."""
    finding = run.finding
    if finding is not None and finding.run.result is None:
        failed = Job.objects.filter(kind=Job.Kind.AUDIT, subject=finding.pk).first()
        raise TouchstoneError(f"The finding failed: {failed.error if failed else 'see its page'}")
    run.facts["outcome"] = auditing.outcome_of(run)
    note_likeness(run)
    with transaction.atomic():
        # Of two audits that end at once one sees the other: no test spends the level of another.
        Watch.objects.select_for_update().get(pk=run.watch_id)
        run.series = [asdict(one) for one in series_up_to(run)]
        aged = ageing_up_to(run)
        run.facts["ageing"] = aged.as_dict() if aged else None
        _end(run, State.DONE)
        on_record.audited(run)
        _tell_budget(run)
        _tell_threshold(run, design)


def _tell_threshold(run: WatchRun, design: Design) -> None:
    """Tell of a result that is over the threshold, and among how many it is."""
    if over := auditing.over_threshold(run.facts["outcome"], design.threshold):
        among = of_many(levels_up_to(auditing.finding_of(run)))
        release = auditing.release_of(run)
        text = f"{run.watch.name}, release {release.number}: {'; '.join(over)} {among}"
        notices.tell(run.watch, Notice.Kind.THRESHOLD, f"result {run.pk}", text, run=run)


def _end(run: WatchRun, state: WatchRun.State, problem: str = "") -> None:
    """Close a run with what it took."""
    if run.collection is not None:
        spent = run.collection.calls.aggregate(tokens=Sum("tokens"), cost=Sum("cost"))
        run.tokens, run.cost = spent["tokens"] or 0, spent["cost"] or 0
    run.state, run.problem, run.ended_at = state, problem, timezone.now()
    run.save()


def _tell_budget(run: WatchRun) -> None:
    """Tell of a collection that its budget ended."""
    collection = put(run)
    if collection.state == Collection.State.STOPPED and "budget" in collection.problem:
        text = f"{run.watch.name}, {run}: {collection.problem}"
        notices.tell(run.watch, Notice.Kind.BUDGET, f"budget {run.pk}", text, run=run)


def _tells(run_id: int) -> Callable[[str], None]:
    """Return what ends a run that failed, and tells of it: once for failures in a row."""

    def told(problem: str) -> None:
        # As it is now: what the failed step has left of it counts.
        run = WatchRun.objects.select_related("watch__matter", "collection").get(pk=run_id)
        watch = Watch.objects.select_for_update().get(pk=run.watch_id)
        if run.collection is not None:
            auditing.note_calls(run)
        _end(run, State.FAILED, problem)
        key, next_at = f"failure {run.pk}", None
        if run.kind == Kind.LOOK:
            watch.failed_in_a_row += 1
            watch.save(update_fields=["failed_in_a_row"])
            next_at = due.rest(watch, timezone.now())
            done = watch.runs.filter(kind=Kind.LOOK, state=State.DONE).order_by("-due_at").first()
            key = f"failures since {done.pk if done else 'the opening'}"
        on_record.failed(run, problem, next_at)
        text = f"{watch.name}, {run}: {problem}"
        notices.tell(watch, Notice.Kind.FAILURE, key, text, run=run)
        if run.collection_id:
            _tell_budget(run)

    return told
