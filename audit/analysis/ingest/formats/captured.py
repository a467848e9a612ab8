"""Captures of a collector: one line for each call, with the raw bytes of request and response.

`audit.analysis.capture` says how they are laid out. Prompt and answer are read out of the bodies,
from where their pointers say they stand. A refusal, a failed call and the line of the plan are
left out, each with its reason.
"""

import json
from collections.abc import Mapping

from audit.analysis.capture import UnreadableBodyError, answer_in, decoded, plain
from audit.analysis.ingest.container.decoding import UnfitValueError, decode
from audit.analysis.ingest.container.limits import Limits
from audit.analysis.ingest.formats import Found, Record, UnfitRecordError, name_of, text_of

NAME = "Touchstone capture"
_LIMITS = Limits()
_KEEP = "Nothing is to be mended: this is on record and is no exchange"
_AGAIN = "Collect the prompt again, or leave this call out"
_ANSWERED = "answered"
_REASONS = {
    "refused": "the model refused to answer",
    "failed": "the call failed",
    "in flight": "the call was cut off before its reply was kept",
}


def knows(record: Record) -> bool:
    """Tell whether the fields are those of this format."""
    is_call = isinstance(record.get("call"), dict) and "facts" in record
    return is_call or isinstance(record.get("capture"), dict)


def found(record: Record) -> Found:
    """Return the prompt and the answer of one call, out of its bodies."""
    call = record.get("call")
    if not isinstance(call, dict):
        raise UnfitRecordError("it is the plan of the capture, not a call", _KEEP)
    state = call.get("state")
    if state != _ANSWERED:
        why = _REASONS.get(str(state), "the state of the call is not known")
        said = name_of(call.get("problem"))
        raise UnfitRecordError(f"{why} ({said})" if said else why, _AGAIN)
    prompt = _text(record, "request", "prompt")
    answer = _text(record, "response", "answer")
    return Found(prompt, answer, name_of(call.get("model")))


def _text(record: Record, side: str, what: str) -> str:
    """Return the text that the pointers of one side lead to in its body."""
    part = record.get(side)
    if not isinstance(part, dict):
        raise UnfitRecordError(f"it has no {side}", _AGAIN)
    pointers = part.get(f"{what}_at")
    if not isinstance(pointers, list) or not all(isinstance(one, str) for one in pointers):
        raise UnfitRecordError(f"it does not say where its {what} stands", _AGAIN)
    after = part.get(f"{what}_after", "")
    if not isinstance(after, str):
        raise UnfitRecordError(f"it does not say where its {what} begins", _AGAIN)
    return text_of(answer_in(_body(part, side), pointers, after), what)


def _body(part: Mapping[str, object], side: str) -> object:
    try:
        return decode(plain(decoded(part.get("body")), _headers(part)), _LIMITS)
    except (UnreadableBodyError, UnfitValueError) as error:
        raise UnfitRecordError(
            f"the body of its {side} cannot be read: {error}", _AGAIN
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnfitRecordError(f"the body of its {side} is not JSON", _AGAIN) from error


def _headers(part: Mapping[str, object]) -> list[tuple[str, str]]:
    given = part.get("headers")
    pairs = given if isinstance(given, list) else []
    return [
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list) and list(map(type, pair)) == [str, str]
    ]
