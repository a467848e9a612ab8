"""OpenAI chat: a request with its response, as logs and batch files put them side by side.

The request stands in "request" or "body" or is the record itself; the response stands in
"response" or is the record itself; each may be wrapped once more in "body". A request that already
holds an answer is left out: it may be an example by the user, which the model never said.
"""

from audit.analysis.ingest.formats import (
    ASSISTANT,
    Found,
    Record,
    Turn,
    UnfitRecordError,
    first_exchange,
    name_of,
    turns_of,
)

NAME = "OpenAI chat"
_OK = (None, 200)


def knows(record: Record) -> bool:
    """Tell whether the fields are those of this format."""
    parts = (record.get("request"), record.get("body"), record.get("response"))
    if "choices" in record or any(isinstance(part, dict) for part in parts):
        return True
    return "messages" in record and bool(record.get("response") or record.get("error"))


def found(record: Record) -> Found:
    """Return the prompt of the request and the answer of the response."""
    request = _part(record, "request", "body")
    response = _part(record, "response")
    _refuse_failure(record, record.get("response"), response)
    asked = turns_of(request["messages"]) if "messages" in request else []
    if any(turn.role == ASSISTANT for turn in asked):
        raise UnfitRecordError(
            "its request already holds an answer, which may not be the model's own",
            "Hand in the record of the first request, with one prompt and no answer",
        )
    if not asked:
        raise UnfitRecordError(
            'it has no request with "messages"', "Add its request to the record, or leave it out"
        )
    prompt, answer = first_exchange([*asked, _answer(response)])
    return Found(prompt, answer, name_of(response.get("model"), request.get("model")))


def _part(record: Record, *names: str) -> Record:
    """Return the first of the named parts, out of its "body" if it has one, or the record."""
    name = next((name for name in names if name in record), None)
    if name is None:
        return record
    part = record[name]
    body = part.get("body", part) if isinstance(part, dict) else None
    return body if isinstance(body, dict) else {}


def _refuse_failure(record: Record, outer: object, response: Record) -> None:
    """Refuse an error in place of an answer, wherever it stands."""
    status = outer.get("status_code") if isinstance(outer, dict) else None
    if status not in _OK:
        reason = "its response has an error status"
    elif any(part.get("error") for part in (record, response)):
        reason = "its response is an error"
    else:
        return
    raise UnfitRecordError(reason, "Ask the model again, or leave this record out")


def _answer(response: Record) -> Turn:
    """Return the message of the first choice."""
    choices = response.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        raise UnfitRecordError(
            "its response has no choice with a message",
            "Add the response as the API gave it, or leave this record out",
        )
    if message.get("content") is None and message.get("refusal"):
        raise UnfitRecordError(
            'its answer is given as a "refusal", not as content', "Leave this record out"
        )
    return Turn(ASSISTANT, message.get("content"))
