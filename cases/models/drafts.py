"""What people write in a filing: a draft until it is final, and no word of it in the ledger.

Triggers refuse a change once the filing is no draft, and count each as a new revision.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models.filings import Filing
from cases.rules import claims


class FilingText(models.Model):
    """One text of a filing that a person writes, or states of the expert."""

    class Kind(models.TextChoices):
        SCOPE = "scope", "Scope of the instruction"
        ASSUMPTIONS = "assumptions", "Assumptions supplied by counsel"
        REMARKS = "remarks", "Remarks of the author"
        NAME = "name", "Name of the expert"
        QUALIFICATIONS = "qualifications", "Qualifications"
        PUBLICATIONS = "publications", "Publications of the last ten years"
        TESTIMONY = "testimony", "Testimony of the last four years"
        COMPENSATION = "compensation", "Compensation"

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=14, choices=Kind)
    text = models.TextField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["filing", "kind"], name="one_text_per_kind"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.filing}"


class FilingClause(models.Model):
    """A clause of terms as it was captured: which version, from and to when, and what is unknown.

    The digest is that of `text` in UTF-8.
    """

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="clauses")
    instrument = models.CharField(max_length=200)
    version = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    gaps = models.TextField(blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("instrument", "effective_from", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(instrument="") & ~Q(text=""), name="clause_names_instrument_and_text"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__isnull=True)
                | Q(effective_to__isnull=True)
                | Q(effective_to__gte=F("effective_from")),
                name="clause_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.instrument} {self.version}".strip()


class FilingElement(models.Model):
    """An element of a claim or a defence to it, and the evidence that is held for it, if any."""

    class Kind(models.TextChoices):
        ELEMENT = claims.ELEMENT, "element"
        DEFENCE = claims.DEFENCE, "defence"

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="elements")
    place = models.PositiveIntegerField()
    claim = models.CharField(max_length=200)
    element = models.CharField(max_length=300)
    kind = models.CharField(max_length=7, choices=Kind)
    evidence = models.TextField(blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=["filing", "place"], name="one_element_per_place"),
            models.UniqueConstraint(
                fields=["filing", "claim", "element"], name="an_element_stands_once_in_a_claim"
            ),
            models.CheckConstraint(
                condition=~Q(claim="") & ~Q(element=""), name="element_names_its_claim"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(claims.ELEMENT, claims.DEFENCE)),
                name="element_or_defence",
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim}: {self.element}"
