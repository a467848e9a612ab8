"""Anthropic Messages.

https://platform.claude.com/docs/en/api/messages, /models-list and /errors.
No seed is taken. The versions of a model have names of their own: there is no fingerprint.
"""

from urllib.parse import quote

from audit.collect.bodies import (
    body_with,
    count,
    failure,
    items,
    parsed,
    part,
    texts,
    told,
    total,
    word,
)
from audit.collect.values import Address, Ask, Listed, Listing, Reading, Reply, Request, Usage

NAME = "Anthropic Messages"
TAKES_SEED = False
_VERSION = ("anthropic-version", "2023-06-01")
_PAGE = 1000


def request(ask: Ask, address: Address) -> Request:
    """Return POST /messages."""
    fields = {
        "model": address.model,
        "max_tokens": ask.max_tokens,
        "system": ask.system or None,
        "messages": [{"role": "user", "content": ask.prompt}],
        "temperature": ask.temperature,
        "stream": False,
    }
    return Request(
        "POST",
        f"{address.url}/messages",
        (*_headers(address), ("Content-Type", "application/json")),
        body_with(fields, ask.extra),
        "/messages/0/content",
    )


def reading(reply: Reply) -> Reading:
    """Return the text blocks; what was thought before the answer is none of it."""
    value, problem = parsed(reply)
    blocks = [
        f"/content/{place}/text"
        for place, block in enumerate(items(value.get("content")))
        if part(block, "type") == "text"
    ]
    answer, answer_at = texts(value, blocks)
    thoughts = (
        f"/content/{place}/thinking" for place, _ in enumerate(items(value.get("content")))
    )
    finish = word(value.get("stop_reason"))
    details = value.get("stop_details")
    why = word(part(details, "explanation")) or word(part(details, "category"))
    said = part(value, "error", "message")
    error = failure(reply, problem, said)
    return Reading(
        answer=answer,
        answer_at=answer_at,
        thought_at=texts(value, thoughts)[1],
        model=word(value.get("model")),
        request_id=told(reply, "request-id") or word(value.get("request_id")),
        finish=finish,
        usage=_usage(value),
        refusal=(why or finish) if finish == "refusal" else "",
        error=error or (value.get("type") == "error" and (word(said) or "it failed")) or "",
    )


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usage")
    read = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return Usage(
        total(*(part(usage, name) for name in read)),
        count(part(usage, "output_tokens")),
        count(part(usage, "output_tokens_details", "thinking_tokens")),
    )


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models."""
    page = f"?limit={_PAGE}" + (f"&after_id={quote(after, safe='')}" if after else "")
    return Request("GET", f"{address.url}/models{page}", _headers(address))


def models(reply: Reply) -> Listing:
    """Return a page of the models listed, with the time at which each was released."""
    value, problem = parsed(reply)
    found = tuple(
        Listed(word(part(one, "id")), word(part(one, "created_at")))
        for one in items(value.get("data"))
        if word(part(one, "id"))
    )
    after = word(value.get("last_id")) if value.get("has_more") is True else ""
    return Listing(found, after, failure(reply, problem, part(value, "error", "message")))


def _headers(address: Address) -> tuple[tuple[str, str], ...]:
    key = (("x-api-key", address.key.reveal()),) if address.key else ()
    return (*key, _VERSION)
