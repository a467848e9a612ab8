"""Whatever a server sends is bounded, and what came of it is told in words."""

import asyncio
import gzip
import itertools
import json
import time
from collections.abc import Iterator

import pytest

from audit.analysis.capture import MOST_PLAIN
from audit.collect import calling
from audit.collect.calling import Captured
from audit.collect.providers import PROVIDERS
from audit.collect.secrets import Secret
from audit.collect.values import Address, Ask
from tests.hostile import Sent, sending, whole

KEY = Secret("MADE_UP", "sk-0123456789abcdef")
CHAT = PROVIDERS["chat_completions"]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SAID = {"choices": [{"message": {"content": "Because."}, "finish_reason": "stop"}]}


def heard(sent: Sent, within_s: float = 10) -> Captured:
    async def one(url: str) -> Captured:
        request = CHAT.request(Ask("Why?"), Address(url, "suspect-1", KEY))
        async with calling.client(timeout_s=10) as http:
            return await calling.call(http, request, KEY, within_s=within_s)

    with sending(sent) as url:
        return asyncio.run(one(url))


def read(body: bytes, *headers: str, status: str = "200 OK") -> tuple[str, str]:
    """The answer and the error that are read from a response."""
    found = heard(lambda: [whole(body, *headers, status=status)])
    assert found.error == ""
    reading = CHAT.reading(found.reply())
    return reading.answer, reading.error


def test_an_answer_of_ten_megabytes_is_cut():
    found = heard(lambda: [whole(b"x" * 10_000_000)])
    assert len(found.body) == calling.MOST_BYTES
    assert found.error == "the reply is longer than 1,048,576 bytes and was cut"
    assert not found.passing


def test_a_stream_that_never_ends_is_cut():
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    found = heard(lambda: itertools.chain([CHUNKED], itertools.repeat(chunk)))
    assert len(found.body) == calling.MOST_BYTES
    assert found.error.endswith("was cut")


def slowly(first: bytes, then: bytes) -> Iterator[bytes]:
    yield first
    for _ in range(200):
        time.sleep(0.02)
        yield then


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (CHUNKED, b"1\r\nx\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n"),
    ],
    ids=["chunks", "interim responses", "headers"],
)
def test_what_trickles_on_and_on_ends_at_the_deadline(first, then):
    began = time.monotonic()
    found = heard(lambda: slowly(first, then), within_s=0.4)
    assert found.error == "no whole reply came within 0.4 s"
    assert time.monotonic() - began < 5


def test_a_flood_of_headers_is_refused():
    line = b"X-Flood: " + b"x" * 1000 + b"\r\n"
    found = heard(lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(line)))
    assert found.status is None
    assert found.error.startswith("RemoteProtocolError: ")


def test_a_small_body_that_unpacks_to_a_large_one_is_an_error():
    bomb = gzip.compress(b"x" * 50_000_000, compresslevel=1)
    assert len(bomb) < calling.MOST_BYTES
    _, error = read(bomb, "Content-Encoding: gzip")
    assert error == f"HTTP 200: its body is longer than {MOST_PLAIN:,} bytes"


@pytest.mark.parametrize("packed", ["br", "zstd", "gzip, gzip", "\xff"])
def test_what_is_packed_in_another_way_is_an_error(packed):
    _, error = read(b"\x00\x01\x02", f"Content-Encoding: {packed}")
    assert error == "HTTP 200: its body is packed in a way that was not asked for"


def test_what_is_packed_all_the_same_is_read():
    packed = gzip.compress(json.dumps(SAID).encode())
    assert read(packed, "Content-Encoding: GZIP") == ("Because.", "")
    for other in (packed[:-9], packed + b"more"):
        error = read(other, "Content-Encoding: gzip")[1]
        assert error == "HTTP 200: its body is packed and does not end where it should"


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16", "utf-32-le"])
def test_json_in_another_code_is_read(code):
    assert read(json.dumps(SAID).encode(code)) == ("Because.", "")


@pytest.mark.parametrize("inside", [b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80\x80"])
def test_bytes_that_are_no_text_are_an_error(inside):
    body = json.dumps(SAID).encode().replace(b"Because", inside)
    assert read(body) == ("", "HTTP 200: its body is not JSON")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 x"])
def test_a_redirect_is_told_and_not_followed(status):
    elsewhere = "http://127.0.0.1:9/elsewhere"
    _, error = read(b"", f"Location: {elsewhere}", status=status)
    assert error == f"HTTP {status[:3]}: it redirects to {elsewhere}, which is not followed"


def test_a_key_in_the_address_of_a_redirect_is_masked():
    found = heard(
        lambda: [whole(b"", f"Location: https://x.example/?k={KEY.reveal()}", status="302 Found")]
    )
    error = CHAT.reading(found.reply()).error
    assert error.startswith("HTTP 302: it redirects to https://x.example/?k=***")
    assert KEY.reveal() not in repr(found)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 O\x00K\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"HTTP/9.9 999999 x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_an_error_that_can_be_kept(head):
    found = heard(lambda: [head])
    assert found.error.startswith("RemoteProtocolError: ")
    assert "\0" not in found.error
