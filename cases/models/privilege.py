"""The privilege log of a matter: a working list, and the versions that were issued of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Matter
from cases.models.redactions import Redaction
from cases.rules import designations

_DIGEST = r"^[0-9a-f]{64}$"


class PrivilegeEntry(models.Model):
    """One document that is withheld or redacted, in the working list of a matter.

    The list is counsel's work product: the ledger is told that it changed, never what it says. An
    entry that is taken off stays with its number, so that no other gets it.
    """

    class Treatment(models.TextChoices):
        WITHHELD = "withheld", "withheld"
        REDACTED = "redacted", "redacted"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="privilege_entries")
    number = models.PositiveIntegerField()
    date = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=100)
    author = models.CharField(max_length=200)
    recipients = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=200)
    description = models.CharField(max_length=1000)
    custodian = models.CharField(max_length=200, blank=True)
    pages = models.CharField(max_length=100, blank=True)
    treatment = models.CharField(max_length=8, choices=Treatment)
    category = models.CharField(max_length=100, blank=True)
    redaction = models.OneToOneField(
        Redaction, null=True, blank=True, on_delete=models.PROTECT, related_name="log_entry"
    )
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "number"], name="one_privilege_entry_per_number"
            ),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(author="") & ~Q(basis="") & ~Q(description=""),
                name="privilege_entry_makes_its_claim",
            ),
            models.CheckConstraint(
                condition=Q(treatment__in=["withheld", "redacted"]),
                name="privilege_entry_is_withheld_or_redacted",
            ),
        )

    def __str__(self) -> str:
        return f"Entry {self.number} of the privilege log"


class PrivilegeLog(models.Model):
    """A version of the log as it was issued, in one of two modes. Never changed or removed."""

    class Mode(models.TextChoices):
        ITEMISED = "itemised", "itemised: each document"
        CATEGORICAL = "categorical", "categorical: each category"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="privilege_logs")
    number = models.PositiveIntegerField()
    mode = models.CharField(max_length=11, choices=Mode)
    entries = models.PositiveIntegerField()
    json_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    csv_sha256 = models.CharField(max_length=64)
    designation = models.CharField(max_length=60, blank=True, default="")
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "number"], name="one_privilege_log_per_number"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["itemised", "categorical"]),
                name="privilege_log_is_of_one_mode",
            ),
            models.CheckConstraint(
                condition=Q(designation__in=designations.ORDER),
                name="privilege_log_bears_a_mark_of_the_list",
            ),
            models.CheckConstraint(
                condition=Q(
                    json_sha256__regex=_DIGEST,
                    pdf_sha256__regex=_DIGEST,
                    csv_sha256__regex=_DIGEST,
                ),
                name="privilege_log_names_its_digests",
            ),
        )

    def __str__(self) -> str:
        return f"Privilege log {self.number}"
