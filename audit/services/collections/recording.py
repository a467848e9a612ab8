"""The rows of calls: one is written before a request goes out, and completed when it is back.

A call costs two statements, each a transaction of its own, on the one thread that a sitting keeps
for the database.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
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


def begin(sitting: Sitting, question: Question, attempt: int, request: Request) -> int:
    """Write that a request, whose body is without secrets, is about to go out; return its id.

    Raises TakenOverError or HaltedError where the database refuses a further call.
    """
    try:
        row = Call.objects.create(
            collection_id=sitting.collection_id,
            sitting=sitting,
            attempt=attempt,
            request=request.body,
            facts={"request": {"method": request.method, "prompt_at": [request.prompt_at]}},
            started_at=Moment.now().time(),
            prompt=question.prompt,
            repeat=question.repeat,
        )
    except IntegrityError as error:
        running = Collection.objects.filter(pk=sitting.collection_id, state=State.RUNNING)
        if running.exists():
            raise TakenOverError("Another process carries the collection out now.") from error
        raise HaltedError("The collection was halted.") from error
    return row.pk


def complete(
    call: int, request: Request, captured: Captured, reading: Reading, outcome: Outcome
) -> None:
    """Complete the row of a call; raises TakenOverError where another process has closed it."""
    keep_certificates(captured.certificates)
    ended = captured.ended or Moment.now()
    done = Call.objects.filter(pk=call, state=Call.State.IN_FLIGHT).update(
        state=outcome.state,
        final=outcome.state != Call.State.FAILED or not outcome.passing,
        response=None if captured.status is None else captured.body,
        facts=facts_of(request, captured, reading),
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
