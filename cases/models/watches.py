"""Watches: a line of models that is looked at on a schedule, and audited when a release is new."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from audit.models import Collection, Endpoint
from cases.models.matters import Exhibit, Finding, Matter

_DIGEST = r"^[0-9a-f]{64}$"


class Watch(models.Model):
    """A model line under watch: when it is looked at, and who is told.

    `next_at` is the slot of the schedule that is due next. Quiet hours and the hour of the digest
    are in the time zone of the watch.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused"
        ENDED = "ended", "closed"

    class Missed(models.TextChoices):
        ONCE = "once", "run once"
        SKIP = "skip", "skip"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="watches")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    zone = models.CharField(max_length=60)
    schedule = models.OneToOneField(PeriodicTask, on_delete=models.PROTECT, related_name="watch")
    missed = models.CharField(max_length=4, choices=Missed, default=Missed.ONCE)
    next_at = models.DateTimeField(db_index=True)
    failed_in_a_row = models.PositiveIntegerField(default=0)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    emails = models.JSONField(default=list, blank=True)
    webhook = models.CharField(max_length=500, blank=True)
    # The name under which the key of its signatures is kept.
    webhook_key = models.CharField(max_length=60, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_watch_per_number"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
            models.CheckConstraint(
                condition=Q(webhook="") | ~Q(webhook_key=""), name="webhooks_are_signed"
            ),
        )

    def __str__(self) -> str:
        return f"Watch {self.number}"


class WatchPlan(models.Model):
    """What a watch asks and how it weighs, sealed; another plan is another version."""

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    plan = models.JSONField()
    digest = models.CharField(max_length=64)
    why = models.CharField(max_length=500, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("version",)
        constraints = (
            models.UniqueConstraint(fields=["watch", "version"], name="one_plan_per_version"),
            models.CheckConstraint(
                condition=Q(digest__regex=_DIGEST), name="watch_plan_has_a_digest"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(why=""), name="another_watch_plan_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"version {self.version} of the plan of {self.watch}"


class Release(models.Model):
    """A release of the line, as it was noticed: never changed, never removed.

    One that a person enters says on which day its provider announced it.
    """

    class By(models.TextChoices):
        FIRST = "first", "the first look"
        LIST = "list", "the provider's list of models"
        NAME = "name", "another served name"
        FINGERPRINT = "fingerprint", "another fingerprint"
        BEHAVIOUR = "behaviour", "other answers to the sentinel prompts"
        PERSON = "person", "a person"

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="+")
    noticed_by = models.CharField(max_length=11, choices=By)
    noticed_at = models.DateTimeField(default=timezone.now)
    served_model = models.CharField(max_length=500, blank=True)
    fingerprint = models.CharField(max_length=500, blank=True)
    why = models.TextField()
    announced_on = models.DateField(null=True, blank=True)
    first_look = models.ForeignKey(
        "WatchRun", on_delete=models.PROTECT, related_name="noticed", null=True, blank=True
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["watch", "number"], name="one_release_per_number"),
            models.UniqueConstraint(
                fields=["first_look", "endpoint"], name="one_release_per_look_and_model"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="release_says_why"),
            models.CheckConstraint(
                condition=~Q(noticed_by="person") | Q(announced_on__isnull=False),
                name="entered_release_says_when",
            ),
            models.UniqueConstraint(
                fields=["watch", "endpoint", "announced_on"],
                condition=Q(noticed_by="person"),
                name="a_release_is_entered_once",
            ),
        )

    def __str__(self) -> str:
        return f"Release {self.number}"


class WatchRun(models.Model):
    """One look at a line, or one audit of a release of it: asked for once, whoever rings.

    It is a record of the ordinary course unless a person asked for it. `chunk` and
    `compared_with` name the answers of an earlier look that this one was held against: each
    answer is used once. Cost is in millionths of the currency of the endpoint.
    """

    class Kind(models.TextChoices):
        LOOK = "look", "look"
        AUDIT = "audit", "audit"

    class State(models.TextChoices):
        OPEN = "open", "under way"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "skipped"

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="runs")
    plan = models.ForeignKey(WatchPlan, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=5, choices=Kind)
    due_at = models.DateTimeField()
    ordinary_course = models.BooleanField(default=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="runs", null=True, blank=True
    )
    collection = models.OneToOneField(
        Collection, on_delete=models.PROTECT, related_name="watch_run", null=True, blank=True
    )
    exhibit = models.OneToOneField(
        Exhibit, on_delete=models.PROTECT, related_name="watch_run", null=True, blank=True
    )
    finding = models.OneToOneField(
        Finding, on_delete=models.PROTECT, related_name="watch_run", null=True, blank=True
    )
    compared_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    chunk = models.PositiveIntegerField(null=True, blank=True)
    p_value = models.FloatField(null=True, blank=True)
    statistic = models.FloatField(default=0.0)
    tokens = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    facts = models.JSONField(default=dict)
    # Of an audit: by teacher and prompt how like it is, and the series up to it as it then stood.
    likeness = models.JSONField(default=dict)
    series = models.JSONField(default=list)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-due_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["watch", "due_at"],
                condition=Q(kind="look"),
                name="a_watch_looks_once_when_due",
            ),
            models.UniqueConstraint(
                fields=["watch", "due_at", "release"],
                condition=Q(kind="audit"),
                name="a_release_is_audited_once_when_due",
            ),
            models.UniqueConstraint(
                fields=["compared_with", "chunk"], name="answers_are_compared_once"
            ),
            models.UniqueConstraint(
                fields=["watch"],
                condition=Q(kind="look", state="open"),
                name="one_look_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="watch_run_ends_with_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "skipped"]) | ~Q(problem=""),
                name="failed_watch_run_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind="audit") | Q(release__isnull=False),
                name="an_audit_is_of_a_release",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.due_at:%Y-%m-%d %H:%M:%S} UTC"


class AnswersErasure(models.Model):
    """That what a run was answered was erased, by whom and why; never changed, never removed."""

    run = models.OneToOneField(WatchRun, on_delete=models.PROTECT, related_name="erasure")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="answers_erasure_says_why"),
        )

    def __str__(self) -> str:
        return f"erasure of the answers of {self.run}"
