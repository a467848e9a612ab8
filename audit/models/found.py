"""What was found at other places: the models that an endpoint lists, and files in a folder."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models.collecting import DIGEST, Endpoint


class ListedBody(models.Model):
    """The bytes of a page of a list of models; a page that came again is kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Listing(models.Model):
    """One look at the models that an endpoint lists: each request and reply, as they were.

    `exchanges` name bodies by their SHA-256; `digest` is over the canonical JSON of them.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="listings")
    exchanges = models.JSONField()
    digest = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="listing_has_a_digest"),
        )

    def __str__(self) -> str:
        return f"models listed at {self.endpoint.url}, {self.at:%Y-%m-%d %H:%M}"


class FoundFile(models.Model):
    """A file that somebody else put into a folder or a bucket: taken once, when it lies still.

    `changed` is what the place tells of its last change. `source` is None until it is taken;
    `problem` says why it cannot be, as it lies there now.
    """

    folder = models.CharField(max_length=500)
    name = models.CharField(max_length=1024)
    size = models.BigIntegerField()
    changed = models.CharField(max_length=100)
    seen_at = models.DateTimeField(default=timezone.now)
    source = models.ForeignKey(
        "Source", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    problem = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["folder", "name"], name="one_file_per_name"),
        )

    def __str__(self) -> str:
        return self.name
