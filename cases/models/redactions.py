"""Redacted versions of reports: what they were made from, and what stands in for the passages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Finding
from cases.rules import designations

_DIGEST = r"^[0-9a-f]{64}$"


class Redaction(models.Model):
    """A document of a finding printed again without passages. Never changed or removed.

    What the passages say is kept nowhere: `grounds` has for each its number, its ground and in
    how many places it stood.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="redactions")
    number = models.PositiveIntegerField()
    # As `cases.services.redactions.origins_of` names it: the report, or a final filing's.
    made_from = models.CharField(max_length=40, default="report")
    origin_sha256 = models.CharField(max_length=64)
    origin_results_sha256 = models.CharField(max_length=64)
    grounds = models.JSONField()
    designation = models.CharField(max_length=60, blank=True, default="")
    pdf_sha256 = models.CharField(max_length=64)
    results_sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["finding", "number"], name="one_redaction_per_number"),
            models.CheckConstraint(
                condition=Q(designation__in=designations.ORDER),
                name="redaction_bears_a_mark_of_the_list",
            ),
            models.CheckConstraint(
                condition=Q(
                    origin_sha256__regex=_DIGEST,
                    origin_results_sha256__regex=_DIGEST,
                    pdf_sha256__regex=_DIGEST,
                    results_sha256__regex=_DIGEST,
                ),
                name="redaction_names_its_digests",
            ),
            models.CheckConstraint(
                condition=~Q(pdf_sha256=models.F("origin_sha256"))
                & ~Q(results_sha256=models.F("origin_results_sha256")),
                name="redaction_is_another_file_than_its_origin",
            ),
        )

    def __str__(self) -> str:
        return f"Redacted version {self.number} of {self.finding}"
