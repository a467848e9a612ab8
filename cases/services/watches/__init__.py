"""Watches: a line of models looked at on a schedule, each new release audited by itself."""

from cases.services.watches.delivering import deliver_due
from cases.services.watches.design import Design, Sampling
from cases.services.watches.due import look_if_due, look_now, overdue
from cases.services.watches.moving import audit_again, ready, take_on, waiting_for
from cases.services.watches.notices import acknowledge
from cases.services.watches.opening import (
    TASK,
    Asked,
    Timing,
    WatchRefusedError,
    change,
    is_pinned,
    moment_in,
    open_watch,
    pause,
    renew,
    resume,
    schedule_in_words,
)
from cases.services.watches.series import aged
from cases.services.watches.series import kept as series_of
from cases.services.watches.snapshots import snapshots_in_words
from cases.services.watches.telling import Telling, tell_where
from cases.services.watches.timeline import (
    Happened,
    Mark,
    day_of,
    enter_event,
    standing_events,
    timeline,
)

__all__ = [
    "TASK",
    "Asked",
    "Design",
    "Happened",
    "Mark",
    "Sampling",
    "Telling",
    "Timing",
    "WatchRefusedError",
    "acknowledge",
    "aged",
    "audit_again",
    "change",
    "day_of",
    "deliver_due",
    "enter_event",
    "is_pinned",
    "look_if_due",
    "look_now",
    "moment_in",
    "open_watch",
    "overdue",
    "pause",
    "ready",
    "renew",
    "resume",
    "schedule_in_words",
    "series_of",
    "snapshots_in_words",
    "standing_events",
    "take_on",
    "tell_where",
    "timeline",
    "waiting_for",
]
