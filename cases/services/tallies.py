"""What the calls of collections have come to so far, counted for a page of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from audit.models import Call, Collection

_STATES = Call.State


@dataclass(slots=True)
class Tally:
    """Calls by state, what they took, and who served them; `total` are the questions of a plan."""

    total: int = 0
    settled: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    in_flight: int = 0
    tokens: int = 0
    cost: int = 0
    served: list[str] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many questions are not settled."""
        return max(0, self.total - self.settled)


def of(shown: Iterable[Collection]) -> dict[int, Tally]:
    """Return the tally of each of these collections, by its id."""
    found = {one.pk: Tally(total=_questions(one)) for one in shown}
    calls = Call.objects.filter(collection__in=found)
    rows = calls.values("collection").annotate(
        answered=Count("pk", filter=Q(state=_STATES.ANSWERED)),
        refused=Count("pk", filter=Q(state=_STATES.REFUSED)),
        failed=Count("pk", filter=Q(state=_STATES.FAILED)),
        in_flight=Count("pk", filter=Q(state=_STATES.IN_FLIGHT)),
        settled=Count("pk", filter=Q(final=True)),
        spent=Sum("tokens"),
        paid=Sum("cost"),
    )
    for row in rows:
        tally = found[row["collection"]]
        tally.answered, tally.refused = row["answered"], row["refused"]
        tally.failed, tally.in_flight = row["failed"], row["in_flight"]
        tally.settled = row["settled"]
        tally.tokens, tally.cost = row["spent"] or 0, row["paid"] or 0
    named = calls.filter(state=_STATES.ANSWERED).values_list("collection", "facts__served__model")
    for pk, model in named.distinct().order_by("collection", "facts__served__model"):
        found[pk].served += [model] if model else []
    return found


def _questions(collection: Collection) -> int:
    plan = collection.plan
    return len(plan.get("prompts", ())) * int(plan.get("repeats", 0))
