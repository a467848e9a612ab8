"""Bundles that were asked for on a page, until they are taken away or their matter changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Matter


class Bundle(models.Model):
    """A matter written out as one file: a copy, and no evidence of its own."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="bundles")
    number = models.PositiveIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Of the ZIP in the blob store, and of the signed list of files in it; empty until it is made.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    note_sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    # When its bytes were removed, since they hold what was erased meanwhile.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_bundle_per_number"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, sha256="", note_sha256="", size__isnull=True)
                | (
                    Q(made_at__isnull=False, size__isnull=False)
                    & Q(sha256__regex=r"^[0-9a-f]{64}$", note_sha256__regex=r"^[0-9a-f]{64}$")
                ),
                name="bundle_is_made_whole",
            ),
        )

    def __str__(self) -> str:
        return f"Bundle {self.number}"

    @property
    def name(self) -> str:
        """What its folder and its file are called."""
        return f"matter-{self.matter_id}-bundle-{self.number}"
