"""Ollama's own chat.

https://github.com/ollama/ollama/blob/main/docs/api.md. The digest of the
weights stands in the list of models and not in a reply; neither does the number of a request.
Thoughts stand in `message.thinking`, or in the content before the mark of their end.
"""

from audit.collect.bodies import (
    body_with,
    count,
    failure,
    items,
    parsed,
    part,
    texts,
    without_thought,
    word,
)
from audit.collect.values import Address, Ask, Listed, Listing, Reading, Reply, Request, Usage

NAME = "Ollama chat"
TAKES_SEED = True
_ANSWER = "/message/content"
_THOUGHT = "/message/thinking"


def request(ask: Ask, address: Address) -> Request:
    """Return POST /api/chat."""
    system = [{"role": "system", "content": ask.system}] if ask.system else []
    options = {
        "temperature": ask.temperature,
        "seed": ask.seed,
        "num_predict": ask.max_tokens,
    }
    fields = {
        "model": address.model,
        "messages": [*system, {"role": "user", "content": ask.prompt}],
        "options": {name: value for name, value in options.items() if value is not None},
        "stream": False,
    }
    return Request(
        "POST",
        f"{address.url}/api/chat",
        (*_headers(address), ("Content-Type", "application/json")),
        body_with(fields, ask.extra),
        f"/messages/{len(system)}/content",
    )


def reading(reply: Reply) -> Reading:
    """Return the message; one that is not done is an error."""
    value, problem = parsed(reply)
    content, answer_at = texts(value, [_ANSWER])
    answer, after = without_thought(content)
    said = value.get("error")
    error = failure(reply, problem, said) or word(said)
    unfinished = "the answer is not done" if value.get("done") is False else ""
    return Reading(
        answer=answer,
        answer_at=answer_at,
        answer_after=after,
        thought_at=texts(value, [_THOUGHT])[1],
        model=word(value.get("model")),
        finish=word(value.get("done_reason")),
        usage=Usage(count(value.get("prompt_eval_count")), count(value.get("eval_count"))),
        error=error or unfinished,
    )


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /api/tags, which has one page."""
    del after
    return Request("GET", f"{address.url}/api/tags", _headers(address))


def models(reply: Reply) -> Listing:
    """Return the models at hand, with the digest of each."""
    value, problem = parsed(reply)
    found = tuple(
        Listed(word(part(one, "name")), word(part(one, "modified_at")), word(part(one, "digest")))
        for one in items(value.get("models"))
        if word(part(one, "name"))
    )
    return Listing(found, error=failure(reply, problem, value.get("error")))


def _headers(address: Address) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {address.key.reveal()}"),) if address.key else ()
