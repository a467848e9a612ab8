"""The state of the site as numbers, in the text format of Prometheus (version 0.0.4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils import timezone

from audit.models import Call, Job
from cases.models import Notice, NoticeDelivery, Watch, WatchRun
from cases.services.watches.slots import GRACE

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, kind and meaning, and a value for each set of labels."""

    name: str
    kind: str
    help: str
    values: dict[str, int]

    def lines(self) -> Iterator[str]:
        """Yield it as it is written."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.values.items():
            yield f"{self.name}{labels} {value}"


def text() -> str:
    """Return every metric; none names a matter, a model or a person."""
    families = (*_work(), *_watches(), *_notices())
    return "\n".join(line for one in families for line in one.lines()) + "\n"


def _work() -> Iterator[Family]:
    jobs = Job.objects.values("kind", "state").annotate(many=Count("pk")).order_by("kind", "state")
    yield Family(
        "touchstone_jobs",
        "gauge",
        "Jobs by kind and state.",
        {f'{{kind="{one["kind"]}",state="{one["state"]}"}}': one["many"] for one in jobs},
    )
    spent = Call.objects.aggregate(calls=Count("pk"), tokens=Sum("tokens"))
    yield Family("touchstone_calls_total", "counter", "Calls to models.", {"": spent["calls"]})
    yield Family(
        "touchstone_tokens_total", "counter", "Tokens charged.", {"": spent["tokens"] or 0}
    )
    costs = Call.objects.values("collection__endpoint__currency").annotate(cost=Sum("cost"))
    yield Family(
        "touchstone_cost_millionths_total",
        "counter",
        "Cost of calls in millionths of a currency.",
        {
            f'{{currency="{_plain(one["collection__endpoint__currency"])}"}}': one["cost"]
            for one in costs
        },
    )


def _watches() -> Iterator[Family]:
    active = Watch.objects.filter(state=Watch.State.ACTIVE)
    now = timezone.now()
    yield Family("touchstone_watches_active", "gauge", "Watches.", {"": active.count()})
    yield Family(
        "touchstone_watches_due",
        "gauge",
        "Watches whose look is due.",
        {"": active.filter(next_at__lte=now).count()},
    )
    yield Family(
        "touchstone_watches_late",
        "gauge",
        f"Watches whose look is due for more than {GRACE.seconds} s.",
        {"": active.filter(next_at__lte=now - GRACE).count()},
    )
    yield Family(
        "touchstone_watches_failing",
        "gauge",
        "Watches whose last look failed.",
        {"": active.filter(failed_in_a_row__gt=0).count()},
    )
    runs = WatchRun.objects.values("kind", "state").annotate(many=Count("pk"))
    yield Family(
        "touchstone_watch_runs",
        "gauge",
        "Runs of watches by kind and state.",
        {
            f'{{kind="{one["kind"]}",state="{one["state"]}"}}': one["many"]
            for one in runs.order_by("kind", "state")
        },
    )


def _notices() -> Iterator[Family]:
    waiting = NoticeDelivery.objects.filter(sent_at__isnull=True)
    yield Family(
        "touchstone_notices_unacknowledged",
        "gauge",
        "Notices that nobody has taken note of.",
        {"": Notice.objects.filter(acknowledged_at__isnull=True).count()},
    )
    yield Family(
        "touchstone_notices_unsent",
        "gauge",
        "Deliveries that wait, and that were given up.",
        {
            '{state="waiting"}': waiting.filter(given_up_at__isnull=True).count(),
            '{state="given up"}': waiting.filter(given_up_at__isnull=False).count(),
        },
    )


def _plain(label: str) -> str:
    return "".join(one for one in label if one.isalnum())
