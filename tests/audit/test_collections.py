"""Collections against a provider that misbehaves: what is asked, kept, and made of it."""

import asyncio
import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit.analysis.capture import decoded, text_at
from audit.analysis.digests import sha256_hex
from audit.analysis.errors import WrongSettingError
from audit.analysis.ingest import open_source
from audit.analysis.transcripts import Exchange, LeftOut
from audit.collect import build
from audit.collect.plan import Plan
from audit.models import Authorisation, Call, Collection, Job
from audit.services import collections, jobs
from audit.services.collections import AuthorisationError, capturing
from audit.services.sources import store
from tests import collecting
from tests.collecting import QUICK, calls, carried_out, collected, started, states
from tests.processes import wait_for
from tests.provider import provider

pytestmark = pytest.mark.django_db(transaction=True)
RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"


def lines_of(collection: Collection) -> list[dict]:
    with store().open(collection.capture_sha256) as stream:
        return [json.loads(line) for line in stream]


def records_of(collection: Collection) -> list[Exchange | LeftOut]:
    with store().open(collection.capture_sha256) as stream:
        return list(open_source(stream, name="capture").records)


@pytest.fixture
def playing(tmp_path):
    with provider(tmp_path) as found:
        yield found


def test_a_plan_is_carried_out_once_and_becomes_a_capture(playing):
    collection = collected(playing, 6, repeats=2, system="Be brief.", temperature=0.5)
    assert (collection.state, collection.problem) == (DONE, "")
    assert states(collection) == ["answered"] * 12
    assert Counter(one["prompt"] for one in playing.heard()) == dict.fromkeys(
        collecting.prompts(6), 2
    )
    assert {one["seed"] for one in playing.heard()} == {7, 8}
    taken = [one for one in records_of(collection) if isinstance(one, Exchange)]
    assert [one.prompt for one in taken] == list(collecting.prompts(6)) * 2
    assert len({one.answer for one in taken}) == 12
    assert {one.model for one in taken} == {"suspect-1"}
    assert Job.objects.get(kind="collect", subject=collection.pk).state == "done"


def test_every_call_has_its_bytes_and_facts_on_record(playing):
    call = calls(collected(playing, 1))[0]
    assert json.loads(bytes(call.request))["seed"] == 7
    reply = json.loads(bytes(call.response))
    served = {"model": "suspect-1", "fingerprint": "fp_1", "request_id": "req_0", "finish": "stop"}
    served["thought_tokens"] = None
    assert call.facts["served"] == served
    assert call.facts["response"]["status"] == 200
    assert text_at(reply, call.facts["response"]["answer_at"]).startswith("Made up: ")
    assert call.facts["connection"]["address"] == playing.origin.removeprefix("http://")
    assert (call.tokens_in, call.tokens_out, call.tokens, call.assumed) == (10, 3, 13, False)
    assert call.cost == 10 + 2 * 3
    began, ended = call.facts["began"], call.facts["ended"]
    assert int(ended["monotonic_ns"]) > int(began["monotonic_ns"])
    assert abs(datetime.fromisoformat(began["utc"]) - call.started_at) < timedelta(seconds=5)
    facts = call.sitting.facts
    assert facts["collector"]["self_test"]["samples"] == len(build.samples())
    assert facts["seen_from"].startswith("not seen")
    assert facts["collector"]["libraries"]["httpx"].startswith("0.28")
    assert facts["clock"]["source"]
    assert facts["resolved"] == ["127.0.0.1"]


def test_the_capture_tells_all_of_it_and_comes_out_the_same_again(playing):
    collection = collected(playing, 3)
    head, *rest = lines_of(collection)
    assert head["plan_digest"] == Plan.from_dict(head["plan"]).digest == collection.plan_digest
    assert head["authorisation"]["basis"] == "our own endpoint"
    assert head["calls"] == {"answered": 3}
    assert head["missing"] == []
    assert [one["call"]["prompt"] for one in rest] == [0, 1, 2]
    assert all(decoded(one["response"]["body"]).startswith(b"{") for one in rest)
    again = b"".join(line + b"\n" for line in capturing.lines(collection))
    assert sha256_hex(again) == collection.capture_sha256
    assert len(again) == collection.capture_size


def test_failures_are_tried_again_and_stay_on_record(tmp_path):
    first = collecting.prompts(5)
    what = ("429", "500", "cut", "malformed", "silent")
    faults = [{"prompt": p, "do": d, "after_s": 0} for p, d in zip(first, what, strict=True)]
    with provider(tmp_path, faults=faults) as playing:
        collection = collected(playing, 5)
    assert collection.state == DONE
    assert states(collection) == ["failed", "answered"] * 5
    assert [call.attempt for call in calls(collection)] == [1, 2] * 5
    problems = [call.problem for call in calls(collection)[::2]]
    assert problems[0] == "HTTP 429: made up; you sent "
    assert problems[1] == "HTTP 500: made up; you sent "
    assert problems[2].startswith("RemoteProtocolError: ")
    assert problems[3] == "HTTP 200: its body is not JSON"
    assert problems[4].startswith("RemoteProtocolError: ")
    cut = calls(collection)[4]
    assert bytes(cut.response).startswith(b'{"id": "chatcmpl-1"')
    assert [call.assumed for call in calls(collection)[::2]] == [False, False, True, True, True]
    left_out = [one for one in records_of(collection) if isinstance(one, LeftOut)]
    assert left_out[1].reason == "the call failed (HTTP 429: made up; you sent)"
    assert len(left_out) == 6


@pytest.mark.parametrize("how", ["after_s", "until_s"], ids=["in seconds", "as a date"])
def test_a_provider_that_asks_to_wait_is_left_alone(tmp_path, how):
    faults = [{"at": [0], "do": "429", how: 1}]
    with provider(tmp_path, faults=faults) as playing:
        collection = collected(playing, 3, limits=replace(QUICK, concurrency=1))
        heard = [one["at"] for one in playing.heard()]
    assert collection.state == DONE
    assert heard[1] - heard[0] >= 1.0


def test_a_refusal_settles_a_question(tmp_path):
    faults = [{"prompt": collecting.prompts(3)[1], "do": "refuse"}]
    with provider(tmp_path, faults=faults) as playing:
        collection = collected(playing, 3)
        assert len(playing.heard()) == 3
    assert states(collection) == ["answered", "refused", "answered"]
    assert calls(collection)[1].problem == "I will not."
    reasons = [one.reason for one in records_of(collection) if isinstance(one, LeftOut)]
    assert reasons[1] == "the model refused to answer (I will not.)"
    assert collections.missing(collection) == []


def test_what_cannot_do_better_is_not_tried_again(tmp_path):
    faults = [{"prompt": collecting.prompts(3)[1], "do": "400", "times": 99}]
    with provider(tmp_path, faults=faults) as playing:
        collection = collected(playing, 3)
        assert len(playing.heard()) == 3
    assert collection.state == DONE
    assert states(collection) == ["answered", "failed", "answered"]
    assert collections.missing(collection) == [[1, 0]]
    assert lines_of(collection)[0]["missing"] == [[1, 0]]


def test_what_stays_without_an_answer_pauses_and_can_be_asked_again(tmp_path):
    faults = [{"prompt": collecting.prompts(3)[1], "do": "500", "times": 3}]
    with provider(tmp_path, faults=faults) as playing:
        collection = collected(playing, 3, limits=replace(QUICK, most_attempts=3))
        assert collection.state == PAUSED
        assert collection.problem.startswith("1 questions got no answer")
        assert collections.resume(collection)
        carried_out(collection)
        assert len(playing.heard()) == 6
    assert (collection.state, collection.problem) == (DONE, "")
    assert states(collection) == ["answered", *["failed"] * 3, *["answered"] * 2]
    assert collection.sittings.count() == 2


def test_a_dead_endpoint_pauses_soon(tmp_path):
    with provider(tmp_path) as playing:
        pass
    limits = replace(QUICK, most_attempts=2, concurrency=1)
    collection = collected(playing, 30, limits=limits)
    assert collection.state == PAUSED
    assert collection.problem.startswith("5 questions one after the other came to no answer")
    assert len(calls(collection)) == 10
    assert {call.cost for call in calls(collection)} == {0}


def test_a_refused_key_pauses_at_once_and_settles_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB", "sk-wrong-0123456789")
    with provider(tmp_path, key="sk-right-0123456789") as playing:
        limits = replace(QUICK, concurrency=1)
        collection = collected(playing, 3, key_name="LAB", limits=limits)
        assert collection.state == PAUSED
        assert "refused the key or the account with status 401" in collection.problem
        assert states(collection) == ["failed"]
        monkeypatch.setenv("TOUCHSTONE_KEY_LAB", "sk-right-0123456789")
        assert collections.resume(collection)
        carried_out(collection)
    assert collection.state == DONE
    assert states(collection) == ["failed", "answered", "answered", "answered"]


def test_a_missing_key_is_said_before_any_call(playing):
    collection = collected(playing, 2, key_name="NOWHERE")
    assert collection.state == PAUSED
    assert "set TOUCHSTONE_KEY_NOWHERE" in collection.problem
    assert playing.heard() == []


def test_a_model_that_is_swapped_in_mid_run_shows_in_what_is_kept(tmp_path):
    first = collecting.prompts(6)
    prints = ["fp_1"] * 3 + ["fp_2"] * 3
    answers, swapped = dict.fromkeys(first, "Ours."), dict.fromkeys(first, "Theirs.")
    script = {"answers": answers, "swapped": swapped, "swap_after": 3, "fingerprints": prints}
    with provider(tmp_path, **script) as playing:
        collection = collected(playing, 6, limits=replace(QUICK, concurrency=1))
    served = [call.facts["served"] for call in calls(collection)]
    assert [one["fingerprint"] for one in served] == prints
    assert {one["model"] for one in served} == {"suspect-1"}
    taken = [one.answer for one in records_of(collection) if isinstance(one, Exchange)]
    assert taken == ["Ours."] * 3 + ["Theirs."] * 3


def test_a_budget_stops_before_it_is_overshot(playing):
    most = collecting.plan(playing, 40).most(next(collecting.plan(playing).questions()))
    limits = replace(QUICK, tokens=most.tokens * 3)
    collection = collected(playing, 40, limits=limits)
    spent = sum(call.tokens for call in calls(collection))
    assert collection.state == STOPPED
    assert collection.problem.startswith(f"The budget of {most.tokens * 3:,} tokens")
    assert spent <= most.tokens * 3 < spent + most.tokens
    head = lines_of(collection)[0]
    assert len(head["missing"]) == 40 - len(calls(collection)) > 0


def test_a_budget_in_money_holds_over_sittings(playing):
    one = collecting.plan(playing).most(next(collecting.plan(playing).questions()))
    limits = replace(QUICK, money=one.money * 2, concurrency=1)
    collection = started(playing, 40, limits=limits)
    collections.pause(collection)
    carried_out(collection)
    assert calls(collection) == []
    collections.resume(collection)
    carried_out(collection)
    assert collection.state == STOPPED
    assert one.money < sum(call.cost for call in calls(collection)) <= one.money * 2


def test_a_pause_waits_for_what_is_in_flight_and_asks_nothing_twice(tmp_path):
    with provider(tmp_path, latency_s=0.2) as playing:
        collection = started(playing, 24)
        working = threading.Thread(target=in_thread, args=(collection,))
        working.start()
        wait_for(lambda: len(playing.heard()) >= 4, 20)
        assert collections.pause(collection)
        working.join()
        collection.refresh_from_db()
        assert collection.state == PAUSED
        before = len(playing.heard())
        assert before < 24
        assert set(states(collection)) == {"answered"}
        assert collections.resume(collection)
        carried_out(collection)
        assert Counter(one["prompt"] for one in playing.heard()) == dict.fromkeys(
            collecting.prompts(24), 1
        )
    assert collection.state == DONE


def in_thread(collection: Collection) -> None:
    try:
        collections.carry_out(Collection.objects.get(pk=collection.pk))
    finally:
        connection.close()


def test_a_stop_is_for_good_and_leaves_a_capture(tmp_path):
    with provider(tmp_path, latency_s=0.2) as playing:
        collection = started(playing, 24)
        working = threading.Thread(target=in_thread, args=(collection,))
        working.start()
        wait_for(lambda: len(playing.heard()) >= 4, 20)
        assert collections.stop(collection)
        working.join()
        collection.refresh_from_db()
    assert collection.state == STOPPED
    assert not collections.resume(collection)
    head = lines_of(collection)[0]
    assert head["calls"] == {"answered": len(calls(collection))}
    assert len(head["missing"]) == 24 - len(calls(collection))


def test_only_one_process_at_a_time_carries_out(playing):
    collection = started(playing, 2)
    job = jobs.claim(Job.Kind.COLLECT, collection.pk)
    collections.carry_out(collection)
    assert playing.heard() == []
    jobs.release(job)
    assert carried_out(collection).state == DONE


def test_the_sweep_finds_what_was_resumed_too_late_and_what_was_lost(playing):
    collection = started(playing, 2)
    job = Job.objects.filter(kind="collect", subject=collection.pk)
    job.update(state="done")
    collections.due(9)
    assert job.get().state == "waiting"
    job.update(touched_at=timezone.now() - timedelta(minutes=5))
    assert collections.due(9) == [collection.pk]
    assert carried_out(collection).state == DONE
    assert collections.due(9) == []


def test_nothing_starts_without_leave(playing):
    endpoint = collecting.asked(playing)
    with pytest.raises(AuthorisationError, match="Nobody has confirmed"):
        collections.start(endpoint, collecting.plan(playing))
    with pytest.raises(AuthorisationError, match="who confirms"):
        collections.authorise(endpoint, confirmed_by=" ", basis="x")
    over = timezone.now() - timedelta(seconds=1)
    collections.authorise(endpoint, confirmed_by="Ann", basis="lab", until=over)
    with pytest.raises(AuthorisationError, match="Nobody has confirmed"):
        collections.start(endpoint, collecting.plan(playing))
    assert Collection.objects.count() == 0


def test_the_database_itself_refuses_what_has_no_leave(playing):
    endpoint, plan = collecting.asked(playing), collecting.plan(playing)
    other = collections.endpoint("ollama", playing.url, "m", prices=collecting.PRICES)
    leave = collections.authorise(other, confirmed_by="Ann", basis="lab")
    rows = {"plan": plan.as_dict(), "plan_digest": plan.digest, "endpoint": endpoint}
    with pytest.raises(DatabaseError, match="not of this endpoint"):
        Collection.objects.create(**rows, authorisation=leave)
    with pytest.raises(IntegrityError, match="not of this endpoint"):
        Collection.objects.create(**rows)
    for wrong in ({"terms_allow": False}, {"terms_allow": True, "confirmed_by": ""}):
        given = {"confirmed_by": "Ann", "basis": "lab", **wrong}
        with pytest.raises(IntegrityError):
            Authorisation.objects.create(endpoint=endpoint, **given)


LATE = """
INSERT INTO audit_call SELECT
(jsonb_populate_record(c, '{"id": 900, "attempt": 9}')).* FROM audit_call c LIMIT 1
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_authorisation SET basis = 'x'",
        "DELETE FROM audit_authorisation",
        "UPDATE audit_collection SET plan = '{}'",
        "UPDATE audit_collection SET state = 'running'",
        "UPDATE audit_collection SET capture_sha256 = repeat('0', 64)",
        "DELETE FROM audit_collection",
        "UPDATE audit_call SET state = 'in flight', ended_at = NULL, final = false",
        "UPDATE audit_call SET response = 'x'",
        "DELETE FROM audit_call",
        "UPDATE audit_sitting SET facts = '{}'",
        "UPDATE audit_endpoint SET url = 'http://elsewhere'",
        "TRUNCATE audit_call",
        LATE,
    ],
)
def test_what_was_done_stays(playing, statement):
    collected(playing, 1)
    with (
        pytest.raises(DatabaseError, match=r"refused|not running"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Call.objects.count() == 1


def test_the_database_holds_one_call_in_flight_and_one_end_a_question(playing):
    collection = started(playing, 2)
    sitting = collection.sittings.create(number=1, facts={})
    row = {"collection": collection, "sitting": sitting, "prompt": 0, "repeat": 0}
    now = timezone.now()
    collection.calls.create(**{**row, "attempt": 1, "request": b"", "started_at": now})
    with pytest.raises(IntegrityError, match="one_call_in_flight"):
        collection.calls.create(**{**row, "attempt": 2, "request": b"", "started_at": now})
    ended = {"state": "answered", "final": True, "ended_at": now, "request": b""}
    collection.calls.update(**{k: ended[k] for k in ("state", "final", "ended_at")})
    with pytest.raises(IntegrityError, match="each_question_settled_once"):
        collection.calls.create(**{**row, "attempt": 2, "started_at": now, **ended})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"prompts": ()}, "Ask from 1 to 10,000 prompts"),
        ({"prompts": ("a", " ")}, "A prompt is empty"),
        ({"prompts": ("a", "a")}, "stands twice"),
        ({"repeats": 0}, "Prompts times repeats"),
        ({"temperature": float("nan")}, "The temperature is nan"),
        ({"kind": "messages"}, "Anthropic Messages takes no seed"),
        ({"extra": {"stream": True}}, "stream cannot be extra"),
        ({"extra": {"max_completion_tokens": 9999}}, "on which the budget rests"),
        ({"extra": {"max_tokens": None}}, "Without max_tokens no limit on tokens is left"),
        ({"prompts": ("x" * 200_001,)}, "more than 200,000 characters"),
        ({"system": "x" * 200_001}, "more than 200,000 characters"),
        ({"prompts": ("a\0b",)}, "a character that no text has"),
        ({"prompts": ("\ud800",)}, "a character that no text has"),
        ({"limits": replace(QUICK, concurrency=0)}, "at once"),
        ({"limits": replace(QUICK, tokens=-1)}, "A limit is less than 0"),
        ({"prices": collecting.Prices(), "limits": replace(QUICK, money=5)}, "needs prices"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(playing, changed, sentence):
    with pytest.raises(WrongSettingError, match=sentence):
        replace(collecting.plan(playing), **changed)


def test_an_estimate_is_never_less_than_what_is_spent(playing):
    plan = collecting.plan(playing, 6, repeats=2, limits=replace(QUICK, requests_per_second=100))
    thought = collections.estimate(plan)
    collection = collected(playing, 6, repeats=2)
    assert thought.calls == len(calls(collection)) == 12
    assert thought.tokens_in >= sum(call.tokens_in for call in calls(collection))
    assert thought.money >= sum(call.cost for call in calls(collection)) > 0
    assert thought.seconds == pytest.approx(0.11)
    assert "12 calls; at most" in thought.in_words("EUR")


def test_the_rate_of_a_plan_is_kept(playing):
    collection = collected(playing, 21, limits=replace(QUICK, requests_per_second=40))
    heard = sorted(one["at"] for one in playing.heard())
    assert 0.45 <= heard[-1] - heard[0] < 2
    assert collection.state == DONE


def test_a_plan_sealed_is_read_back_as_it_was(playing):
    plan = collecting.plan(playing, extra={"top_p": 0.5}, battery="battery 1")
    again = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert again.digest == plan.digest
    assert not asyncio.iscoroutine(again)
