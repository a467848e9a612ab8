"""OpenAI-compatible responses.

https://platform.openai.com/docs/api-reference/responses. Nothing is left
with the provider (`store` is false), and no seed is taken.
"""

from collections.abc import Iterator

from audit.collect.bodies import (
    body_with,
    count,
    failure,
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
    answer, answer_at = texts(value, (at for at, kind in _parts(value) if kind == "output_text"))
    refusals, _ = texts(value, (at for at, kind in _parts(value) if kind == "refusal"))
    why = word(part(value, "incomplete_details", "reason"))
    failed = word(part(value, "error", "message")) if value.get("status") == "failed" else ""
    error = failure(reply, problem, part(value, "error", "message"))
    return Reading(
        answer=answer,
        answer_at=answer_at,
        model=word(value.get("model")),
        fingerprint=word(value.get("system_fingerprint")),
        request_id=told(reply, "x-request-id") or word(value.get("id")),
        finish=why or word(value.get("status")),
        usage=_usage(value),
        refusal=word(refusals) or (why == "content_filter" and why) or "",
        error=error or failed or ("it failed" if value.get("status") == "failed" else ""),
    )


def _parts(value: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the pointer and the kind of each part of each message."""
    for place, item in enumerate(items(value.get("output"))):
        for number, one in enumerate(items(part(item, "content"))):
            kind = part(one, "type")
            field = "refusal" if kind == "refusal" else "text"
            yield f"/output/{place}/content/{number}/{field}", kind


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usage")
    return Usage(count(part(usage, "input_tokens")), count(part(usage, "output_tokens")))


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models, the same list as for chat completions."""
    return chat_completions.models_request(address, after)


def models(reply: Reply) -> Listing:
    """Return the models listed."""
    return chat_completions.models(reply)
