"""What a watch takes, before it is opened: calls, tokens, money and time of each run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from audit.analysis.errors import WrongSettingError
from audit.collect.pacing import amount
from audit.collect.plan import Estimate, Limits, Plan, estimate
from audit.models import Endpoint
from cases.models import Watch
from cases.services.watches.asking import endpoint_of
from cases.services.watches.design import Design
from cases.services.watches.due import current_plan
from cases.services.watches.slots import Slots
from cases.services.watches.timing import Timing, shortest_gap, slots_of

MONTH = timedelta(days=30)
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Takes:
    """The most that runs take, each by itself, and `looks` of them in thirty days, about.

    The first look leaves answers behind for the next, which hold theirs against them and leave as
    many.
    """

    first_look: Estimate
    look: Estimate
    audit: Estimate
    looks: int
    currency: str
    warning: str = ""

    @property
    def month(self) -> Estimate:
        """What thirty days of looks take, without a release."""
        each, times = self.look, self.looks
        return Estimate(
            each.calls * times,
            each.tokens_in * times,
            each.tokens_out * times,
            each.money * times,
            each.seconds * times,
        )

    def rows(self) -> list[tuple[str, Estimate]]:
        """Return what each takes, with its name."""
        return [
            ("First look, and the first of each release", self.first_look),
            ("Each look after it", self.look),
            ("Audit of a release", self.audit),
            (f"Looks of 30 days, about {self.looks:,}", self.month),
        ]

    def lines(self) -> list[str]:
        """Return the same in sentences, for a terminal."""
        found = [f"{name}: {each.in_words(self.currency)}" for name, each in self.rows()]
        return [*found, self.warning] if self.warning else found


def takes(design: Design, asked: Endpoint, timing: Timing, now: datetime) -> Takes:
    """Return what a watch of this design takes; raises WrongSettingError for too low a budget."""
    require_budget(design, asked)
    look = estimate(_look(design, asked))
    slots = timing.slots(now)
    gap = shortest_gap(slots, now)
    return Takes(
        first_look=estimate(_first_look(design, asked)),
        look=look,
        audit=estimate(design.battery_plan(asked)),
        looks=_in_a_month(slots, now),
        currency=asked.currency,
        warning=_too_often(gap, look),
    )


def too_often(watch: Watch) -> str:
    """Return in words that looks come faster than they end; "" where they do not."""
    if watch.state == Watch.State.ENDED:
        return ""
    plan = current_plan(watch)
    look = estimate(_look(Design.from_dict(plan.plan["design"]), endpoint_of(plan)))
    return _too_often(shortest_gap(slots_of(watch), timezone.now()), look)


def require_budget(design: Design, asked: Endpoint) -> None:
    """Refuse a budget that might not carry an audit, or a look, to its end."""
    for name, plan in (
        ("an audit", design.battery_plan(asked)),
        # As many as one asks whose reserve is down to its last answers.
        ("a look", design.sentinel_plan(asked, design.reserve + 1, 0)),
    ):
        _require_within(name, estimate(plan), plan.limits, asked.currency)


def _require_within(name: str, most: Estimate, limits: Limits, currency: str) -> None:
    tokens, money = most.tokens_in + most.tokens_out, most.money
    mend = "Raise it, ask fewer prompts, or allow shorter answers."
    if limits.tokens is not None and tokens > limits.tokens:
        raise WrongSettingError(
            f"The budget of each run is {limits.tokens:,} tokens, and {name} may take"
            f" {tokens:,}. {mend}"
        )
    if limits.money is not None and money > limits.money:
        raise WrongSettingError(
            f"The budget of each run is {amount(limits.money, currency)}, and {name} may"
            f" take {amount(money, currency)}. {mend}"
        )


def _first_look(design: Design, asked: Endpoint) -> Plan:
    return design.sentinel_plan(asked, design.reserve, 0)


def _look(design: Design, asked: Endpoint) -> Plan:
    # One part is held against an earlier look, one is left in the place of that.
    return design.sentinel_plan(asked, 2, 0)


def _in_a_month(slots: Slots, now: datetime) -> int:
    """Return how many slots thirty days have; counted on where they are many."""
    at, found = slots.after(now), 0
    while at <= now + MONTH and found < _COUNTED:
        at, found = slots.after(at), found + 1
    if found < _COUNTED:
        return found
    return round(found * MONTH / (at - now))


def _too_often(gap: timedelta, look: Estimate) -> str:
    least = timedelta(seconds=round(look.seconds))
    if gap > least:
        return ""
    return (
        f"Two looks are {gap} apart at the shortest, and a look takes {least} at least: what falls"
        " due while one is under way comes late, or counts as missed. Look less often, or ask"
        " faster."
    )
