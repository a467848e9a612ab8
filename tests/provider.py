"""A provider of models, as a real process: `python -m tests.provider SCRIPT.json`.

It speaks the shapes of the five APIs on one port, replays transcripts by prompt, and misbehaves as
its script says. Each request that puts a prompt is one line of its log.

The script: `port`, `log`, `answers` (prompt to answer; others are made up from seed and prompt,
or, with `alike`, from what comes after the first comma in it), `latency_s`, `faults`, `swap_after`
(from that request on another model answers) with `swapped` (its answers) and `swapped_name` (the
same name without it), `models`, `made` (the time of each, where it is told), `fingerprints` (by
turns), `key` (what is asked for, and echoed where it is wrong) and, for TLS, `certificate` (a PEM
file with chain and key).

A fault is {"do": "429", "500", "400", "cut", "malformed", "silent", "refuse" or "echo"; "at":
turns of requests from 0, or "prompt": a prompt; "times": how often; "after_s": for Retry-After, in
seconds, or "until_s", as a date}.
"""

import asyncio
import json
import math
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import h11

from tests.processes import ROOT, free_port, serving

MODEL = "suspect-1"
Heard = tuple[h11.Request, dict[str, Any]]


class Provider:
    """What is said, by whom and how; one for the whole process."""

    def __init__(self, script: dict[str, Any]) -> None:
        self.script = script
        self.turn = 0
        self.log = os.open(script["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.faults = [dict(one) for one in script.get("faults", [])]

    def is_swapped(self, turn: int) -> bool:
        return turn >= self.script.get("swap_after", sys.maxsize)

    def name(self, turn: int) -> str:
        return self.script.get("swapped_name", MODEL) if self.is_swapped(turn) else MODEL

    def answer(self, prompt: str, seed: int | None, turn: int) -> str:
        swapped = self.is_swapped(turn)
        known = self.script.get("swapped" if swapped else "answers", {})
        named = prompt.partition(", ")[2] if self.script.get("alike") else prompt
        made = sha256(f"{named} {seed} {swapped}".encode()).hexdigest()
        return known.get(prompt, f"Made up: {made}.")

    def fingerprint(self, turn: int) -> str:
        found = self.script.get("fingerprints", ["fp_1"])
        return found[turn % len(found)]

    def fault(self, prompt: str, turn: int) -> dict[str, Any]:
        for one in self.faults:
            is_due = one.get("prompt") == prompt or turn in one.get("at", [])
            if is_due and one.get("times", 1):
                one["times"] = one.get("times", 1) - 1
                return one
        return {}

    def note(self, **what: object) -> None:
        os.write(self.log, (json.dumps({"at": time.time(), **what}) + "\n").encode())


def asked(path: str, body: dict[str, Any]) -> tuple[str, int | None]:
    """The prompt and the seed of a request, whichever API it is made to."""
    if path.endswith("/responses"):
        return body["input"], None
    if path.endswith(":generateContent"):
        return body["contents"][0]["parts"][0]["text"], body["generationConfig"].get("seed")
    seed = body.get("options", body).get("seed")
    return body["messages"][-1]["content"], seed


def as_response(answer: str, model: str, words: tuple[int, int]) -> dict[str, Any]:
    part = {"type": "output_text", "text": answer, "annotations": []}
    part = part if answer else {"type": "refusal", "refusal": "I will not."}
    message = {"type": "message", "role": "assistant", "content": [part]}
    usage = {"input_tokens": words[0], "output_tokens": words[1]}
    return {"id": "resp_1", "status": "completed", "model": model, "output": [message],
            "usage": usage, "error": None, "incomplete_details": None}  # fmt: skip


def as_message(answer: str, model: str, words: tuple[int, int]) -> dict[str, Any]:
    content = [{"type": "text", "text": answer}] if answer else []
    usage = {"input_tokens": words[0], "output_tokens": words[1]}
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model,
            "content": content, "stop_reason": "end_turn" if answer else "refusal",
            "usage": usage}  # fmt: skip


def as_content(answer: str, model: str, words: tuple[int, int]) -> dict[str, Any]:
    content = {"parts": [{"text": answer}], "role": "model"}
    said = {"content": content, "finishReason": "STOP"} if answer else {"finishReason": "SAFETY"}
    usage = {"promptTokenCount": words[0], "candidatesTokenCount": words[1]}
    return {"candidates": [said], "modelVersion": model, "usageMetadata": usage,
            "responseId": "r1"}  # fmt: skip


def as_chat(answer: str, model: str, words: tuple[int, int]) -> dict[str, Any]:
    return {"model": model, "message": {"role": "assistant", "content": answer}, "done": True,
            "done_reason": "stop", "prompt_eval_count": words[0],
            "eval_count": words[1]}  # fmt: skip


def as_completion(answer: str, model: str, words: tuple[int, int]) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer or None}
    message |= {} if answer else {"refusal": "I will not."}
    usage = {"prompt_tokens": words[0], "completion_tokens": words[1]}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": model, "choices": [choice],
            "usage": usage}  # fmt: skip


SHAPES = {
    "/responses": as_response,
    "/messages": as_message,
    ":generateContent": as_content,
    "/api/chat": as_chat,
    "/chat/completions": as_completion,
}


def told(path: str, answer: str, model: str, fingerprint: str) -> dict[str, Any]:
    """A reply in the shape of the API that was asked; no answer is a refusal."""
    shape = next(one for end, one in SHAPES.items() if path.endswith(end))
    said = shape(answer, model, (10, len(answer.split())))
    return said | ({"system_fingerprint": fingerprint} if shape is as_completion else {})


def listed(request: h11.Request, script: dict[str, Any]) -> dict[str, Any]:
    path, models = request.target.decode().partition("?")[0], script["models"]
    if path.endswith("/api/tags"):
        return {"models": [{"name": one, "digest": sha256(one.encode()).hexdigest()}
                           for one in models]}  # fmt: skip
    if "/v1beta/" in path:
        return {"models": [{"name": f"models/{one}", "version": "001"} for one in models]}
    if any(name == b"anthropic-version" for name, _ in request.headers):
        return {"data": [{"id": one, "created_at": "2026-11-01T00:00:00Z"} for one in models],
                "has_more": False, "last_id": models[-1]}  # fmt: skip
    rows = [{"id": one, "created": script.get("made", {}).get(one, 1)} for one in models]
    return {"object": "list", "data": rows}


def sent(status: int, body: bytes, *headers: tuple[str, str]) -> bytes:
    """The bytes of a whole response."""
    lines = [f"HTTP/1.1 {status} made-up", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def secret_of(request: h11.Request) -> str:
    names = (b"authorization", b"x-api-key", b"x-goog-api-key")
    found = [value.decode() for name, value in request.headers if name in names]
    return found[0].removeprefix("Bearer ") if found else ""


async def replied(provider: Provider, request: h11.Request, body: bytes) -> bytes | None:
    """The bytes to send back; None to hang up, with or without a beginning."""
    path = unquote(request.target.decode().partition("?")[0])
    shown, wanted = secret_of(request), provider.script.get("key")
    if wanted is not None and shown != wanted:
        said = {"error": {"message": f"Incorrect API key provided: {shown}."}}
        return sent(401, json.dumps(said).encode(), ("X-Seen", shown))
    if request.method == b"GET":
        return sent(200, json.dumps(listed(request, provider.script)).encode())
    turn, provider.turn = provider.turn, provider.turn + 1
    prompt, seed = asked(path, json.loads(body))
    fault = provider.fault(prompt, turn)
    provider.note(prompt=prompt, seed=seed, turn=turn, did=fault.get("do", "answer"))
    await asyncio.sleep(provider.script.get("latency_s", 0))
    return misbehaved(fault, shown) or whole(provider, path, (prompt, seed, turn), fault)


def whole(
    provider: Provider, path: str, ask: tuple[str, int | None, int], fault: dict[str, Any]
) -> bytes | None:
    if fault.get("do") == "silent":
        return None
    answer = "" if fault.get("do") == "refuse" else provider.answer(*ask)
    said = told(path, answer, provider.name(ask[2]), provider.fingerprint(ask[2]))
    reply = sent(200, json.dumps(said).encode(), ("X-Request-Id", f"req_{ask[2]}"))
    return reply[: len(reply) - 20] if fault.get("do") == "cut" else reply


def misbehaved(fault: dict[str, Any], shown: str) -> bytes | None:
    """The reply to a request at which something is to go wrong, if it comes whole."""
    error = json.dumps({"error": {"message": f"made up; you sent {shown}"}}).encode()
    after = (("Retry-After", str(fault["after_s"])),) if "after_s" in fault else ()
    if "until_s" in fault:
        until = formatdate(math.ceil(time.time() + fault["until_s"]), usegmt=True)
        after = (("Retry-After", until),)
    known = {
        "429": sent(429, error, *after),
        "500": sent(500, error),
        "400": sent(400, error),
        "malformed": sent(200, b'{"choices": [{"message": {"content": "half'),
        "echo": sent(200, json.dumps({"choices": [{"message": {"content": shown}}]}).encode()),
    }
    return known.get(fault.get("do", ""))


async def attend(
    provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Serve one connection until either side has enough of it."""
    connection = h11.Connection(h11.SERVER)
    try:
        while (heard := await hear(connection, reader)) is not None:
            reply = await replied(provider, *heard)
            writer.write(reply or b"")
            await writer.drain()
            # What is short of its length was cut.
            if reply is None or not is_whole(reply):
                break
            connection = h11.Connection(h11.SERVER)
    except (ConnectionError, h11.RemoteProtocolError, ssl.SSLError):
        pass
    finally:
        writer.close()


def is_whole(reply: bytes) -> bool:
    head, _, body = reply.partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length:"))
    return int(length.partition(b":")[2]) == len(body)


async def hear(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> tuple[h11.Request, bytes] | None:
    request, body = None, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert request is not None
            return request, bytes(body)
        else:
            return None


async def serve(script: dict[str, Any]) -> None:
    provider = Provider(script)
    context = None
    if "certificate" in script:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(script["certificate"])
    server = await asyncio.start_server(
        lambda reader, writer: attend(provider, reader, writer),
        "127.0.0.1",
        script["port"],
        ssl=context,
        backlog=1000,
    )
    async with server:
        await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Playing:
    """A provider that runs."""

    origin: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The base address for chat completions."""
        return f"{self.origin}/v1"

    def heard(self) -> list[dict[str, Any]]:
        """What it was asked so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def provider(folder: Path, **script: object) -> Iterator[Playing]:
    """A provider in a process of its own until the end of the block."""
    port = free_port()
    log = folder / f"provider-{port}.log"
    whole_script = {"port": port, "log": str(log), "models": [MODEL], **script}
    path = folder / f"provider-{port}.json"
    path.write_text(json.dumps(whole_script))
    words = [sys.executable, "-m", "tests.provider", str(path)]
    process = serving(words, port, PYTHONPATH=str(ROOT))
    scheme = "https" if "certificate" in script else "http"
    try:
        yield Playing(f"{scheme}://127.0.0.1:{port}", log, process)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
