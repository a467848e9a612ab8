"""Each API: the request it is put, and what is read from documented and from hostile replies."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.capture import answer_in, resolved, text_at
from audit.analysis.errors import WrongSettingError
from audit.collect import build
from audit.collect.providers import PROVIDERS, provider_of
from audit.collect.secrets import Secret
from audit.collect.values import Address, Ask, Listed, Reply

KEY = Secret("MADE_UP", "sk-0123456789abcdef")
ADDRESS = Address("https://api.example/v1", "suspect-1", KEY)
ASK = Ask("Why is the sky blue?", "Be brief.", 0.5, 7, 256)
# For each API: the path, the header of the key, and the body, as its reference has them.
REQUESTS = {
    "chat_completions": (
        "/chat/completions",
        ("Authorization", "Bearer sk-0123456789abcdef"),
        {
            "model": "suspect-1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Why is the sky blue?"},
            ],
            "max_tokens": 256,
            "temperature": 0.5,
            "seed": 7,
            "stream": False,
        },
    ),
    "reasoning_completions": (
        "/chat/completions",
        ("Authorization", "Bearer sk-0123456789abcdef"),
        {
            "model": "suspect-1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Why is the sky blue?"},
            ],
            "max_completion_tokens": 256,
            "temperature": 0.5,
            "seed": 7,
            "stream": False,
        },
    ),
    "responses": (
        "/responses",
        ("Authorization", "Bearer sk-0123456789abcdef"),
        {
            "model": "suspect-1",
            "input": "Why is the sky blue?",
            "instructions": "Be brief.",
            "max_output_tokens": 256,
            "temperature": 0.5,
            "store": False,
            "stream": False,
        },
    ),
    "messages": (
        "/messages",
        ("x-api-key", "sk-0123456789abcdef"),
        {
            "model": "suspect-1",
            "max_tokens": 256,
            "system": "Be brief.",
            "messages": [{"role": "user", "content": "Why is the sky blue?"}],
            "temperature": 0.5,
            "stream": False,
        },
    ),
    "generate_content": (
        "/models/suspect-1:generateContent",
        ("x-goog-api-key", "sk-0123456789abcdef"),
        {
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [{"role": "user", "parts": [{"text": "Why is the sky blue?"}]}],
            "generationConfig": {"temperature": 0.5, "seed": 7, "maxOutputTokens": 256},
        },
    ),
    "ollama": (
        "/api/chat",
        ("Authorization", "Bearer sk-0123456789abcdef"),
        {
            "model": "suspect-1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Why is the sky blue?"},
            ],
            "options": {"temperature": 0.5, "seed": 7, "num_predict": 256},
            "stream": False,
        },
    ),
}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_question_goes_out_as_the_api_documents(kind):
    path, key, body = REQUESTS[kind]
    made = PROVIDERS[kind].request(ASK, ADDRESS)
    assert (made.method, made.url) == ("POST", f"https://api.example/v1{path}")
    assert key in made.headers
    assert ("Content-Type", "application/json") in made.headers
    assert json.loads(made.body) == body
    assert resolved(json.loads(made.body), made.prompt_at) == ASK.prompt


def test_the_version_of_the_messages_api_is_named():
    made = PROVIDERS["messages"].request(ASK, ADDRESS)
    assert ("anthropic-version", "2023-06-01") in made.headers


@pytest.mark.parametrize("kind", PROVIDERS)
def test_what_is_not_given_is_not_sent(kind):
    made = PROVIDERS[kind].request(Ask("Why?"), Address("http://127.0.0.1", "m"))
    text = made.body.decode()
    assert "temperature" not in text
    assert "seed" not in text
    assert "system" not in text.lower()
    assert {name for name, _ in made.headers} <= {"Content-Type", "anthropic-version"}


def test_what_is_extra_stands_over_the_rest():
    ask = Ask("Why?", extra={"max_tokens": None, "max_completion_tokens": 9, "top_p": 0.9})
    body = json.loads(PROVIDERS["chat_completions"].request(ask, ADDRESS).body)
    assert "max_tokens" not in body
    assert (body["max_completion_tokens"], body["top_p"]) == (9, 0.9)


@pytest.mark.parametrize(
    "sample", build.samples(), ids=lambda one: f"{one['kind']}: {one['name']}"
)
def test_documented_replies_are_read(sample):
    found = build.read_sample(sample)
    for name, value in sample["reading"].items():
        got = getattr(found, name)
        if name == "usage":
            got = asdict(got)
        assert (list(got) if name == "thought_at" else got) == value, name
    assert answer_in(sample["body"], found.answer_at, found.answer_after) == found.answer
    assert all(text_at(sample["body"], [at]) for at in found.thought_at)
    assert not set(found.thought_at) & set(found.answer_at)


def test_the_self_test_reads_every_sample_and_every_api():
    count = len(build.samples())
    assert build.self_test() == {"samples": count, "read_as_documented": count}
    assert {one["kind"] for one in build.samples()} == set(PROVIDERS)


NAMES = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "text",
        "type",
        "usage",
        "output",
        "candidates",
        "parts",
        "error",
        "model",
        "id",
        "status",
        "finish_reason",
        "stop_reason",
        "promptFeedback",
        "blockReason",
        "data",
        "models",
        "done",
        "refusal",
        "incomplete_details",
        "reason",
        "prompt_tokens",
        "input_tokens",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", PROVIDERS)
@given(value=VALUES, status=st.sampled_from([200, 400, 500]))
def test_no_reply_makes_reading_fail(kind, value, status):
    reply = Reply(status, (), json.dumps(value).encode())
    found = PROVIDERS[kind].reading(reply)
    assert isinstance(found.error, str)
    assert bool(found.error) or status == 200
    assert isinstance(PROVIDERS[kind].models(reply).models, tuple)
    for said in (found.model, found.finish, found.refusal, found.error, found.request_id):
        said.encode()
        assert "\0" not in said


@pytest.mark.parametrize("kind", PROVIDERS)
@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"<html>", b"\xff\xfe", b"9" * 9000, b"[]"])
def test_what_is_no_json_object_is_an_error(kind, body):
    found = PROVIDERS[kind].reading(Reply(200, (), body))
    assert found.error.startswith("HTTP 200: its body is not")
    assert found.answer == ""


LISTS = {
    "chat_completions": {"object": "list", "data": [{"id": "a", "created": 5}, {"id": "b"}]},
    "reasoning_completions": {"object": "list", "data": [{"id": "a", "created": 5}, {"id": "b"}]},
    "responses": {"object": "list", "data": [{"id": "a", "created": 5}, {"id": "b"}]},
    "messages": {
        "data": [{"type": "model", "id": "a", "created_at": "5"}, {"id": "b"}],
        "has_more": True,
        "first_id": "a",
        "last_id": "b",
    },
    "generate_content": {
        "models": [{"name": "models/a", "version": "5"}, {"name": "models/b"}],
        "nextPageToken": "b",
    },
    "ollama": {"models": [{"name": "a", "modified_at": "5", "digest": "d1"}, {"name": "b"}]},
}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_lists_of_models_are_read_page_by_page(kind):
    provider = PROVIDERS[kind]
    found = provider.models(Reply(200, (), json.dumps(LISTS[kind]).encode()))
    digest = "d1" if kind == "ollama" else ""
    assert found.models == (Listed("a", "5", digest), Listed("b"))
    assert found.error == ""
    paged = kind in ("messages", "generate_content")
    assert found.after == ("b" if paged else "")
    asked = provider.models_request(ADDRESS, found.after)
    assert asked.method == "GET"
    assert asked.url.endswith("=b") is paged


def test_an_unknown_api_is_refused():
    with pytest.raises(WrongSettingError, match="is not spoken: name one of chat_completions"):
        provider_of("telegraph")
