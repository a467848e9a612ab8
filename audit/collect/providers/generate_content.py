"""Gemini generateContent.

https://ai.google.dev/api/generate-content and /api/models. The key goes
into a header, never into the address, where logs would have it.
"""

from urllib.parse import quote

from audit.collect.bodies import (
    body_with,
    count,
    failure,
    items,
    parsed,
    part,
    seconds_in,
    texts,
    total,
    word,
)
from audit.collect.values import Address, Ask, Listed, Listing, Reading, Reply, Request, Usage

NAME = "Gemini generateContent"
TAKES_SEED = True
_PAGE = 1000
# With these the answer was withheld, in whole or from there on.
_WITHHELD = frozenset({
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR",
})  # fmt: skip
# A wrong key comes with the status of a malformed request, and only a detail tells.
_WRONG_KEY = "API_KEY_INVALID"


def request(ask: Ask, address: Address) -> Request:
    """Return POST /models/MODEL:generateContent."""
    generation = {
        "temperature": ask.temperature,
        "seed": ask.seed,
        "maxOutputTokens": ask.max_tokens,
    }
    fields = {
        "systemInstruction": {"parts": [{"text": ask.system}]} if ask.system else None,
        "contents": [{"role": "user", "parts": [{"text": ask.prompt}]}],
        "generationConfig": {k: v for k, v in generation.items() if v is not None},
    }
    name = address.model if "/" in address.model else f"models/{address.model}"
    return Request(
        "POST",
        f"{address.url}/{quote(name)}:generateContent",
        (*_headers(address), ("Content-Type", "application/json")),
        body_with(fields, ask.extra),
        "/contents/0/parts/0/text",
    )


def reading(reply: Reply) -> Reading:
    """Return the first candidate; without one, the prompt itself was blocked."""
    value, problem = parsed(reply)
    candidate = part(value, "candidates", 0)
    parts = [
        (f"/candidates/0/content/parts/{place}/text", part(one, "thought") is True)
        for place, one in enumerate(items(part(candidate, "content", "parts")))
    ]
    answer, answer_at = texts(value, (at for at, is_thought in parts if not is_thought))
    finish = word(part(candidate, "finishReason"))
    blocked = word(part(value, "promptFeedback", "blockReason"))
    return Reading(
        answer=answer,
        answer_at=answer_at,
        thought_at=texts(value, (at for at, is_thought in parts if is_thought))[1],
        model=word(value.get("modelVersion")),
        request_id=word(value.get("responseId")),
        finish=finish or blocked,
        usage=_usage(value),
        refusal=blocked or (finish if finish in _WITHHELD else ""),
        error=failure(reply, problem, part(value, "error", "message")),
        wait_s=_wait_s(value),
        barred=any(part(one, "reason") == _WRONG_KEY for one in _details(value)),
    )


def _details(value: dict[str, object]) -> list[object]:
    return items(part(value, "error", "details"))


def _wait_s(value: dict[str, object]) -> float:
    """Return for how long an error asks to be left alone, which no header of this API tells."""
    told = (word(part(one, "retryDelay")).removesuffix("s") for one in _details(value))
    return next((found for one in told if (found := seconds_in(one))), 0.0)


def _usage(value: dict[str, object]) -> Usage:
    usage = value.get("usageMetadata")
    thought = part(usage, "thoughtsTokenCount")
    written = total(part(usage, "candidatesTokenCount"), thought)
    return Usage(count(part(usage, "promptTokenCount")), written, count(thought))


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models."""
    page = f"?pageSize={_PAGE}" + (f"&pageToken={quote(after, safe='')}" if after else "")
    return Request("GET", f"{address.url}/models{page}", _headers(address))


def models(reply: Reply) -> Listing:
    """Return a page of the models listed, each with its version in place of a time."""
    value, problem = parsed(reply)
    found = tuple(
        Listed(word(part(one, "name")).removeprefix("models/"), word(part(one, "version")))
        for one in items(value.get("models"))
        if word(part(one, "name"))
    )
    after = word(value.get("nextPageToken"))
    return Listing(found, after, failure(reply, problem, part(value, "error", "message")))


def _headers(address: Address) -> tuple[tuple[str, str], ...]:
    return (("x-goog-api-key", address.key.reveal()),) if address.key else ()
