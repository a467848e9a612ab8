"""Watches: a line of models looked at on a schedule, each new release audited by itself."""

from cases.services.watches.asking import (
    SENTINELS,
    Asked,
    WatchRefusedError,
    answered_by_all,
    designed,
    endpoint_of,
    is_pinned,
    of_battery,
)
from cases.services.watches.delivering import deliver_due
from cases.services.watches.design import Design, Sampling
from cases.services.watches.differing import differences, meaning, settings_of
from cases.services.watches.due import current_plan, look_if_due, look_now, overdue
from cases.services.watches.estimating import Takes, takes, too_often
from cases.services.watches.moving import ready, take_on, waiting_for
from cases.services.watches.notices import acknowledge
from cases.services.watches.opening import (
    address_of,
    change,
    open_watch,
    price,
    renew,
)
from cases.services.watches.releasing import Announced, audit_again, enter_release
from cases.services.watches.series import aged
from cases.services.watches.series import kept as series_of
from cases.services.watches.snapshots import snapshots_in_words
from cases.services.watches.telling import Telling, tell_where, telling_of
from cases.services.watches.timeline import (
    Happened,
    Mark,
    enter_event,
    standing_events,
    timeline,
)
from cases.services.watches.timing import (
    TASK,
    Timing,
    close,
    moment_in,
    next_looks,
    pause,
    resume,
    retime,
    schedule_in_words,
    timing_of,
)

__all__ = [
    "SENTINELS",
    "TASK",
    "Announced",
    "Asked",
    "Design",
    "Happened",
    "Mark",
    "Sampling",
    "Takes",
    "Telling",
    "Timing",
    "WatchRefusedError",
    "acknowledge",
    "address_of",
    "aged",
    "answered_by_all",
    "audit_again",
    "change",
    "close",
    "current_plan",
    "deliver_due",
    "designed",
    "differences",
    "endpoint_of",
    "enter_event",
    "enter_release",
    "is_pinned",
    "look_if_due",
    "look_now",
    "meaning",
    "moment_in",
    "next_looks",
    "of_battery",
    "open_watch",
    "overdue",
    "pause",
    "price",
    "ready",
    "renew",
    "resume",
    "retime",
    "schedule_in_words",
    "series_of",
    "settings_of",
    "snapshots_in_words",
    "standing_events",
    "take_on",
    "takes",
    "tell_where",
    "telling_of",
    "timeline",
    "timing_of",
    "too_often",
    "waiting_for",
]
