"""What the calls of a collection brought: answers by prompt, who served them, what is missing."""

from collections import Counter
from dataclasses import dataclass

from audit.analysis.capture import Answers, said
from audit.collect.plan import Plan
from audit.models import Call, Collection
from audit.services import collections

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Served:
    """Names and fingerprints under which answers came, with how often."""

    models: dict[str, int]
    fingerprints: dict[str, int]

    @property
    def is_one(self) -> bool:
        """Whether nothing tells that more than one model answered."""
        return len(self.models) <= 1 and len(self.fingerprints) <= 1


def answers_of(collection: Collection, first: int, last: int) -> Answers:
    """Return the answers of these repeats by prompt; a refusal counts as one, in its words."""
    prompts = Plan.from_dict(collection.plan).prompts
    has = Call.State.ANSWERED, Call.State.REFUSED
    calls = collection.calls.filter(state__in=has, repeat__gte=first, repeat__lt=last)
    found: Answers = {}
    for call in calls.order_by("prompt", "repeat"):
        found.setdefault(prompts[call.prompt], []).append(_said(call))
    return found


def _said(call: Call) -> str:
    if call.state == Call.State.REFUSED:
        return f"(refused: {call.problem})"
    return said(bytes(call.response or b""), call.facts["response"])


def served_in(collection: Collection) -> Served:
    """Return who says to have answered."""
    rows = collection.calls.filter(state=Call.State.ANSWERED)
    pairs = list(rows.values_list("facts__served__model", "facts__served__fingerprint"))
    return Served(
        dict(Counter(model for model, _ in pairs if model)),
        dict(Counter(fingerprint for _, fingerprint in pairs if fingerprint)),
    )


def missing_in(collection: Collection) -> list[str]:
    """Return the prompts of which an answer is missing, the first of them."""
    prompts = Plan.from_dict(collection.plan).prompts
    places = sorted({prompt for prompt, _ in collections.missing(collection)})
    return [prompts[place] for place in places]


def refused_in(collection: Collection) -> list[str]:
    """Return the prompts that brought nothing but refusals."""
    prompts = Plan.from_dict(collection.plan).prompts
    refused = collection.calls.filter(state=Call.State.REFUSED)
    answered = collection.calls.filter(state=Call.State.ANSWERED)
    places = set(refused.values_list("prompt", flat=True))
    places.difference_update(answered.values_list("prompt", flat=True))
    return [prompts[place] for place in sorted(places)]


def missing_in_words(missing: list[str]) -> list[str]:
    """Return as many of these prompts as are kept with a run, each cut short."""
    return [one[:200] for one in missing[:_MOST_SHOWN]]
