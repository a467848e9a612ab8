"""What happened beside the releases of a line: changes of terms, snapshots of teachers, others."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Exhibit
from cases.models.watches import Watch


class WatchEvent(models.Model):
    """One event on the timeline of a watch, as a person entered it: never changed, never removed.

    One that was entered wrongly is replaced by another, which may say that nothing happened. The
    digest is that of a text that was captured, kept by whoever entered it.
    """

    class Kind(models.TextChoices):
        TERMS = "terms", "change of terms"
        TEACHER = "teacher", "snapshot of a teacher"
        OTHER = "other", "other event"
        NOTHING = "nothing", "nothing: entered in error"

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=Kind)
    happened_on = models.DateField()
    text = models.CharField(max_length=500)
    source = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, blank=True)
    exhibit = models.ForeignKey(
        Exhibit, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["watch", "number"], name="one_event_per_number"),
            models.CheckConstraint(
                condition=Q(kind__in=("terms", "teacher", "other", "nothing")),
                name="watch_event_is_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(source=""), name="watch_event_says_what_and_where_from"
            ),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="watch_event_digest_is_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind="nothing") | Q(replaces__isnull=False),
                name="nothing_replaces_something",
            ),
        )

    def __str__(self) -> str:
        return f"Event {self.number} of {self.watch}"
