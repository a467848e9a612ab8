"""The rows of calls: one is written before a request goes out, and completed when it is back.

A call costs two statements, on the one thread that a sitting keeps for the database: where calls
follow on each other, one transaction completes the one and begins the next.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from audit.collect.calling import Captured
from audit.collect.clock import Moment
from audit.collect.outcome import Outcome
from audit.collect.pacing import Spent
from audit.collect.plan import Plan, Question
from audit.collect.values import Reading, Request
from audit.models import Call, Certificate, Collection, Sitting
from audit.services.collections.words import HaltedError, TakenOverError

State = Collection.State
CUT_OFF = "the process that asked ended before a reply was kept"


def sit(collection: Collection, facts: dict[str, Any]) -> Sitting:
    """Begin a sitting, after which no earlier one makes calls; close what they left in flight."""
    if not Collection.objects.filter(pk=collection.pk, state=State.RUNNING).exists():
        raise HaltedError(f"Collection {collection.pk} is not to be carried out now.")
    last = collection.sittings.aggregate(last=Max("number"))["last"] or 0
    sitting = Sitting.objects.create(collection=collection, number=last + 1, facts=facts)
    close_cut_off(collection)
    return sitting


def close_cut_off(collection: Collection) -> None:
    """Complete what is in flight with nobody waiting for it: failed, charged as the most."""
    plan = Plan.from_dict(collection.plan)
    for call in collection.calls.filter(state=Call.State.IN_FLIGHT):
        most = plan.most(Question(call.prompt, call.repeat))
        Call.objects.filter(pk=call.pk, state=Call.State.IN_FLIGHT).update(
            state=Call.State.FAILED,
            problem=CUT_OFF,
            ended_at=Moment.now().time(),
            tokens=most.tokens,
            cost=most.money,
            assumed=True,
        )


def attempts_of(collection: Collection) -> dict[Question, int]:
    """Return how often each question that is not settled was asked so far, if at all."""
    settled = collection.calls.filter(final=True).values("prompt", "repeat")
    rows = collection.calls.values("prompt", "repeat").annotate(last=Max("attempt"))
    done = {(row["prompt"], row["repeat"]) for row in settled}
    return {
        Question(row["prompt"], row["repeat"]): row["last"]
        for row in rows
        if (row["prompt"], row["repeat"]) not in done
    }


def settled_in(collection: Collection) -> set[Question]:
    """Return the questions that are settled."""
    rows = collection.calls.filter(final=True).values_list("prompt", "repeat")
    return {Question(prompt, repeat) for prompt, repeat in rows.iterator()}


def spent_in(collection: Collection) -> Spent:
    """Return what all calls so far are charged as."""
    found = collection.calls.aggregate(tokens=Sum("tokens"), cost=Sum("cost"))
    return Spent(found["tokens"] or 0, found["cost"] or 0)


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that is about to be made; the body of its request is without secrets."""

    sitting: Sitting
    question: Question
    attempt: int
    request: Request


@dataclass(frozen=True, slots=True)
class Completion:
    """What came of a call, by the id of its row."""

    call: int
    request: Request
    captured: Captured
    reading: Reading
    outcome: Outcome


def begin(opening: Opening, held: Sequence[Completion] = ()) -> int:
    """Write what came of earlier calls, and that another is about to go out; return its id.

    Raises TakenOverError or HaltedError where the database refuses a further call.
    """
    _keep_certificates_of(held)
    try:
        with transaction.atomic() if held else nullcontext():
            for one in held:
                _complete(one)
            return _begun(opening)
    except IntegrityError as error:
        # What came back is kept whether or not another call may be made.
        complete(held)
        running = Collection.objects.filter(pk=opening.sitting.collection_id, state=State.RUNNING)
        if running.exists():
            raise TakenOverError("Another process carries the collection out now.") from error
        raise HaltedError("The collection was halted.") from error


def _begun(opening: Opening) -> int:
    request = opening.request
    row = Call.objects.create(
        collection_id=opening.sitting.collection_id,
        sitting=opening.sitting,
        attempt=opening.attempt,
        request=request.body,
        facts={"request": {"method": request.method, "prompt_at": [request.prompt_at]}},
        started_at=Moment.now().time(),
        prompt=opening.question.prompt,
        repeat=opening.question.repeat,
    )
    return row.pk


def complete(held: Sequence[Completion]) -> None:
    """Complete rows of calls; raises TakenOverError where another process has closed one."""
    _keep_certificates_of(held)
    with transaction.atomic() if len(held) > 1 else nullcontext():
        for one in held:
            _complete(one)


def _complete(one: Completion) -> None:
    captured, reading, outcome = one.captured, one.reading, one.outcome
    ended = captured.ended or Moment.now()
    done = Call.objects.filter(pk=one.call, state=Call.State.IN_FLIGHT).update(
        state=outcome.state,
        final=outcome.state != Call.State.FAILED or not outcome.passing,
        response=None if captured.status is None else captured.body,
        facts=facts_of(one.request, captured, reading),
        problem=outcome.problem,
        ended_at=ended.time(),
        tokens_in=reading.usage.tokens_in,
        tokens_out=reading.usage.tokens_out,
        tokens=outcome.spent.tokens,
        cost=outcome.spent.money,
        assumed=outcome.assumed,
    )
    if not done:
        raise TakenOverError("Another process has closed this call.")


def _keep_certificates_of(held: Sequence[Completion]) -> None:
    # Not in the transaction of the calls: another sitting may be keeping the same ones.
    for one in held:
        keep_certificates(one.captured.certificates)


def keep_certificates(shown: Mapping[str, bytes]) -> None:
    """Keep the certificates that a call names and that are not kept."""
    kept: set[str] = set()
    if shown:
        rows = Certificate.objects.filter(sha256__in=shown)
        kept.update(rows.values_list("sha256", flat=True))
    for sha256 in shown.keys() - kept:
        Certificate.objects.get_or_create(sha256=sha256, defaults={"der": shown[sha256]})


def facts_of(request: Request, captured: Captured, reading: Reading) -> dict[str, Any]:
    """Return what is on record of a call beside its bytes."""
    ended = captured.ended or Moment.now()
    after = {"answer_after": reading.answer_after} if reading.answer_after else {}
    return {
        "request": {
            "method": request.method,
            "url": captured.url,
            "headers": [list(pair) for pair in captured.request_headers],
            "prompt_at": [request.prompt_at],
        },
        "response": None
        if captured.status is None
        else {
            "status": captured.status,
            "headers": [list(pair) for pair in captured.headers],
            "answer_at": list(reading.answer_at),
            **after,
            "thought_at": list(reading.thought_at),
        },
        "connection": captured.facts,
        "began": captured.began.as_dict(),
        "ended": ended.as_dict(),
        "served": {
            "model": reading.model,
            "fingerprint": reading.fingerprint,
            "request_id": reading.request_id,
            "finish": reading.finish,
            "thought_tokens": reading.usage.thought,
        },
    }
