"""Captures are read out of their raw bytes; what is no exchange is left out with its reason."""

import base64
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.capture import UnreadableBodyError, plain, resolved, text_at
from audit.analysis.ingest import open_source, read
from audit.analysis.transcripts import Exchange, LeftOut

HEADER = {"capture": {"version": 1}, "plan": {"prompts": ["Why?"]}}
UNREADABLE = "the body of its response cannot be read: "
BROTLI = [["content-encoding", "br"]]
GZIP = [["Content-Encoding", "gzip"]]


def body(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def call(state: str = "answered", **more: object) -> dict[str, object]:
    return {
        "call": {"prompt": 0, "repeat": 0, "attempt": 1, "state": state, "model": "served-1"},
        "request": {"headers": [], "body": body({"q": ["Why?"]}), "prompt_at": ["/q/0"]},
        "response": {
            "status": 200,
            "headers": [],
            "body": body({"a": [{"t": "Be"}, {"t": "cause."}]}),
            "answer_at": ["/a/0/t", "/a/1/t"],
        },
        "facts": {},
        **more,
    }


def taken(*lines: object) -> list[Exchange | LeftOut]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return list(read(io.BytesIO(text.encode()), name="capture.jsonl"))


def reasons(*lines: object) -> list[str]:
    return [one.reason for one in taken(*lines, call()) if isinstance(one, LeftOut)]


def response(**changed: object) -> dict[str, object]:
    given = call()["response"]
    assert isinstance(given, dict)
    return call(response={**given, **changed})


def test_prompt_and_answer_come_out_of_the_raw_bytes():
    found = taken(HEADER, call())
    assert found[1] == Exchange(2, "Why?", "Because.", "served-1")
    assert isinstance(found[0], LeftOut)
    assert found[0].reason == "it is the plan of the capture, not a call"
    text = (json.dumps(HEADER) + "\n" + json.dumps(call())).encode()
    assert open_source(io.BytesIO(text), name="x").description == "Touchstone capture JSONL"


def test_what_was_not_answered_is_left_out_with_its_reason():
    refused, failed, cut = (call(state) for state in ("refused", "failed", "in flight"))
    failed["call"]["problem"] = "HTTP 500: no"
    assert reasons(refused, failed, cut, call("strange")) == [
        "the model refused to answer",
        "the call failed (HTTP 500: no)",
        "the call was cut off before its reply was kept",
        "the state of the call is not known",
    ]


def test_a_packed_body_is_unpacked_as_its_headers_say():
    packed = gzip.compress(json.dumps({"a": "Because."}).encode())
    text = base64.b64encode(packed).decode()
    found = taken(response(body=text, headers=GZIP, answer_at=["/a"]))
    assert found == [Exchange(1, "Why?", "Because.", "served-1")]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"body": "no base64!"}, UNREADABLE + "its body is not base64"),
        ({"body": None}, UNREADABLE + "it has no body in base64"),
        ({"body": base64.b64encode(b"{").decode()}, "the body of its response is not JSON"),
        ({"body": base64.b64encode(b"\xff").decode()}, "the body of its response is not JSON"),
        ({"answer_at": ["/a/7/t", "/b"]}, "its answer is empty"),
        ({"answer_at": "/a/0/t"}, "it does not say where its answer stands"),
        ({"headers": BROTLI}, UNREADABLE + "its body is packed in a way that was not asked for"),
        ({"headers": GZIP}, UNREADABLE + "its body is packed and cannot be unpacked"),
    ],
)  # fmt: skip
def test_a_response_that_cannot_be_read_costs_that_call_alone(changed, reason):
    assert reasons(response(**changed)) == [reason]


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(UnreadableBodyError, match="longer than 4,194,304 bytes"):
        plain(bomb, [("Content-Encoding", "gzip")])


def test_pointers_are_those_of_rfc_6901():
    value = {"a/b": {"m~n": [10, "x"]}, "": "y"}
    assert resolved(value, "/a~1b/m~0n/1") == "x"
    assert resolved(value, "/") == "y"
    assert resolved(value, "") == value
    assert resolved(value, "/a~1b/m~0n/-1") is None
    assert text_at(value, ["/a~1b/m~0n/1", "/a~1b/m~0n/0", "/"]) == "xy"


@given(st.dictionaries(st.sampled_from(["call", "request", "response", "facts"]), st.recursive(
    st.none() | st.text(max_size=4) | st.integers(),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["state", "body", "headers", "prompt_at"]), inner),
    max_leaves=8)))  # fmt: skip
def test_no_line_makes_reading_fail(line):
    found = taken(call(), line)
    assert found[0] == Exchange(1, "Why?", "Because.", "served-1")
    assert len(found) == 2
