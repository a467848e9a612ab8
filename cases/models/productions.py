"""Bates numbers, given once and for good, and productions of numbered documents."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from cases.models.matters import Exhibit, Matter

# A number has at most ten digits, so that a series and a number make one bigint.
_MOST = 10**10


class BatesSeries(models.Model):
    """A prefix that counsel chose in a matter, with how many digits. Never changed or removed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="bates_series")
    prefix = models.CharField(max_length=15)
    digits = models.PositiveSmallIntegerField(default=7)
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-begun_at", "-pk")
        verbose_name_plural = "bates series"
        constraints = (
            models.UniqueConstraint(fields=["matter", "prefix"], name="one_series_per_prefix"),
            models.CheckConstraint(
                # It ends with no digit: one would be taken for the first of the number.
                condition=Q(prefix__regex=r"^[A-Z]([A-Z0-9_-]{0,13}[A-Z_-])?$"),
                name="prefix_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(digits__gte=3, digits__lte=10), name="digits_are_three_to_ten"
            ),
        )

    def __str__(self) -> str:
        return self.prefix


class BatesRange(models.Model):
    """The numbers of one document: an exhibit's native file has one, a paper one a page.

    Never changed or removed: a number that was given is not given again, whatever becomes of what
    it was given to. `paper` names what is not an exhibit, in the words of whoever prints it.
    """

    series = models.ForeignKey(BatesSeries, on_delete=models.PROTECT, related_name="ranges")
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    exhibit = models.OneToOneField(
        Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="bates"
    )
    paper = models.CharField(max_length=200, blank=True, default="")
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("series", "first")
        constraints = (
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lt=_MOST),
                name="numbers_begin_before_they_end",
            ),
            models.CheckConstraint(
                condition=(Q(exhibit__isnull=False) & Q(paper=""))
                | (Q(exhibit__isnull=True) & ~Q(paper="")),
                name="numbers_belong_to_one_thing",
            ),
            models.UniqueConstraint(
                fields=["series", "paper"], condition=~Q(paper=""), name="a_paper_is_numbered_once"
            ),
            # Ranges of a series never overlap. Told as ranges of one number line, on which each
            # series has a stretch of its own, this needs no extension of PostgreSQL.
            ExclusionConstraint(
                name="numbers_never_overlap",
                expressions=[
                    (
                        Func(
                            F("series_id") * Value(_MOST) + F("first"),
                            F("series_id") * Value(_MOST) + F("last"),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.series.prefix}{self.first:0{self.series.digits}}"


class Production(models.Model):
    """The exhibits of a matter as files with a load file: a copy, and no evidence of its own."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="productions")
    number = models.PositiveIntegerField()
    profile = models.CharField(max_length=100)
    prefix = models.CharField(max_length=15)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Of the ZIP in the blob store, and how much is in it; empty until it is made.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    # When its bytes were removed, since they hold what was erased meanwhile.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_production_per_number"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, sha256="", size__isnull=True)
                | Q(
                    made_at__isnull=False,
                    size__isnull=False,
                    sha256__regex=r"^[0-9a-f]{64}$",
                ),
                name="production_is_made_whole",
            ),
        )

    def __str__(self) -> str:
        return f"Production {self.number}"

    @property
    def volume(self) -> str:
        """What its load file is called."""
        return f"{self.prefix}_VOL{self.number:03}"

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"matter-{self.matter_id}-{self.volume}"
