"""OpenAI-compatible chat completions, as many servers speak them, vLLM among these.

https://platform.openai.com/docs/api-reference/chat and /models.
"""

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
from audit.collect.values import Address, Ask, Listed, Listing, Reading, Reply, Request, Usage

NAME = "OpenAI-compatible chat completions"
TAKES_SEED = True
_FIRST = "/choices/0/message/content"
_FILTERED = "content_filter"


def request(ask: Ask, address: Address) -> Request:
    """Return POST /chat/completions."""
    system = [{"role": "system", "content": ask.system}] if ask.system else []
    fields = {
        "model": address.model,
        "messages": [*system, {"role": "user", "content": ask.prompt}],
        "max_tokens": ask.max_tokens,
        "temperature": ask.temperature,
        "seed": ask.seed,
        "stream": False,
    }
    return Request(
        "POST",
        f"{address.url}/chat/completions",
        (*_headers(address), ("Content-Type", "application/json")),
        body_with(fields, ask.extra),
        f"/messages/{len(system)}/content",
    )


def reading(reply: Reply) -> Reading:
    """Return the first choice; a refusal stands in a field of its own, or is a filter's."""
    value, problem = parsed(reply)
    choice = part(value, "choices", 0)
    content = part(choice, "message", "content")
    parts = [f"{_FIRST}/{place}/text" for place in range(len(items(content)))]
    answer, answer_at = texts(value, parts or [_FIRST])
    finish = word(part(choice, "finish_reason"))
    return Reading(
        answer=answer,
        answer_at=answer_at,
        model=word(value.get("model")),
        fingerprint=word(value.get("system_fingerprint")),
        request_id=told(reply, "x-request-id") or word(value.get("id")),
        finish=finish,
        usage=_usage(value),
        refusal=word(part(choice, "message", "refusal")) or (finish == _FILTERED and finish) or "",
        error=failure(reply, problem, part(value, "error", "message"), value.get("message")),
    )


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usage")
    return Usage(count(part(usage, "prompt_tokens")), count(part(usage, "completion_tokens")))


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models, which has one page."""
    del after
    return Request("GET", f"{address.url}/models", _headers(address))


def models(reply: Reply) -> Listing:
    """Return the models listed, with the time at which each was made (seconds since 1970)."""
    value, problem = parsed(reply)
    found = tuple(
        Listed(word(part(one, "id")), str(count(part(one, "created")) or ""))
        for one in items(value.get("data"))
        if word(part(one, "id"))
    )
    return Listing(found, error=failure(reply, problem, part(value, "error", "message")))


def _headers(address: Address) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {address.key.reveal()}"),) if address.key else ()
