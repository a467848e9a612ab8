"""How an exhibit must be handled under a protective order, with its history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Exhibit
from cases.rules import designations


class Designation(models.Model):
    """The mark of an exhibit from a moment on; the row with the highest number counts.

    Rows are added and never changed. A trigger refuses a gap in the numbers and a lower mark
    without a reason.
    """

    class Mark(models.TextChoices):
        NONE = designations.NONE, "none"
        CONFIDENTIAL = designations.CONFIDENTIAL, designations.CONFIDENTIAL
        ATTORNEYS_EYES_ONLY = designations.ATTORNEYS_EYES_ONLY, designations.ATTORNEYS_EYES_ONLY
        SOURCE_CODE = designations.SOURCE_CODE, designations.SOURCE_CODE

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="designations")
    number = models.PositiveIntegerField()
    mark = models.CharField(max_length=60, choices=Mark, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["exhibit", "number"], name="one_designation_per_number"
            ),
            models.CheckConstraint(
                condition=Q(mark__in=designations.ORDER), name="designation_is_one_of_the_list"
            ),
        )

    def __str__(self) -> str:
        return f"{self.exhibit}: {designations.in_words(self.mark)}"
