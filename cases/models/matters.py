"""Matters, the exhibits and findings in them, and the reports on these."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.models import Run, Source
from cases.rules import designations
from cases.rules.numbering import letters


class Matter(models.Model):
    """One dispute or inquiry: the wall around everything in it."""

    name = models.CharField(max_length=200)
    question = models.TextField(
        default="Do these transcripts show that the suspect was trained on the teacher's outputs?"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # After this day the exhibits are erased, where the site does so; never under a hold.
    keep_until = models.DateField(null=True, blank=True)
    # Names the order under Rule 502(d) that governs disclosures in this matter, if there is one.
    order_502d = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one person may do in one matter. No row, no access."""

    class Level(models.TextChoices):
        VIEWER = "viewer", "may read"
        REVIEWER = "reviewer", "may read and review"
        ANALYST = "analyst", "may read and act"

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        # An account leaves a matter by the People page, which enters it into custody.
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    level = models.CharField(max_length=8, choices=Level)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["matter", "user"], name="one_membership_each"),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.get_level_display()}"


class Party(models.Model):
    """One party of a matter, who hands in exhibits and asserts what they are."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="parties")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["matter", "name"], name="one_party_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class Exhibit(models.Model):
    """A source as it stands in a matter: its label, and what the party asserts it to be."""

    class Role(models.TextChoices):
        SUSPECT = "suspect", "suspect"
        TEACHER = "teacher", "teacher"
        CONTROL = "control", "control"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="exhibits")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="exhibits")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="exhibits")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=7, choices=Role)
    model_name = models.CharField(max_length=120)
    filename = models.CharField(max_length=255)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # When the outcome of its reading was entered into custody; until then it is not ready.
    disposed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_exhibit_per_number"),
            models.UniqueConstraint(
                fields=["matter", "source"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_file_is_one_exhibit_in_a_matter",
            ),
            models.UniqueConstraint(
                fields=["matter", "model_name"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_model_is_one_exhibit_in_a_matter",
            ),
            models.CheckConstraint(condition=~Q(model_name=""), name="exhibit_names_its_model"),
        )

    def __str__(self) -> str:
        return f"Exhibit {self.label}: {self.model_name}"

    @property
    def label(self) -> str:
        """The exhibit's letter."""
        return letters(self.number)

    @property
    def problem(self) -> str:
        """Why its file cannot be read; of the names that the file bears, this matter's own."""
        said: str = self.source.problem
        if not said.startswith(self.source.name):
            return said
        return self.filename + said.removeprefix(self.source.name)


class Finding(models.Model):
    """One question put to the exhibits: a sealed run, and whatever it answered."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="findings")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="finding")
    number = models.PositiveIntegerField()
    # The custody entry by which the plan was sealed: a result needs a checkpoint that covers it.
    plan_entry = models.PositiveBigIntegerField()
    # A change makes a new plan, which names the one before it and says why.
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    why = models.CharField(max_length=500, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_finding_per_number"),
            models.CheckConstraint(
                condition=Q(number=1, follows__isnull=True, why="")
                | (Q(number__gt=1, follows__isnull=False) & ~Q(why="")),
                name="another_plan_names_one_before_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"Finding {self.number}"


class Report(models.Model):
    """One issued report: the digests of the PDF and of the results.json printed in it."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="report")
    pdf_sha256 = models.CharField(max_length=64)
    results_sha256 = models.CharField(max_length=64)
    # What its pages bear; its exhibits may have been raised since.
    designation = models.CharField(max_length=60, blank=True, default="")
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(pdf_sha256__regex=r"^[0-9a-f]{64}$")
                & Q(results_sha256__regex=r"^[0-9a-f]{64}$"),
                name="report_names_its_digests",
            ),
            models.CheckConstraint(
                condition=Q(designation__in=designations.ORDER),
                name="report_bears_a_mark_of_the_list",
            ),
        )

    def __str__(self) -> str:
        return f"Report on {self.finding}"
