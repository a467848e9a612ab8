"""Notices: events of a watch that people are told of, and the ways by which they go out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.watches import Watch, WatchRun


class Notice(models.Model):
    """One event of a watch that people are told of, once; `key` names the event."""

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", "threshold"
        CHANGE = "change", "change"
        FAILURE = "failure", "failure"
        BUDGET = "budget", "budget"
        MISSED = "missed", "missed schedule"

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="notices")
    run = models.ForeignKey(
        WatchRun, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    kind = models.CharField(max_length=9, choices=Kind)
    key = models.CharField(max_length=120)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["watch", "key"], name="one_notice_per_event"),
            models.CheckConstraint(condition=~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="notice_is_acknowledged_by_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class NoticeDelivery(models.Model):
    """One way by which a notice goes out, beside the page: sent once, tried again until then."""

    class Channel(models.TextChoices):
        EMAIL = "email", "email"
        WEBHOOK = "webhook", "webhook"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=7, choices=Channel)
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_per_channel"),
        )
        indexes = (
            models.Index(
                fields=["not_before"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="notices_to_be_sent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()} of {self.notice}"
