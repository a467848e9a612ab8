"""OpenAI-compatible responses.

https://platform.openai.com/docs/api-reference/responses. Nothing is left
with the provider (`store` is false), and no seed is taken. A fingerprint is not documented; where
a server tells one, it is read.
"""

from collections.abc import Iterator

from audit.collect.bodies import (
    body_with,
    count,
    items,
    parsed,
    part,
    texts,
    told,
    word,
)
from audit.collect.providers import chat_completions
from audit.collect.values import Address, Ask, Listing, Reading, Reply, Request, Usage

NAME = "OpenAI-compatible responses"
TAKES_SEED = False
# In these states a response is not the one that was asked for.
_UNFINISHED = frozenset({"queued", "in_progress", "cancelled"})
_FAILED = "failed"
# What a model says on its way is no answer.
_ON_ITS_WAY = "commentary"


def request(ask: Ask, address: Address) -> Request:
    """Return POST /responses."""
    fields = {
        "model": address.model,
        "input": ask.prompt,
        "instructions": ask.system or None,
        "max_output_tokens": ask.max_tokens,
        "temperature": ask.temperature,
        "store": False,
        "stream": False,
    }
    listing = chat_completions.models_request(address)
    return Request(
        "POST",
        f"{address.url}/responses",
        (*listing.headers, ("Content-Type", "application/json")),
        body_with(fields, ask.extra),
        "/input",
    )


def reading(reply: Reply) -> Reading:
    """Return the text of all messages of the output; a refusal is a part of its own kind."""
    value, problem = parsed(reply)
    answer, answer_at = texts(value, (at for at, kind in _said(value) if kind == "output_text"))
    refusals, _ = texts(value, (at for at, kind in _said(value) if kind == "refusal"))
    why = word(part(value, "incomplete_details", "reason"))
    filtered = chat_completions.filtered_prompt(value)
    error = chat_completions.error_of(reply, value, problem) or _unfinished(value)
    return Reading(
        answer=answer,
        answer_at=answer_at,
        thought_at=_thoughts(value),
        model=word(value.get("model")),
        fingerprint=word(value.get("system_fingerprint")),
        request_id=told(reply, "x-request-id") or word(value.get("id")),
        finish=why or word(value.get("status")),
        usage=_usage(value),
        refusal=word(refusals) or (why == "content_filter" and why) or filtered,
        error="" if filtered else error,
        barred=chat_completions.is_without_quota(value),
    )


def _unfinished(value: dict[str, object]) -> str:
    status = word(value.get("status"))
    if status == _FAILED:
        return "it failed"
    return f"the response is {status}" if status in _UNFINISHED else ""


def _said(value: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the pointer and the kind of each part of each message that is an answer."""
    for place, item in enumerate(items(value.get("output"))):
        if part(item, "type") != "message" or part(item, "phase") == _ON_ITS_WAY:
            continue
        for number, one in enumerate(items(part(item, "content"))):
            kind = part(one, "type")
            field = "refusal" if kind == "refusal" else "text"
            yield f"/output/{place}/content/{number}/{field}", kind


def _thoughts(value: dict[str, object]) -> tuple[str, ...]:
    """Return where thoughts stand: in items of their own, told or summed up, and on the way."""
    pointers = (
        f"/output/{place}/{field}/{number}/text"
        for place, item in enumerate(items(value.get("output")))
        if part(item, "type") == "reasoning" or part(item, "phase") == _ON_ITS_WAY
        for field in ("summary", "content")
        for number, _ in enumerate(items(part(item, field)))
    )
    return texts(value, pointers)[1]


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usage")
    return Usage(
        count(part(usage, "input_tokens")),
        count(part(usage, "output_tokens")),
        count(part(usage, "output_tokens_details", "reasoning_tokens")),
    )


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models, the same list as for chat completions."""
    return chat_completions.models_request(address, after)


def models(reply: Reply) -> Listing:
    """Return the models listed."""
    return chat_completions.models(reply)
