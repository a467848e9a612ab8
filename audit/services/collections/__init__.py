"""Collections: models asked under a sealed plan, by leave, with every call on record."""

from audit.collect.plan import Estimate, Limits, Plan, estimate
from audit.services.collections.capturing import counts, missing
from audit.services.collections.carrying import (
    BY_HAND,
    authorisation_of,
    authorise,
    carry_out,
    described,
    due,
    endpoint,
    pause,
    plan_of,
    require_known,
    resume,
    stalled,
    start,
    stop,
)
from audit.services.collections.folders import STILL, found_in, take_new
from audit.services.collections.listing import Looked, listed, look
from audit.services.collections.words import AuthorisationError

__all__ = [
    "BY_HAND",
    "STILL",
    "AuthorisationError",
    "Estimate",
    "Limits",
    "Looked",
    "Plan",
    "authorisation_of",
    "authorise",
    "carry_out",
    "counts",
    "described",
    "due",
    "endpoint",
    "estimate",
    "found_in",
    "listed",
    "look",
    "missing",
    "pause",
    "plan_of",
    "require_known",
    "resume",
    "stalled",
    "start",
    "stop",
    "take_new",
]
