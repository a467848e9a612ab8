"""What comes into a matter by itself: collections asked for it, and files that others put down."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models import Collection
from cases.models.matters import Exhibit, Matter

_NAME = 120


class Gathering(models.Model):
    """A collection that was begun for a matter, and as what its capture is to be handed in.

    `problem` says why a capture that is there could not become an exhibit.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="gatherings")
    collection = models.OneToOneField(
        Collection, on_delete=models.PROTECT, related_name="gathering"
    )
    role = models.CharField(max_length=10, choices=Exhibit.Role.choices)
    model_name = models.CharField(max_length=_NAME)
    party = models.CharField(max_length=200)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(default=timezone.now)
    exhibit = models.OneToOneField(
        Exhibit, on_delete=models.PROTECT, related_name="gathering", null=True, blank=True
    )
    problem = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(model_name="") & ~Q(party=""), name="gathering_is_named"
            ),
        )

    def __str__(self) -> str:
        return f"collection {self.collection_id} for matter {self.matter_id}"


class WatchedFolder(models.Model):
    """A folder or bucket that somebody else fills: each new file in it becomes an exhibit."""

    class State(models.TextChoices):
        OPEN = "open", "watched"
        CLOSED = "closed", "no longer watched"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="folders")
    number = models.PositiveIntegerField()
    url = models.CharField(max_length=500)
    role = models.CharField(max_length=10, choices=Exhibit.Role.choices)
    model_name = models.CharField(max_length=80)
    party = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_folder_per_number"),
            models.UniqueConstraint(
                fields=["matter", "url"],
                condition=Q(state="open"),
                name="a_folder_is_watched_once",
            ),
            models.CheckConstraint(
                condition=~Q(model_name="") & ~Q(party=""), name="folder_is_named"
            ),
        )

    def __str__(self) -> str:
        return f"folder {self.number}"


class WatchedFile(models.Model):
    """What became of one state of one file: an exhibit, or why none.

    `changed` is what the place tells of its last change; `sha256` is empty until it is taken.
    """

    folder = models.ForeignKey(WatchedFolder, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=1024)
    size = models.BigIntegerField()
    changed = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, blank=True)
    exhibit = models.OneToOneField(
        Exhibit, on_delete=models.PROTECT, related_name="watched_file", null=True, blank=True
    )
    problem = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["folder", "name", "changed"], name="a_file_is_handed_in_once"
            ),
            models.CheckConstraint(
                condition=Q(exhibit__isnull=True) | Q(problem=""),
                name="a_file_is_an_exhibit_or_has_a_problem",
            ),
        )

    def __str__(self) -> str:
        return self.name
