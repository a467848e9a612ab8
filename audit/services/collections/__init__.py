"""Collections: models asked under a sealed plan, by leave, with every call on record."""

from audit.collect.plan import Estimate, Limits, Plan, estimate
from audit.services.collections.capturing import counts, missing
from audit.services.collections.carrying import (
    authorisation_of,
    authorise,
    carry_out,
    described,
    due,
    endpoint,
    pause,
    plan_of,
    resume,
    start,
    stop,
)
from audit.services.collections.folders import take_new
from audit.services.collections.listing import listed
from audit.services.collections.words import AuthorisationError

__all__ = [
    "AuthorisationError",
    "Estimate",
    "Limits",
    "Plan",
    "authorisation_of",
    "authorise",
    "carry_out",
    "counts",
    "described",
    "due",
    "endpoint",
    "estimate",
    "listed",
    "missing",
    "pause",
    "plan_of",
    "resume",
    "start",
    "stop",
    "take_new",
]
