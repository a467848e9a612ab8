"""OpenAI-compatible chat completions, as many servers speak them, vLLM among these.

https://platform.openai.com/docs/api-reference/chat and /models. Thoughts stand in a field of the
message that is not documented there: `reasoning`, before `reasoning_content` (vLLM, "Reasoning
Outputs"), or in parts of the content.
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
    without_thought,
    word,
)
from audit.collect.values import Address, Ask, Listed, Listing, Reading, Reply, Request, Usage

NAME = "OpenAI-compatible chat completions"
TAKES_SEED = True
_MESSAGE = "/choices/0/message"
_FIRST = f"{_MESSAGE}/content"
_THOUGHTS = ("reasoning", "reasoning_content")
_FILTERED = "content_filter"
# It comes with the status of too many requests, and no waiting mends it.
_NO_QUOTA = "insufficient_quota"


def request(ask: Ask, address: Address) -> Request:
    """Return POST /chat/completions, limited by max_tokens, which every server knows."""
    return limited_by("max_tokens", ask, address)


def limited_by(limit: str, ask: Ask, address: Address) -> Request:
    """Return POST /chat/completions with the field that limits an answer."""
    system = [{"role": "system", "content": ask.system}] if ask.system else []
    fields = {
        "model": address.model,
        "messages": [*system, {"role": "user", "content": ask.prompt}],
        limit: ask.max_tokens,
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
    said, answer_at = texts(value, _places(content) or [_FIRST])
    answer, after = without_thought(said)
    finish = word(part(choice, "finish_reason"))
    refusal = word(part(choice, "message", "refusal")) or (finish == _FILTERED and finish) or ""
    filtered = filtered_prompt(value)
    return Reading(
        answer=answer,
        answer_at=answer_at,
        answer_after=after,
        thought_at=_thoughts(value, content),
        model=word(value.get("model")),
        fingerprint=word(value.get("system_fingerprint")),
        request_id=told(reply, "x-request-id") or word(value.get("id")),
        finish=finish or (filtered and _FILTERED),
        usage=_usage(value),
        refusal=refusal or filtered,
        error="" if filtered else error_of(reply, value, problem),
        barred=is_without_quota(value),
    )


def _places(content: object) -> list[str]:
    """Return where the parts of a content are that are text; [] where it is one text."""
    return [
        f"{_FIRST}/{place}/text"
        for place, one in enumerate(items(content))
        if part(one, "type") in (None, "text")
    ]


def _thoughts(value: dict[str, object], content: object) -> tuple[str, ...]:
    """Return where thoughts stand; servers that tell them under both names tell them twice."""
    for name in _THOUGHTS:
        _, held = texts(value, [f"{_MESSAGE}/{name}"])
        if held:
            return held
    parts = (
        f"{_FIRST}/{place}/thinking/{number}/text"
        for place, one in enumerate(items(content))
        for number, _ in enumerate(items(part(one, "thinking")))
    )
    return texts(value, parts)[1]


def filtered_prompt(value: dict[str, object]) -> str:
    """Return why a filter took no prompt, which comes as an error; "" where none did."""
    is_filtered = part(value, "error", "code") == _FILTERED
    return (word(part(value, "error", "message")) or _FILTERED) if is_filtered else ""


def is_without_quota(value: dict[str, object]) -> bool:
    """Tell whether an account has nothing left."""
    return _NO_QUOTA in (part(value, "error", "code"), part(value, "error", "type"))


def error_of(reply: Reply, value: dict[str, object], problem: str) -> str:
    """Return the error of a reply; some servers send one with the status of an answer."""
    said = part(value, "error", "message") or value.get("error")
    error = failure(reply, problem, said, value.get("message"), value.get("detail"))
    return error or word(said)


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usage")
    return Usage(
        count(part(usage, "prompt_tokens")),
        count(part(usage, "completion_tokens")),
        count(part(usage, "completion_tokens_details", "reasoning_tokens")),
    )


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
