"""What one call comes to: an answer, a refusal or a failure, and what it is charged as."""

from dataclasses import dataclass

from audit.collect.bodies import OK, word
from audit.collect.calling import Captured
from audit.collect.pacing import Prices, Spent, is_barred, is_passing
from audit.collect.values import Reading

ANSWERED, REFUSED, FAILED = "answered", "refused", "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`passing` tells of a failure that another attempt may do better.

    `spent` is what it is charged as: by the usage that was told, or, where none was and the
    provider may have worked, by the most that it can have been (`assumed`). `barred` and `wait_s`
    are what the reply itself says beside its status and headers.
    """

    state: str
    spent: Spent
    assumed: bool
    problem: str = ""
    passing: bool = False
    barred: bool = False
    wait_s: float = 0.0


def weigh(captured: Captured, reading: Reading, prices: Prices, most: Spent) -> Outcome:
    """Return what a call comes to."""
    spent, assumed = _charged(captured, reading, prices, most)
    problem = captured.error or reading.error
    if problem:
        passing = _is_passing(captured) or reading.barred
        return Outcome(
            FAILED, spent, assumed, word(problem), passing, reading.barred, reading.wait_s
        )
    if reading.refusal:
        return Outcome(REFUSED, spent, assumed, reading.refusal)
    if not reading.answer.strip():
        why = f" ({reading.finish})" if reading.finish else ""
        return Outcome(FAILED, spent, assumed, f"the reply holds no text{why}")
    return Outcome(ANSWERED, spent, assumed)


def _is_passing(captured: Captured) -> bool:
    """Tell whether another attempt may do better: at once, or once the key is mended."""
    status = captured.status
    # An answer with status 200 that cannot be read may come whole the next time.
    may = status == OK or is_passing(status) or is_barred(status)
    return captured.passing and may


def _charged(
    captured: Captured, reading: Reading, prices: Prices, most: Spent
) -> tuple[Spent, bool]:
    usage = reading.usage
    if usage.tokens_in is not None or usage.tokens_out is not None:
        told_in, told_out = usage.tokens_in or 0, usage.tokens_out or 0
        return Spent(told_in + told_out, prices.cost(told_in, told_out)), False
    if captured.status in (None, OK) and captured.sent:
        return most, True
    return Spent(), False
