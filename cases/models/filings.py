"""Filings: what is prepared on a finding, reviewed by another person, and finalised by two.

Triggers hold to what is said here, whoever asks the database.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models.certifications import Certification
from cases.models.matters import Finding, Matter
from cases.rules import filing

_A_DIGEST = r"^[0-9a-f]{64}$"


class Filing(models.Model):
    """The set of documents prepared on one finding.

    `revision` counts the changes of its text; a review is of one revision. Who asks to have it
    finalised is who finalises it, once a worker has printed it.
    """

    class State(models.TextChoices):
        DRAFT = filing.DRAFT, "draft"
        REVIEW = filing.REVIEW, "in review"
        REVIEWED = filing.REVIEWED, "reviewed"
        FINAL = filing.FINAL, "final"
        DISCARDED = filing.DISCARDED, "discarded"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="filings")
    number = models.PositiveIntegerField()
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="filings")
    certification = models.ForeignKey(
        Certification, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    revision = models.PositiveBigIntegerField(default=0)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    drafted_at = models.DateTimeField(default=timezone.now)
    finalise_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    finalise_asked_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    finalised_at = models.DateTimeField(null=True, blank=True)
    # Of the frozen document from which all its papers are printed.
    document_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_filing_per_number"),
            models.CheckConstraint(
                condition=Q(
                    state=filing.FINAL,
                    finalised_by__isnull=False,
                    finalised_at__isnull=False,
                    document_sha256__regex=_A_DIGEST,
                )
                | (
                    ~Q(state=filing.FINAL)
                    & Q(finalised_by__isnull=True, finalised_at__isnull=True, document_sha256="")
                ),
                name="filing_is_finalised_whole",
            ),
            models.CheckConstraint(
                condition=Q(finalise_asked_by__isnull=True, finalise_asked_at__isnull=True)
                | Q(
                    state__in=(filing.REVIEWED, filing.FINAL),
                    finalise_asked_by__isnull=False,
                    finalise_asked_at__isnull=False,
                ),
                name="filing_is_finalised_once_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(finalise_asked_by__isnull=True)
                | ~Q(finalise_asked_by=F("drafted_by")),
                name="who_finalises_did_not_draft",
            ),
            models.CheckConstraint(
                condition=Q(finalised_by__isnull=True) | Q(finalised_by=F("finalise_asked_by")),
                name="who_finalises_asked_for_it",
            ),
        )

    def __str__(self) -> str:
        return f"Filing {self.number}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still change."""
        return filing.is_open(self.state)


class FilingAuthor(models.Model):
    """That a person wrote in a filing: a trigger enters it, and never takes it away."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="authors")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["filing", "person"], name="an_author_is_entered_once_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.filing}"


class FilingReview(models.Model):
    """What one person came to over one revision of a filing. Never changed or removed."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", "technical"
        ADMINISTRATIVE = "administrative", "administrative"

    class Outcome(models.TextChoices):
        APPROVED = "approved", "approved"
        RETURNED = "returned", "returned"

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=14, choices=Kind)
    outcome = models.CharField(max_length=8, choices=Outcome)
    remarks = models.TextField(blank=True)
    revision = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["filing", "number"], name="one_review_per_number"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("technical", "administrative"), outcome__in=("approved", "returned")
                ),
                name="review_says_kind_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="approved") | ~Q(remarks=""), name="returned_review_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"Review {self.number} of {self.filing}"


class FilingPaper(models.Model):
    """One printed file of a final filing: entered with its end, never changed or removed."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=40)
    media = models.CharField(max_length=120)
    filename = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    # None where the file has no pages.
    pages = models.PositiveIntegerField(null=True, blank=True)
    bates_first = models.CharField(max_length=40, blank=True, default="")
    signed = models.BooleanField(default=False)

    class Meta:
        ordering = ("kind", "media")
        constraints = (
            models.UniqueConstraint(
                fields=["filing", "kind", "media"], name="a_paper_is_printed_once_in_each_form"
            ),
            models.UniqueConstraint(fields=["filing", "filename"], name="one_paper_per_filename"),
            models.CheckConstraint(
                condition=Q(sha256__regex=_A_DIGEST), name="paper_sha256_is_a_digest"
            ),
            # It becomes a path in a bundle.
            models.CheckConstraint(
                condition=Q(filename__regex=r"^[a-z0-9][a-z0-9._-]*$"), name="paper_has_plain_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.filename} of {self.filing}"
