"""Who certified what, and what came of it: digests and results recomputed, each written once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Exhibit, Finding, Matter


class Certification(models.Model):
    """A named person's request to have digests of exhibits and results of findings recomputed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="certifications")
    number = models.PositiveIntegerField()
    certifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Name, position and why qualified, and relation to a party, as the person states them.
    name = models.CharField(max_length=200)
    capacity = models.CharField(max_length=500)
    relation = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "number"], name="one_certification_per_number"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(capacity=""), name="certification_names_its_person"
            ),
        )

    def __str__(self) -> str:
        return f"Certification {self.number}"


class CertifiedExhibit(models.Model):
    """One exhibit of a certification: the digest on record, and, once done, the recomputed one.

    Written once, when its bytes have been read; `computed` is empty where they could not be, and
    then `problem` says why.
    """

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="exhibits"
    )
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="certified")
    recorded = models.CharField(max_length=64)
    computed = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    tool = models.CharField(max_length=120, blank=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("exhibit__number",)
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "exhibit"], name="an_exhibit_is_certified_once_each"
            ),
            models.CheckConstraint(
                condition=Q(at__isnull=True, computed="", problem="", tool="", size__isnull=True)
                | (Q(at__isnull=False) & ~Q(tool="") & (~Q(computed="") | ~Q(problem=""))),
                name="certified_whole_or_not_yet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.exhibit} in {self.certification}"

    @property
    def digests(self) -> dict[str, object]:
        """What enters into custody of it: both digests, how many bytes, when, what was wrong."""
        at = self.at.isoformat() if self.at else ""
        said: dict[str, object] = {"recorded": self.recorded, "computed": self.computed}
        said |= {"bytes": self.size, "at": at}
        return said | ({"problem": self.problem} if self.problem else {})

    @property
    def same(self) -> bool:
        """Say whether the recomputed digest is the one on record."""
        return self.computed == self.recorded


class CertifiedFinding(models.Model):
    """One finding of a certification: the digest of its result on record, and what came out again.

    Written once, when it has been recomputed; `computed` is empty where it could not be, and then
    `problem` says why. `difference` is that of the number that moved farthest, which stands at
    `where`; `beyond` counts the values that moved by more than the tolerance of a replay.
    """

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="findings"
    )
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="certified")
    recorded = models.CharField(max_length=64)
    computed = models.CharField(max_length=64, blank=True)
    difference = models.FloatField(null=True, blank=True)
    where = models.CharField(max_length=300, blank=True)
    beyond = models.PositiveIntegerField(null=True, blank=True)
    # The self-test just before: question, expected, found, passed of each.
    known_answers = models.JSONField(null=True, blank=True)
    # How many answers were read again and how many encoded, with which least cosine; libraries.
    details = models.JSONField(null=True, blank=True)
    tool = models.CharField(max_length=300, blank=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("finding__number",)
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "finding"], name="a_finding_is_certified_once_each"
            ),
            models.CheckConstraint(
                condition=Q(
                    at__isnull=True,
                    computed="",
                    problem="",
                    tool="",
                    where="",
                    difference__isnull=True,
                    beyond__isnull=True,
                    known_answers__isnull=True,
                    details__isnull=True,
                )
                | (
                    Q(at__isnull=False)
                    & ~Q(tool="")
                    & (
                        ~Q(problem="")
                        | (
                            ~Q(computed="")
                            & Q(
                                difference__isnull=False,
                                beyond__isnull=False,
                                known_answers__isnull=False,
                                details__isnull=False,
                            )
                        )
                    )
                ),
                name="recomputed_whole_or_not_yet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.finding} in {self.certification}"

    @property
    def outcome(self) -> dict[str, object]:
        """What enters into custody of it."""
        at = self.at.isoformat() if self.at else ""
        said: dict[str, object] = {"recorded": self.recorded, "computed": self.computed}
        said |= {"difference": self.difference, "where": self.where, "beyond": self.beyond}
        known = self.known_answers or []
        said |= {"self_test": {"asked": len(known), "passed": sum(one["passed"] for one in known)}}
        return said | {"at": at} | ({"problem": self.problem} if self.problem else {})

    @property
    def same(self) -> bool:
        """Say whether the recomputed result is the one on record, value for value."""
        return self.computed == self.recorded

    @property
    def holds(self) -> bool:
        """Say whether it came out again within the tolerance, after a self-test without fault."""
        return bool(self.computed) and not self.problem and self.beyond == 0
