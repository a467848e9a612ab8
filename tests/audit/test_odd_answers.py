"""Collections whose provider answers oddly: what is kept, read out of it, and made of it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audit.analysis.series.sentinels import sentinel_p_value
from audit.collect.plan import Plan
from audit.services import collections, sources
from audit.services.sources import store
from cases.services.watches.answers import answers_of
from tests import collecting
from tests.collecting import QUICK, calls, carried_out, collected, states
from tests.hostile import sending, whole
from tests.provider import Playing, provider

pytestmark = pytest.mark.django_db(transaction=True)
PAUSED, DONE = "paused", "done"


def test_what_no_waiting_mends_pauses_at_once_and_settles_nothing():
    body = {"error": {"message": "Nothing is left.", "code": "insufficient_quota"}}
    with sending(lambda: [whole(json.dumps(body).encode(), status="429 x")]) as origin:
        limits = replace(QUICK, concurrency=1)
        collection = collected(Playing(origin, Path(), None), 3, limits=limits)
    assert collection.state == PAUSED
    assert "refused the key or the account with status 429" in collection.problem
    assert states(collection) == ["failed"]
    assert calls(collection)[0].final is False


def test_what_is_asked_for_in_the_body_is_waited_for():
    body = {"error": {"details": [{"retryDelay": "0.4s"}]}}
    replies = iter(
        [whole(json.dumps(body).encode(), status="429 x"), whole(b'{"candidates": []}')]
    )
    with sending(lambda: [next(replies)]) as origin:
        endpoint = collections.endpoint("generate_content", origin, "m", prices=collecting.PRICES)
        collections.authorise(endpoint, confirmed_by="Ann Other", basis="our own endpoint")
        limits = replace(QUICK, most_attempts=2, first_wait_s=0.001, concurrency=1)
        plan = Plan("generate_content", origin, "m", ("Why?",), max_tokens=5, limits=limits)
        collection = carried_out(collections.start(endpoint, plan))
    first, second = calls(collection)
    assert (second.started_at - first.ended_at).total_seconds() >= 0.4
    assert second.problem == "the reply holds no text"


def test_thought_and_answer_are_told_apart_in_the_capture(tmp_path):
    said = {"Why?": "<think>\nIt may be so.\n</think>\n\nBecause.", "How?": "So."}
    with provider(tmp_path, answers=said) as playing:
        collection = collected(playing, ["Why?", "How?"])
    found = {
        call.prompt: call.facts["response"].get("answer_after", "") for call in calls(collection)
    }
    assert found == {0: "</think>", 1: ""}
    source = sources.receive(store().raw(collection.capture_sha256), name="capture.jsonl")
    sources.read(source)
    taken = dict(source.exchanges.values_list("prompt", "answer"))
    assert taken == {"Why?": "Because.", "How?": "So."}
    assert answers_of(collection, 0, 1) == {"Why?": ["Because."], "How?": ["So."]}


def test_answers_that_no_database_takes_are_kept_as_they_came(tmp_path):
    said = {"nul": "a\0b", "half": "a\ud800b", "wide": "\u202eb\ufeff", "long": "a" * 500_000}
    with provider(tmp_path, answers=said) as playing:
        collection = collected(playing, list(said))
    assert collection.state == DONE
    assert states(collection) == ["answered"] * 4
    source = sources.receive(store().raw(collection.capture_sha256), name="capture.jsonl")
    sources.read(source)
    assert set(source.exchanges.values_list("prompt", flat=True)) == {"wide", "long"}
    source.refresh_from_db()
    assert source.left_out == 3
    found = answers_of(collection, 0, 1)
    assert found["nul"] == ["a\0b"]
    assert 0 < sentinel_p_value(twice(found), twice(found), np.random.default_rng(1)) <= 1


def twice(found):
    return {prompt: answers * 2 for prompt, answers in found.items()}
