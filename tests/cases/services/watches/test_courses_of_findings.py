"""The document of a finding that a watch made says which run it is, and among how many."""

from django.utils import timezone

from cases.models import Release, WatchRun
from cases.reports.document import IssueFacts
from cases.services import reports
from tests.watching import quiet_watch

ISSUE = IssueFacts("2026-11-26T08:00:00+00:00", "alice")


def test_a_finding_of_a_watch_is_frozen_with_its_run(finding, exhibits, matter, alice):
    assert "course" not in reports.facts_of(finding, ISSUE)["finding"]
    watch = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    plan = watch.plans.get()
    release = Release.objects.create(
        watch=watch,
        number=1,
        endpoint_id=plan.plan["endpoint"]["id"],
        noticed_by="first",
        why="It is the first look.",
    )
    WatchRun.objects.create(
        watch=watch,
        plan=plan,
        kind="audit",
        due_at=timezone.now(),
        release=release,
        finding=finding,
        exhibit=exhibits[0],
    )
    document = reports.facts_of(finding, ISSUE)
    course = document["finding"]["course"]
    assert (course["ordinary_course"], course["watch"], course["levels"]) == (True, 1, [0.05])
    assert course["plan_sha256"] == plan.digest
    kinds = [one["course"] for one in document["exhibits"] if one["label"] == exhibits[0].label]
    assert kinds == ["ordinary"]
