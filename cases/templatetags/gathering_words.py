"""What collections and their calls took, in words."""

from datetime import datetime
from typing import Any

from django.template import Library
from django.utils import timezone

from audit.collect.pacing import MILLION
from audit.collect.providers import PROVIDERS
from audit.models import Call, Collection

register = Library()
NONE = "\N{EN DASH}"


@register.filter
def money(value: int | None, currency: str = "") -> str:
    """Return an amount in millionths as an amount of a currency."""
    return NONE if value is None else f"{value / MILLION:,.4f} {currency}".strip()


@register.filter
def lasted(collection: Collection) -> str:
    """Return how long a collection took, or has taken so far."""
    return _span(collection.sealed_at, collection.ended_at or timezone.now())


def _span(start: datetime, end: datetime) -> str:
    seconds = max(0, round((end - start).total_seconds()))
    return f"{seconds // 60:,}:{seconds % 60:02} min"


@register.filter
def answered_in(call: Call) -> str:
    """Return how long a call took."""
    if call.ended_at is None:
        return NONE
    return f"{(call.ended_at - call.started_at).total_seconds():.2f} s"


@register.filter
def api(kind: str) -> str:
    """Return the name of an API."""
    spoken = PROVIDERS.get(kind)
    return spoken.NAME if spoken else kind


@register.filter
def or_none(value: Any) -> str:
    """Return a setting of a plan, or a dash where it has none."""
    return NONE if value in (None, "", {}, []) else str(value)


@register.filter
def off_by(clock: dict[str, Any] | None) -> str:
    """Return what kept a clock, and how far it was from UTC."""
    if not clock:
        return NONE
    offset = clock.get("offset_s")
    told = "how far off is not known" if offset is None else f"{float(offset):+.6f} s"
    return f"{clock.get('source', 'unknown')}, {told}"
